"""When something is due on a person's own clock. Pure.

A wall time that a clock change skips counts with the offset before the change, so it comes as long after midnight as on
other days; of one that comes twice the first is meant (RFC 5545, 3.3.5).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
SUNDAY = 6
_MOST_PERIODS = 60


class Kind(StrEnum):
    """What is told."""

    MORNING_PLAN = "morning_plan"
    REMINDER = "reminder"
    WEEKLY_REPORT = "weekly_report"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"

    @property
    def is_weekly(self) -> bool:
        return self is Kind.WEEKLY_REPORT

    @property
    def is_on_demand(self) -> bool:
        """Whether it is only due while there is something to tell."""
        return self in (Kind.DUE_SOON, Kind.OVERDUE)


LATEST: dict[Kind, timedelta] = {
    Kind.MORNING_PLAN: timedelta(hours=6),
    Kind.REMINDER: timedelta(hours=2),
    Kind.WEEKLY_REPORT: timedelta(days=3),
    Kind.DUE_SOON: timedelta(hours=15),
    Kind.OVERDUE: timedelta(hours=24),
}
"""How late it may still be told after an outage. A plan of the day helps until early afternoon, a reminder to plan only
that evening; a report stays true; what is due may be told while there is time left for it."""
ON_ITS_DAY = frozenset({Kind.MORNING_PLAN, Kind.REMINDER})
"""Kinds that make no sense once the day that they speak of, or speak from, is over."""


@dataclass(frozen=True, slots=True)
class Habits:
    """A person's own times.

    Attributes:
        weekly_day: 0 is Monday.
        is_on: kinds that this person is told at all.
    """

    zone: ZoneInfo
    morning: time
    evening: time
    weekly_day: int
    weekly_time: time
    is_on: frozenset[Kind]

    def time_of(self, kind: Kind) -> time:
        if kind is Kind.WEEKLY_REPORT:
            return self.weekly_time
        return self.morning if kind in (Kind.MORNING_PLAN, Kind.OVERDUE) else self.evening


@dataclass(frozen=True, slots=True)
class Due:
    """A period and the moment, in UTC, at which it is told."""

    period: date
    at: datetime


def moment_of(day: date, wall: time, zone: ZoneInfo) -> datetime | None:
    """When that wall time is on that day, in UTC; None on a day that the zone leaves out (Samoa, 30 December 2011)."""
    moment = datetime.combine(day, wall.replace(fold=0), tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).date() == day:
        return moment
    # The gap reaches past midnight: take the last second before it, if that is on the day.
    before, after = moment - DAY, moment
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    last = before.replace(microsecond=0)
    return last if last.astimezone(zone).date() == day else None


def period_step(kind: Kind) -> timedelta:
    """From one period to the next."""
    return WEEK if kind.is_weekly else DAY


def due_in(kind: Kind, period: date, habits: Habits) -> datetime | None:
    """When a period is told; None when it is a day that does not exist.

    A report is told on its week's Sunday, and on any other weekday in the week after.
    """
    wall = habits.time_of(kind)
    if not kind.is_weekly:
        return moment_of(period, wall, habits.zone)
    days = SUNDAY if habits.weekly_day == SUNDAY else 7 + habits.weekly_day
    day = period + timedelta(days=days)
    return moment_of(day, wall, habits.zone) or moment_of(day + DAY, wall, habits.zone)


def first_after(kind: Kind, habits: Habits, after: datetime, not_before: date | None = None) -> Due:
    """The first period told later than that moment.

    Args:
        not_before: no period before this one.
    """
    today = after.astimezone(habits.zone).date()
    period = today - timedelta(days=today.weekday() + 14) if kind.is_weekly else today - DAY
    if not_before is not None:
        period = max(period, not_before)
    for one in _from(kind, period):
        at = due_in(kind, one, habits)
        if at is not None and at > after:
            return Due(one, at)
    raise ValueError(f"no {kind} is due within {_MOST_PERIODS} periods after {after}")


def _from(kind: Kind, period: date) -> Iterator[date]:
    return (period + period_step(kind) * number for number in range(_MOST_PERIODS))


def makes_sense(kind: Kind, due: Due, now: datetime, zone: ZoneInfo) -> bool:
    """Whether it may still be told now."""
    if now - due.at > LATEST[kind]:
        return False
    return kind not in ON_ITS_DAY or now.astimezone(zone).date() <= due.period


@dataclass(frozen=True, slots=True)
class Sweep:
    """What is to be done about one schedule.

    Attributes:
        tell: periods to tell now, in order.
        skip: periods that it is too late for.
        next: what comes then; None when nothing does for now.
    """

    tell: tuple[Due, ...] = ()
    skip: tuple[Due, ...] = ()
    next: Due | None = None


def sweep(kind: Kind, habits: Habits, due: Due, now: datetime) -> Sweep:
    """What follows from a schedule that is due by now: it, and all that fell due since then, is told or skipped."""
    tell: list[Due] = []
    skip: list[Due] = []
    one = due
    while one.at <= now:
        (tell if makes_sense(kind, one, now, habits.zone) else skip).append(one)
        if len(tell) + len(skip) >= _MOST_PERIODS:
            return Sweep(tuple(tell), tuple(skip), first_after(kind, habits, now, one.period + period_step(kind)))
        one = first_after(kind, habits, one.at, one.period + period_step(kind))
    return Sweep(tuple(tell), tuple(skip), one)


def moved(kind: Kind, habits: Habits, pending: date | None, since: datetime, now: datetime) -> Sweep:
    """What follows when habits changed: the pending period keeps its turn, at its new time.

    A new time that has passed already is made good at once where that makes sense, else the period is skipped. So a
    person who moves to another zone, or changes the hour or the weekday on the very day, is told of each local day and
    each week once.

    Args:
        pending: the period that would have come next; None when none was waited for.
        since: when the habits changed.
    """
    if pending is None:
        return Sweep(next=first_after(kind, habits, since))
    at = due_in(kind, pending, habits)
    if at is not None and at > now:
        return Sweep(next=Due(pending, at))
    if at is not None and makes_sense(kind, Due(pending, at), now, habits.zone):
        return Sweep(next=Due(pending, now))
    following = first_after(kind, habits, now, pending + period_step(kind))
    return Sweep(skip=(Due(pending, at or now),), next=following)


def evening_before(due_date: datetime, habits: Habits) -> Due | None:
    """When somebody is told of what is due at that moment: on the evening of the day before, on his own clock."""
    day = due_date.astimezone(habits.zone).date() - DAY
    at = moment_of(day, habits.evening, habits.zone)
    return None if at is None else Due(day, at)

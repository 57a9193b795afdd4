"""How long a streak lasts. Pure: no clock, no database. Days are the person's own study days."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

STUDIED_DAYS_PER_FREEZE = 7
MOST_FREEZES = 2
STREAK_MILESTONES = frozenset({3, 7, 14, 30, 50, 75, 100, 150, 200, 250, 300, 365, 500, 730, 1000})

MOST_DAYS_OFF = 60
DAYS_OFF_AHEAD = timedelta(days=366)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Streak:
    """A streak as it stood at the end of `last_active_date`; `seen_on` tells what is left of it later.

    Attributes:
        current: studied days of the running chain; bridged days do not count.
        freezes: freeze days held, 0 to 2.
        days_studied: all studied days ever; every seventh earns a freeze.
    """

    current: int = 0
    longest: int = 0
    last_active_date: date | None = None
    started_on: date | None = None
    freezes: int = 0
    days_studied: int = 0

    def seen_on(self, today: date, days_off: Collection[date] = ()) -> "Streak":
        """The streak on a later day: missed days have used up freezes, or have ended it. Today is not missed yet.

        Where no chain runs there is nothing to bridge, and freezes are kept.
        """
        if self.last_active_date is None or today <= self.last_active_date or not self.current:
            return self
        between = (today - self.last_active_date).days - 1
        missed = between - sum(1 for day in set(days_off) if self.last_active_date < day < today)
        if missed <= self.freezes:
            return replace(self, freezes=self.freezes - missed)
        return replace(self, current=0, started_on=None, freezes=0)

    def studied_on(self, day: date, days_off: Collection[date] = ()) -> "Streak":
        """The streak after studying on `day`; a second time on one day changes nothing.

        Raises:
            ValueError: `day` lies before the last one. Build the streak anew with `streak_of`.
        """
        if day == self.last_active_date:
            return self
        if self.last_active_date is not None and day < self.last_active_date:
            raise ValueError("days must be told in order")
        seen = self.seen_on(day, days_off)
        days_studied = seen.days_studied + 1
        earned = int(days_studied % STUDIED_DAYS_PER_FREEZE == 0)
        return Streak(
            current=seen.current + 1,
            longest=max(seen.longest, seen.current + 1),
            last_active_date=day,
            started_on=seen.started_on or day,
            freezes=min(MOST_FREEZES, seen.freezes + earned),
            days_studied=days_studied,
        )

    def reset_on(self, day: date, days_off: Collection[date] = ()) -> "Streak":
        """The streak of somebody who starts over with `day`: the chain is gone, longest and freezes stay."""
        return replace(self.seen_on(day, days_off), current=0, started_on=None)

    def bridged_until(self, today: date, days_off: Collection[date] = ()) -> list[date]:
        """The missed days before `today` on which a freeze was spent."""
        if self.last_active_date is None or not self.current:
            return []
        return list(islice(_missed(self.last_active_date, today, set(days_off)), self.freezes))

    def study_by(self, today: date, days_off: Collection[date] = ()) -> date | None:
        """The last day on which studying again still saves the chain; None when none runs."""
        if not self.seen_on(today, days_off).current or self.last_active_date is None:
            return None
        day = max(today, self.last_active_date + _DAY)
        while self.seen_on(day + _DAY, days_off).current:
            day += _DAY
        return day


def _missed(last: date, today: date, days_off: Collection[date]) -> Iterator[date]:
    day = last + _DAY
    while day < today:
        if day not in days_off:
            yield day
        day += _DAY


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a person's days led him.

    Attributes:
        streak: as of the last studied day, with every reset applied.
        frozen: the missed days on which a freeze was spent, up to then, in order.
    """

    streak: Streak = Streak()
    frozen: tuple[date, ...] = ()


def chain_of(days: Iterable[date], days_off: Collection[date] = (), resets: Iterable[date] = ()) -> Chain:
    """What studied days, days off and resets make together, in whatever order they became known.

    Args:
        resets: for each the first day that may begin a chain again.
    """
    streak, frozen, off = Streak(), list[date](), set(days_off)
    # On one day the reset comes first: its day may count again.
    steps = sorted([*((day, 1) for day in set(days)), *((day, 0) for day in set(resets))])
    for day, studies in steps:
        frozen += streak.bridged_until(day, off)
        streak = streak.studied_on(day, off) if studies else streak.reset_on(day, off)
    return Chain(streak, tuple(frozen))


def streak_of(days: Iterable[date], days_off: Collection[date] = (), resets: Iterable[date] = ()) -> Streak:
    """The streak alone."""
    return chain_of(days, days_off, resets).streak


def milestone_reached(before: int, after: int) -> int | None:
    """The greatest milestone that a streak passed on its way from `before` to `after` days."""
    return max((days for days in STREAK_MILESTONES if before < days <= after), default=None)


def next_milestone(current: int) -> int | None:
    """The next milestone ahead; None past the last one."""
    return min((days for days in STREAK_MILESTONES if days > current), default=None)


def skipped_days(before: date, after: date) -> list[date]:
    """Days that a move of the calendar from today `before` to today `after` leaves out altogether."""
    return [date.fromordinal(n) for n in range(before.toordinal() + 1, after.toordinal())]


def refused_days_off(days: Collection[date], today: date) -> dict[str, list[str]]:
    """Why these days cannot be planned off, by field; empty when they can."""
    if len(set(days)) > MOST_DAYS_OFF:
        return {"holidays": [f"At most {MOST_DAYS_OFF} days off can be planned at a time."]}
    if any(day < today for day in days):
        return {"holidays": ["Days off are planned beforehand: today or later."]}
    if any(day > today + DAYS_OFF_AHEAD for day in days):
        return {"holidays": ["Days off can be planned for a year ahead."]}
    return {}

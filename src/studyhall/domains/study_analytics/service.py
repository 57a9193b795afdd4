"""Figures of one person's study time, each in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.groups import public as groups
from studyhall.domains.groups.public import GroupBrief
from studyhall.domains.people import public as people
from studyhall.domains.study import public as study
from studyhall.domains.study.public import DayFigures, Purpose, SessionLength, Totals
from studyhall.domains.study_analytics.rules import (
    EARLIEST,
    LATEST,
    Habit,
    Period,
    habit,
    month_around,
    period,
)
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork

_DAY = timedelta(days=1)
_WEEK = timedelta(days=6)
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Today:
    """One day against the day before it.

    Attributes:
        running_seconds: what the running timer would add to today if it ended now.
    """

    day: date
    today: DayFigures
    yesterday: DayFigures
    running_seconds: int
    goal_minutes: int | None


def today_of(actor: Actor) -> date:
    """The person's study day."""
    return study.calendar_of(actor).day_of(study.now())


def check_day(day: date, field: str) -> date:
    """A day that a calendar of ours holds. Raises Invalid."""
    if not EARLIEST <= day <= LATEST:
        raise Invalid.field(field, f"Days lie between {EARLIEST} and {LATEST}.")
    return day


async def today(uow: UnitOfWork, actor: Actor) -> Today:
    """The person's study day up to now."""
    day = today_of(actor)
    figures = await study.by_day(uow, actor.user_id, day - _DAY, day)
    running = await study.running_seconds(uow, actor.user_id)
    goal = await people.daily_goal_minutes(uow, actor.user_id)
    nothing = DayFigures()
    return Today(day, figures.get(day, nothing), figures.get(day - _DAY, nothing), running.get(day, 0), goal)


@dataclass(frozen=True, slots=True)
class Analysis:
    """Some days in a row with what they were spent on; `courses` and `groups` name those that are in `purposes`."""

    today: date
    first: date
    last: date
    period: Period
    purposes: Sequence[Purpose]
    courses: Mapping[UUID, CourseBrief]
    groups: Mapping[UUID, GroupBrief]
    goal_minutes: int | None


async def analysis(uow: UnitOfWork, actor: Actor, first: date, last: date) -> Analysis:
    """The person's days from first to last, both included."""
    figures = await study.by_day(uow, actor.user_id, first, last)
    purposes = await study.by_purpose(uow, actor.user_id, first, last)
    wanted = {one.course_id for one in purposes if one.course_id is not None}
    named = await courses.briefs(uow, actor.user_id, wanted) if wanted else {}
    own = today_of(actor)
    return Analysis(
        today=own,
        first=first,
        last=last,
        period=period(figures, purposes, first, last, own),
        purposes=purposes,
        courses=named,
        groups=await _groups(uow, purposes),
        goal_minutes=await people.daily_goal_minutes(uow, actor.user_id),
    )


async def _groups(uow: UnitOfWork, purposes: Sequence[Purpose]) -> Mapping[UUID, GroupBrief]:
    return await groups.briefs(uow, {one.group_id for one in purposes if one.group_id is not None})


async def daily(uow: UnitOfWork, actor: Actor, day: date | None) -> Analysis:
    """One day; today if none is named."""
    wanted = check_day(day or today_of(actor), "date")
    return await analysis(uow, actor, wanted, wanted)


async def weekly(uow: UnitOfWork, actor: Actor, start: date | None) -> Analysis:
    """Seven days from `start`; the running week from Monday if none is named."""
    first = check_day(start or study.week_of(today_of(actor))[0], "start_date")
    return await analysis(uow, actor, first, first + _WEEK)


async def monthly(uow: UnitOfWork, actor: Actor, month: date | None) -> Analysis:
    """The month that a day lies in; the running one if none is named."""
    return await analysis(uow, actor, *month_around(check_day(month or today_of(actor), "month")))


@dataclass(frozen=True, slots=True)
class Week:
    """The running week, and the week before it up to the same weekday."""

    today: date
    period: Period
    before: Period
    goal_minutes: int | None


async def week(uow: UnitOfWork, actor: Actor) -> Week:
    """The person's running week from Monday."""
    own = today_of(actor)
    monday = study.week_of(own)[0]
    last_monday, same_day = monday - 7 * _DAY, own - 7 * _DAY
    figures = await study.by_day(uow, actor.user_id, last_monday, monday + _WEEK)
    purposes = await study.by_purpose(uow, actor.user_id, monday, monday + _WEEK)
    earlier = await study.by_purpose(uow, actor.user_id, last_monday, same_day)
    return Week(
        today=own,
        period=period(figures, purposes, monday, monday + _WEEK, own),
        before=period(figures, earlier, last_monday, same_day, own),
        goal_minutes=await people.daily_goal_minutes(uow, actor.user_id),
    )


@dataclass(frozen=True, slots=True)
class Everything:
    """All there is to say of a person's study time.

    Attributes:
        hours: full minutes in each hour of the day, 24 of them, in the zone each session was studied in.
    """

    today: date
    totals: Totals
    habit: Habit
    hours: Sequence[int]
    longest: SessionLength | None
    shortest: SessionLength | None


async def everything(uow: UnitOfWork, actor: Actor) -> Everything:
    """Of all the person's ended sessions."""
    user_id, own = actor.user_id, today_of(actor)
    figures = await study.by_day(uow, user_id, date.min, date.max)
    extremes = await study.extremes(uow, user_id)
    longest, shortest = extremes or (None, None)
    return Everything(
        today=own,
        totals=(await study.totals(uow, [user_id]))[user_id],
        habit=habit(figures, own),
        hours=(await study.minutes_by_hour(uow, [user_id], _ALWAYS))[user_id],
        longest=longest,
        shortest=shortest,
    )


@dataclass(frozen=True, slots=True)
class ByGroup:
    """Time in each group's name; None is study in nobody's name."""

    first: date | None
    last: date | None
    figures: Mapping[UUID | None, DayFigures]
    groups: Mapping[UUID, GroupBrief]


async def by_group(uow: UnitOfWork, actor: Actor, first: date | None, last: date | None) -> ByGroup:
    """Between two days, both included; without them, all of it. Groups that the person has left are among them."""
    if first is not None and last is not None and last < first:
        raise Invalid.field("end_date", "The last day lies before the first.")
    purposes = await study.by_purpose(uow, actor.user_id, first or date.min, last or date.max)
    figures: dict[UUID | None, DayFigures] = {}
    for one in purposes:
        kept = figures.get(one.group_id, DayFigures())
        figures[one.group_id] = DayFigures(kept.seconds + one.seconds, kept.sessions + one.sessions)
    return ByGroup(first, last, figures, await _groups(uow, purposes))

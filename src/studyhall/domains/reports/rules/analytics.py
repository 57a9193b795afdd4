"""Analytics over any stretch of days: how regular, on what, how it develops, where it is weak. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from studyhall.domains.reports.rules.figures import Plans, Times, percentage
from studyhall.domains.reports.rules.weeks import DAYS, monday_of

BY_DAY, BY_WEEK, BY_MONTH = "day", "week", "month"
DEFAULT_DAYS = 60
MOST_DAYS = 731
MOST_WEAK = 5

WEAK_SCORE = Decimal(75)  # percent; below it a course is weak
FEW_KEPT = Decimal(50)  # percent of the plans
PLANS_THAT_TELL = 3
MORE_TIME, OTHER_WAY, KEEP_PLANS = "more_time", "other_way", "keep_plans"

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Consistency:
    """How regularly there was study.

    Attributes:
        longest_run: most days in a row, without any bridged.
        by_weekday: days studied on each weekday from Monday.
    """

    days_studied: int
    total_days: int
    longest_run: int
    by_weekday: tuple[int, ...]

    @property
    def rate(self) -> Decimal | None:
        return percentage(self.days_studied, self.total_days)


def consistency(active: Collection[date], first: date, last: date) -> Consistency:
    """Of the days from first to last, both included."""
    days = sorted({day for day in active if first <= day <= last})
    longest = run = 0
    for at, day in enumerate(days):
        run = run + 1 if at and days[at - 1] + _DAY == day else 1
        longest = max(longest, run)
    weekdays = tuple(sum(1 for day in days if day.weekday() == n) for n in range(DAYS))
    return Consistency(len(days), max(0, (last - first).days + 1), longest, weekdays)


@dataclass(frozen=True, slots=True)
class Share:
    """One course's part of the time; `course_id` None is study without a course."""

    course_id: UUID | None
    seconds: int
    sessions: int
    percentage: Decimal


def distribution(times: Times, known: Collection[UUID]) -> list[Share]:
    """The time by course, the most first. Courses that may not be named count as none."""
    sums: dict[UUID | None, list[int]] = {}
    for one in times:
        line = sums.setdefault(one.course_id if one.course_id in known else None, [0, 0])
        line[0] += one.seconds
        line[1] += one.sessions
    whole = sum(line[0] for line in sums.values())
    shares = (
        Share(course_id, seconds, sessions, percentage(seconds, whole) or Decimal(0))
        for course_id, (seconds, sessions) in sums.items()
    )
    return sorted(shares, key=lambda one: (-one.seconds, str(one.course_id)))


@dataclass(frozen=True, slots=True)
class Period:
    """A day, week or month, cut at the ends of what was asked for."""

    start: date
    end: date
    seconds: int = 0
    sessions: int = 0
    session_seconds: int = 0
    days_studied: int = 0
    planned_minutes: int = 0
    plans_completed: int = 0
    plans_missed: int = 0

    @property
    def average_session_minutes(self) -> int | None:
        """Mean length of the sessions that began in it."""
        return round(self.session_seconds / self.sessions / 60) if self.sessions else None

    @property
    def completion_rate(self) -> Decimal | None:
        """Time studied in percent of the time planned, at most 100; None where nothing was planned."""
        return percentage(self.seconds, self.planned_minutes * 60)

    @property
    def plan_completion_rate(self) -> Decimal | None:
        """Plans completed in percent of those completed or missed."""
        return percentage(self.plans_completed, self.plans_completed + self.plans_missed)


def start_of(day: date, by: str) -> date:
    """The first day of its day, week (Monday) or month."""
    if by == BY_DAY:
        return day
    return monday_of(day) if by == BY_WEEK else day.replace(day=1)


def _following(start: date, by: str) -> date:
    """The first day of the next one."""
    if by == BY_MONTH:
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start_of(start, by) + (_DAY if by == BY_DAY else timedelta(days=DAYS))


def spans(first: date, last: date, by: str) -> list[tuple[date, date]]:
    """First and last day of every period from first to last, in order, without a gap."""
    found, start = [], first
    while start <= last:
        following = _following(start, by)
        found.append((start, min(last, following - _DAY)))
        start = following
    return found


def trends(
    times: Times,
    planned: Plans,
    active: Collection[date],
    first: date,
    last: date,
    by: str,
) -> list[Period]:
    """Every period from first to last day, in order; those without anything too."""
    sums = {start_of(start, by): [0] * 7 for start, _ in spans(first, last, by)}
    for one in times:
        if first <= one.day <= last:
            line = sums[start_of(one.day, by)]
            line[0] += one.seconds
            line[1] += one.sessions
            line[2] += one.session_seconds
    for day in set(active):
        if first <= day <= last:
            sums[start_of(day, by)][3] += 1
    for plan in planned:
        if first <= plan.day <= last:
            line = sums[start_of(plan.day, by)]
            line[4] += plan.minutes
            line[5] += plan.completed
            line[6] += plan.missed
    return [Period(start, end, *sums[start_of(start, by)]) for start, end in spans(first, last, by)]


@dataclass(frozen=True, slots=True)
class Weakness:
    """A course that needs something.

    Attributes:
        average: percent so far; None without results.
        plan_completion_rate: percent of its plans that were kept; None without any.
        recommendation: what to do: more_time, other_way or keep_plans.
    """

    course_id: UUID
    average: Decimal | None
    seconds: int
    plan_completion_rate: Decimal | None
    recommendation: str


def weak_areas(
    courses: Collection[UUID],
    averages: Mapping[UUID, Decimal],
    times: Times,
    planned: Plans,
) -> list[Weakness]:
    """Of these courses those with an average below 75 %, or of whose plans less than half were kept, at most five.

    The lowest average comes first. Who gave such a course less than its even part of the time should give it more;
    who gave it enough should study it in another way.
    """
    seconds = dict.fromkeys(courses, 0)
    for one in times:
        if one.course_id is not None and one.course_id in seconds:
            seconds[one.course_id] += one.seconds
    kept: dict[UUID, list[int]] = {}
    for plan in planned:
        line = kept.setdefault(plan.course_id, [0, 0])
        line[0] += plan.completed
        line[1] += plan.completed + plan.missed
    even = sum(seconds.values()) / len(seconds) if seconds else 0
    found = []
    for course_id in courses:
        average = averages.get(course_id)
        completed, over = kept.get(course_id, (0, 0))
        rate = percentage(completed, over)
        if average is not None and average < WEAK_SCORE:
            advice = OTHER_WAY if seconds[course_id] and seconds[course_id] >= even else MORE_TIME
        elif rate is not None and over >= PLANS_THAT_TELL and rate < FEW_KEPT:
            advice = KEEP_PLANS
        else:
            continue
        found.append(Weakness(course_id, average, seconds[course_id], rate, advice))
    return _weakest(found)


def _weakest(found: Sequence[Weakness]) -> list[Weakness]:
    def rank(one: Weakness) -> tuple[bool, Decimal, Decimal, str]:
        is_low = one.average is not None and one.average < WEAK_SCORE
        return not is_low, one.average or Decimal(100), one.plan_completion_rate or Decimal(0), str(one.course_id)

    return sorted(found, key=rank)[:MOST_WEAK]

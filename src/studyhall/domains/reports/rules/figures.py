"""The figures of one week, put together from what other domains know.

Durations are kept in whole seconds or minutes and shown in hours; percentages have one decimal, a half rounded up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from studyhall.domains.planning.public import PlannedDay
from studyhall.domains.reports.rules.weeks import DAYS, Week, monday_of
from studyhall.domains.study.public import CourseDay

Times = Iterable[CourseDay]
Plans = Iterable[PlannedDay]

TREND_WEEKS = 8
MOST_ASSIGNMENTS = 12
MOST_GRADES = 20
IMPROVING, STABLE, DECLINING = "improving", "stable", "declining"

# What counts as a change between two weeks.
NOTICEABLE_TIME = Decimal(10)  # percent of the time of the week before
NOTICEABLE_PLANS = Decimal(5)  # percentage points of the plans that were kept
NOTICEABLE_GRADES = Decimal("2.5")  # percentage points, as in the trend of grades


def percentage(part: float | Decimal, whole: float | Decimal, *, most: int | None = 100) -> Decimal | None:
    """The part in percent of the whole, one decimal; None of nothing. Above `most` it is cut there."""
    if not whole:
        return None
    exact = Decimal(part) * 100 / Decimal(whole)
    if most is not None:
        exact = min(exact, Decimal(most))
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def hours(seconds: float) -> Decimal:
    """Seconds in hours, two decimals."""
    return (Decimal(seconds) / 3600).quantize(Decimal("0.01"), ROUND_HALF_UP)


def mean(values: Sequence[Decimal]) -> Decimal | None:
    """The mean, one decimal; None of nothing."""
    return (sum(values, Decimal(0)) / len(values)).quantize(Decimal("0.1"), ROUND_HALF_UP) if values else None


@dataclass(frozen=True, slots=True)
class CourseName:
    """How a course is called and drawn."""

    name: str
    code: str
    color: str


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day of the week.

    Attributes:
        sessions: begun on it.
    """

    date: date
    seconds: int = 0
    sessions: int = 0
    plans: int = 0
    plans_completed: int = 0
    planned_minutes: int = 0

    @property
    def completion_rate(self) -> Decimal | None:
        """Time studied in percent of the time planned, at most 100; None where nothing was planned."""
        return percentage(self.seconds, self.planned_minutes * 60)


@dataclass(frozen=True, slots=True)
class CourseFigures:
    """One course's week; `course_id` None is study without a course, which has no name."""

    course_id: UUID | None
    name: str
    code: str
    color: str
    seconds: int = 0
    sessions: int = 0
    planned_minutes: int = 0


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """The week's plans; those not over yet are `open`."""

    total: int = 0
    completed: int = 0
    missed: int = 0

    @property
    def open(self) -> int:
        return self.total - self.completed - self.missed

    @property
    def completion_rate(self) -> Decimal | None:
        """Plans kept in percent of those that are completed or missed; None while there is none."""
        return percentage(self.completed, self.completed + self.missed)


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """One assignment of the week. `course` is the course's name."""

    title: str
    course: str
    due_date: datetime
    status: str


@dataclass(frozen=True, slots=True)
class AssignmentFigures:
    """Assignments: `due` in the week and of these `handed_in`; `completed` in it; `overdue` at its end, or now."""

    due: int = 0
    handed_in: int = 0
    completed: int = 0
    overdue: int = 0
    shown: tuple[AssignmentLine, ...] = ()


@dataclass(frozen=True, slots=True)
class GradeFigure:
    """A result dated in the week."""

    course_id: UUID
    course: str
    kind: str
    name: str | None
    date: date
    percentage: Decimal


@dataclass(frozen=True, slots=True)
class GradeFigures:
    """The week's grades.

    Attributes:
        average: mean of the week's results, percent; `earlier_average` of those in the seven weeks before it.
        gpa_before, gpa_after: the cumulative grade point average before the week and at its end.
        higher_is_better: whether more points are better on the person's scale.
    """

    shown: tuple[GradeFigure, ...] = ()
    count: int = 0
    average: Decimal | None = None
    earlier_average: Decimal | None = None
    gpa_before: Decimal | None = None
    gpa_after: Decimal | None = None
    higher_is_better: bool = True

    @property
    def gpa_change(self) -> Decimal | None:
        """How many points the average rose; negative when it fell."""
        if self.gpa_before is None or self.gpa_after is None:
            return None
        return self.gpa_after - self.gpa_before

    @property
    def has_improved(self) -> bool:
        change = self.gpa_change
        return change is not None and (change > 0 if self.higher_is_better else change < 0)


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """One week of the trend."""

    start: date
    seconds: int = 0
    planned_minutes: int = 0
    plans_completed: int = 0
    plans_missed: int = 0


@dataclass(frozen=True, slots=True)
class WeekBefore:
    """The week before, up to the same weekday, so that a running week is compared fairly."""

    through: date
    seconds: int = 0
    sessions: int = 0
    days_studied: int = 0
    plans: PlanFigures = PlanFigures()


@dataclass(frozen=True, slots=True)
class Streaks:
    """The chain of study days at the end of the week, or now."""

    current: int = 0
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that a weekly report tells, before it is put in words."""

    start: date
    through: date
    days_so_far: int
    days: tuple[DayFigures, ...]
    courses: tuple[CourseFigures, ...]
    plans: PlanFigures
    assignments: AssignmentFigures
    grades: GradeFigures
    days_studied: int
    streak: Streaks
    before: WeekBefore
    trend: tuple[WeekPoint, ...]

    @property
    def seconds(self) -> int:
        return sum(day.seconds for day in self.days)

    @property
    def sessions(self) -> int:
        return sum(day.sessions for day in self.days)

    @property
    def planned_minutes(self) -> int:
        return sum(day.planned_minutes for day in self.days)

    @property
    def completion_rate(self) -> Decimal | None:
        """Time studied in percent of the time planned for the whole week, at most 100."""
        return percentage(self.seconds, self.planned_minutes * 60)

    @property
    def consistency_rate(self) -> Decimal | None:
        """Days studied in percent of the week's days so far."""
        return percentage(self.days_studied, self.days_so_far)

    @property
    def time_change(self) -> Decimal | None:
        """How much more or less was studied than in the week before, percent; None if nothing was then."""
        if not self.before.seconds:
            return None
        return percentage(self.seconds - self.before.seconds, self.before.seconds, most=None)

    @property
    def most_studied(self) -> CourseFigures | None:
        """The course that got most time."""
        named = [one for one in self.courses if one.course_id is not None and one.seconds]
        return max(named, key=lambda one: one.seconds, default=None)

    @property
    def least_studied(self) -> CourseFigures | None:
        """Of the courses studied or planned, the one that got least time; None if there is only one."""
        named = [one for one in self.courses if one.course_id is not None]
        return min(named, key=lambda one: (one.seconds, -one.planned_minutes), default=None) if len(named) > 1 else None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell of this week."""
        return not (
            self.seconds or self.days_studied or self.plans.total or self.grades.count
            or self.assignments.due or self.assignments.completed or self.assignments.overdue
        )  # fmt: skip

    @property
    def performance_trend(self) -> str:
        """improving, stable or declining: whether more of time, plans kept and grades went up than down.

        Against the week before; grades against those of the seven weeks before. Only what has something to be compared
        with has a say, and only a noticeable change counts.
        """
        changes = [
            _direction(self.time_change, NOTICEABLE_TIME),
            _direction(_difference(self.plans.completion_rate, self.before.plans.completion_rate), NOTICEABLE_PLANS),
            _direction(_difference(self.grades.average, self.grades.earlier_average), NOTICEABLE_GRADES),
        ]
        balance = sum(changes)
        return IMPROVING if balance > 0 else DECLINING if balance < 0 else STABLE


def _difference(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    return None if now is None or before is None else now - before


def _direction(change: Decimal | None, noticeable: Decimal) -> int:
    if change is None or abs(change) < noticeable:
        return 0
    return 1 if change > 0 else -1


def days_of(week: Week, studied: Times, planned: Plans) -> tuple[DayFigures, ...]:
    """The seven days from Monday."""
    times: dict[date, list[int]] = {}
    for one in studied:
        counted = times.setdefault(one.day, [0, 0])
        counted[0] += one.seconds
        counted[1] += one.sessions
    plans: dict[date, list[int]] = {}
    for plan in planned:
        summed = plans.setdefault(plan.day, [0, 0, 0])
        for at, value in enumerate((plan.plans, plan.completed, plan.minutes)):
            summed[at] += value
    days = (week.start + timedelta(days=n) for n in range(DAYS))
    return tuple(DayFigures(day, *times.get(day, (0, 0)), *plans.get(day, (0, 0, 0))) for day in days)


def courses_of(
    week: Week, studied: Times, planned: Plans, names: Mapping[UUID, CourseName]
) -> tuple[CourseFigures, ...]:
    """The week's courses, the most studied first; what has no course, or none that may be named, is one line."""
    sums: dict[UUID | None, list[int]] = {}
    for one in studied:
        if week.start <= one.day <= week.end:
            line = sums.setdefault(one.course_id if one.course_id in names else None, [0, 0, 0])
            line[0] += one.seconds
            line[1] += one.sessions
    for plan in planned:
        if week.start <= plan.day <= week.end:
            sums.setdefault(plan.course_id if plan.course_id in names else None, [0, 0, 0])[2] += plan.minutes
    lines = (
        CourseFigures(course_id, name.name, name.code, name.color, *line)
        for course_id, line in sums.items()
        for name in [names[course_id] if course_id is not None else CourseName("", "", "gray")]
    )
    return tuple(sorted(lines, key=lambda one: (-one.seconds, -one.planned_minutes, one.name, str(one.course_id))))


def plans_between(planned: Plans, first: date, last: date) -> PlanFigures:
    """Plans from first to last day, both included."""
    within = [one for one in planned if first <= one.day <= last]
    return PlanFigures(
        sum(one.plans for one in within), sum(one.completed for one in within), sum(one.missed for one in within)
    )


def week_before(week: Week, studied: Times, planned: Plans, active: Iterable[date]) -> WeekBefore:
    """The seven days before, as far as the week has come."""
    first, last = week.start - timedelta(days=DAYS), week.through - timedelta(days=DAYS)
    times = [one for one in studied if first <= one.day <= last]
    return WeekBefore(
        through=last,
        seconds=sum(one.seconds for one in times),
        sessions=sum(one.sessions for one in times),
        days_studied=sum(1 for day in set(active) if first <= day <= last),
        plans=plans_between(planned, first, last),
    )


def trend_of(week: Week, studied: Times, planned: Plans) -> tuple[WeekPoint, ...]:
    """The last eight weeks with this one, the oldest first."""
    starts = [week.start - timedelta(days=DAYS * n) for n in reversed(range(TREND_WEEKS))]
    sums = {start: [0, 0, 0, 0] for start in starts}
    for one in studied:
        if (line := sums.get(monday_of(one.day))) is not None:
            line[0] += one.seconds
    for plan in planned:
        if (line := sums.get(monday_of(plan.day))) is not None:
            line[1] += plan.minutes
            line[2] += plan.completed
            line[3] += plan.missed
    return tuple(WeekPoint(start, *line) for start, line in sums.items())


def grades_of(
    week: Week, lines: Sequence[GradeFigure], gpa: tuple[Decimal | None, Decimal | None], *, higher_is_better: bool
) -> GradeFigures:
    """The week's grades from those of the eight weeks up to its end, in the order of time."""
    own = [one for one in lines if week.start <= one.date <= week.end]
    earlier = [one.percentage for one in lines if one.date < week.start]
    average = mean([one.percentage for one in own])
    return GradeFigures(tuple(own[-MOST_GRADES:]), len(own), average, mean(earlier), *gpa, higher_is_better)

"""What is worth saying of a week: highlights, and advice that follows from its figures. No guess, no model.

Each remark is a code with plain values; `service.wording` has the words. The order is that of importance.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from studyhall.domains.reports.rules.figures import IMPROVING, NOTICEABLE_TIME, CourseFigures, Figures
from studyhall.domains.reports.rules.weeks import DAYS

MOST_HIGHLIGHTS, MOST_ADVICE = 4, 3

GOOD_GRADE, LOW_GRADE = Decimal(85), Decimal(65)
STREAK_WORTH_TELLING = 3
LONG_SESSION = 2 * 3600
FEW_PLANS_KEPT = Decimal(60)
NEGLECTED_SHARE = Decimal(50)  # percent of the time planned for a course
FEW_DAYS = 3
MUCH_TIME = 3 * 3600
QUARTER = Decimal(25)

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say.

    Attributes:
        code: names the sentence.
        values: what stands in it, by name. `time` is seconds, `day` an ISO date, `percent` and `count` numbers, the
            rest texts.
    """

    code: str
    values: dict[str, Value] = field(default_factory=dict)


def highlights(figures: Figures) -> tuple[Remark, ...]:
    """What went well, the weightiest first."""
    return tuple(_highlights(figures))[:MOST_HIGHLIGHTS]


def _highlights(figures: Figures) -> Iterator[Remark]:
    best_grade = max(figures.grades.shown, key=lambda one: one.percentage, default=None)
    if best_grade is not None and best_grade.percentage >= GOOD_GRADE:
        yield Remark("good_grade", {"course": best_grade.course, "percent": float(best_grade.percentage)})
    if figures.seconds and figures.seconds > max((point.seconds for point in figures.trend[:-1]), default=0) > 0:
        yield Remark("best_week", {"time": figures.seconds})
    elif figures.time_change is not None and figures.time_change >= NOTICEABLE_TIME:
        yield Remark("more_time", {"percent": float(figures.time_change)})
    if figures.plans.completed > 1 and not figures.plans.missed:
        yield Remark("plans_kept", {"count": figures.plans.completed})
    if figures.assignments.due and figures.assignments.handed_in == figures.assignments.due:
        yield Remark("all_handed_in", {"count": figures.assignments.due})
    if figures.streak.current >= STREAK_WORTH_TELLING:
        yield Remark("streak", {"count": figures.streak.current})
    grades = figures.grades
    if grades.has_improved and grades.gpa_before is not None and grades.gpa_after is not None:
        yield Remark("gpa_improved", {"points": float(grades.gpa_after), "points_before": float(grades.gpa_before)})
    best_day = max(figures.days, key=lambda day: day.seconds)
    if best_day.seconds:
        yield Remark("best_day", {"day": best_day.date.isoformat(), "time": best_day.seconds})


def advice(figures: Figures) -> tuple[Remark, ...]:
    """What to do next week, the most pressing first; never empty."""
    return tuple(_advice(figures))[:MOST_ADVICE] or (_nothing_to_mend(figures),)


def _nothing_to_mend(figures: Figures) -> Remark:
    if figures.is_empty:
        return Remark("begin")
    return Remark("great" if figures.performance_trend == IMPROVING else "keep_going")


def _advice(figures: Figures) -> Iterator[Remark]:
    if figures.is_empty:
        return
    if figures.assignments.overdue:
        yield Remark("overdue", {"count": figures.assignments.overdue})
    worst = min(figures.grades.shown, key=lambda one: one.percentage, default=None)
    if worst is not None and worst.percentage < LOW_GRADE:
        yield Remark("low_grade", {"course": worst.course, "percent": float(worst.percentage)})
    neglected = _neglected(figures)
    if neglected is not None:
        yield Remark("more_of_course", {"course": neglected.name, "time": neglected.seconds})
    kept = figures.plans.completion_rate
    if kept is not None and kept < FEW_PLANS_KEPT:
        yield Remark("plan_shorter", {"count": figures.plans.missed})
    if not figures.plans.total and figures.seconds:
        yield Remark("plan_ahead")
    if not figures.seconds:
        yield Remark("study_a_little")
    elif figures.days_studied <= FEW_DAYS < figures.days_so_far and figures.seconds >= MUCH_TIME:
        yield Remark("spread_out", {"count": figures.days_studied})
    elif figures.time_change is not None and figures.time_change <= -QUARTER:
        yield Remark("less_time", {"percent": float(-figures.time_change)})
    if figures.sessions and figures.seconds / figures.sessions > LONG_SESSION:
        yield Remark("take_breaks", {"time": round(figures.seconds / figures.sessions)})


def _neglected(figures: Figures) -> CourseFigures | None:
    """The course that got less than half of the time planned for it, and lacks most of it; told on the last day."""
    if figures.days_so_far < DAYS:
        return None
    behind = [
        one
        for one in figures.courses
        if one.course_id is not None
        and one.planned_minutes
        and one.seconds * 100 < one.planned_minutes * 60 * NEGLECTED_SHARE
    ]
    return max(behind, key=lambda one: one.planned_minutes * 60 - one.seconds, default=None)

"""Use cases of figures: the GPA and its trend, and how each course stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.grades.rules import gpa
from studyhall.domains.grades.rules.averages import direction
from studyhall.domains.grades.rules.gpa import BY_SEMESTER, Gpa, Period, Taking
from studyhall.domains.grades.service.standing import Standing, standing
from studyhall.domains.scales.public import Scale
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Trend:
    """The GPA over time.

    Attributes:
        current: of the latest semester that has one.
    """

    periods: Sequence[Period]
    current: Fraction | None
    cumulative: Gpa
    direction: str
    credits_earned: Fraction
    scale: Scale


@dataclass(frozen=True, slots=True)
class Subject:
    """How one course stands."""

    course: CourseBrief
    average: Fraction | None
    grade: str | None
    assessments: int
    direction: str


def trend_of(stands: Standing, by: str = BY_SEMESTER) -> Trend:
    """The GPA of each period, of the latest semester, and of all."""
    periods = gpa.periods(stands.takings, by)
    semesters = periods if by == BY_SEMESTER else gpa.periods(stands.takings, BY_SEMESTER)
    counting = gpa.cumulative(stands.takings, stands.repeats, stands.scale)
    return Trend(
        periods,
        semesters[-1].gpa.value if semesters else None,
        gpa.gpa_of(counting),
        gpa.direction(periods, stands.scale),
        sum((one.credits for one in counting if one.is_passed), Fraction(0)),
        stands.scale,
    )


def subjects_of(stands: Standing, semester: str | None) -> list[Subject]:
    """Every course with results or a final grade, by name: in one semester, or its latest taking."""
    if semester is None:
        takings: Sequence[Taking] = stands.latest_takings()
    else:
        takings = [one for one in stands.takings if one.semester == semester]
    found = [_subject(stands, one) for one in takings]
    return sorted(found, key=lambda one: (one.course.name, str(one.course.id)))


def _subject(stands: Standing, taking: Taking) -> Subject:
    results = stands.results.get((taking.course_id, taking.semester), ())
    grading = stands.gradings.get(taking.course_id)
    is_official = grading is not None and grading.final_grade and taking == stands.latest(taking.course_id)
    grade = None if taking.percentage is None else stands.scale.band_of(taking.percentage).grade
    return Subject(
        stands.briefs[taking.course_id],
        taking.percentage,
        grading.final_grade if grading is not None and is_official else grade,
        len(results),
        direction([one.percentage for one in results if not one.is_dropped]),
    )


def overall(stands: Standing) -> Fraction | None:
    """The mean of the averages of all courses, each by its latest taking; None while there is none."""
    averages = [one.percentage for one in stands.latest_takings() if one.percentage is not None]
    return sum(averages, Fraction(0)) / len(averages) if averages else None


async def trend(uow: UnitOfWork, user_id: UUID, by: str) -> Trend:
    """The person's GPA over time."""
    return trend_of(await standing(uow, user_id), by)


async def subjects(uow: UnitOfWork, user_id: UUID, semester: str | None) -> list[Subject]:
    """The person's courses."""
    return subjects_of(await standing(uow, user_id), semester)

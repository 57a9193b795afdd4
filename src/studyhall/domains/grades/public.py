"""The door of grades for other domains."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from studyhall.domains.courses.public import CourseGrades
from studyhall.domains.grades import queries
from studyhall.domains.grades.rules.averages import average, rounded
from studyhall.domains.grades.rules.results import FIRST_DATE, LAST_DATE
from studyhall.domains.grades.service import figures
from studyhall.domains.grades.service.batches import Candidate, record_all
from studyhall.domains.grades.service.results import semester_for
from studyhall.domains.grades.service.standing import scored, standing
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "FIRST_DATE",
    "LAST_DATE",
    "Candidate",
    "GradesOfCourse",
    "Headline",
    "headline",
    "record_all",
    "semester_for",
]


@dataclass(frozen=True, slots=True)
class Headline:
    """How somebody is doing, in three figures. All are None while there is nothing to tell.

    Attributes:
        overall_performance: mean of the averages of all courses, whole percent.
        gpa: of the latest semester, in points of the person's scale, two decimals.
        cumulative_gpa: of all semesters.
        trend: improving, declining or stable.
    """

    overall_performance: int | None
    gpa: Decimal | None
    cumulative_gpa: Decimal | None
    trend: str


async def headline(uow: UnitOfWork, user_id: UUID) -> Headline:
    """The person's headline figures; two statements at most, whatever there is."""
    stands = await standing(uow, user_id)
    trend, overall = figures.trend_of(stands), figures.overall(stands)
    return Headline(
        None if overall is None else int(rounded(overall, 0).to_integral_value(ROUND_HALF_UP)),
        None if trend.current is None else rounded(trend.current),
        None if trend.cumulative.value is None else rounded(trend.cumulative.value),
        trend.direction,
    )


class GradesOfCourse:
    """What courses ask of grades (their port `EarnedGrades`)."""

    async def of_course(self, uow: UnitOfWork, user_id: UUID, course_id: UUID) -> CourseGrades:
        """The average of the latest taking, and how many results there are in all; two statements."""
        rows = await queries.scores(uow, user_id, course_id)
        if not rows:
            return CourseGrades(None, 0)
        dropped = await queries.drop_lowest(uow, user_id, [course_id])
        latest = max(rows, key=lambda row: (row.date, row.semester)).semester
        value = average([scored(row) for row in rows if row.semester == latest], dropped.get(course_id, {}))
        return CourseGrades(None if value is None else rounded(value), len(rows))

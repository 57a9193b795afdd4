"""The door of grades for other domains."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from studyhall.domains.courses.public import CourseBrief, CourseGrades
from studyhall.domains.grades import queries
from studyhall.domains.grades.queries import result_count
from studyhall.domains.grades.rules.averages import DECLINING, IMPROVING, STABLE, average, rounded
from studyhall.domains.grades.rules.results import FIRST_DATE, LAST_DATE
from studyhall.domains.grades.service import figures
from studyhall.domains.grades.service.batches import Candidate, record_all
from studyhall.domains.grades.service.results import semester_for
from studyhall.domains.grades.service.standing import courses_in, scored, standing, standing_of
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "DECLINING",
    "FIRST_DATE",
    "IMPROVING",
    "LAST_DATE",
    "STABLE",
    "Candidate",
    "GradeBook",
    "GradeLine",
    "GradesOfCourse",
    "Headline",
    "grade_book",
    "headline",
    "record_all",
    "result_count",
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


@dataclass(frozen=True, slots=True)
class GradeLine:
    """One result.

    Attributes:
        percentage: 0 to 100, two decimals.
    """

    course_id: UUID
    kind: str
    name: str | None
    date: date
    percentage: Decimal


@dataclass(frozen=True, slots=True)
class GradeBook:
    """All results of a person, read at once; what follows is computed from it without another statement.

    Attributes:
        course_ids: courses with results or a final grade. The functions that take `briefs` want those of them.
    """

    course_ids: frozenset[UUID]
    _record: queries.Record

    def lines(self, first: date, last: date) -> list[GradeLine]:
        """The results from first to last day, both included, in the order of time."""
        return [
            GradeLine(
                row.course_id, row.assessment_type, row.assessment_name, row.date, rounded(scored(row).percentage)
            )
            for row in self._record.scores
            if first <= row.date <= last
        ]

    def cumulative_gpa(self, briefs: Mapping[UUID, CourseBrief], until: date) -> Decimal | None:
        """The grade point average of all semesters at the end of that day, two decimals; None while there is none."""
        value = figures.trend_of(standing_of(self._record, briefs, until)).cumulative.value
        return None if value is None else rounded(value)

    @property
    def higher_is_better(self) -> bool:
        """Whether more points are better on the person's scale; German grades go the other way."""
        return standing_of(self._record, {}).scale.higher_is_better

    def averages(self, briefs: Mapping[UUID, CourseBrief], until: date) -> dict[UUID, Decimal]:
        """The average in percent of each course's latest taking at the end of that day, where there is one."""
        takings = standing_of(self._record, briefs, until).latest_takings()
        return {one.course_id: rounded(one.percentage) for one in takings if one.percentage is not None}


async def grade_book(uow: UnitOfWork, user_id: UUID) -> GradeBook:
    """The person's results; one statement."""
    record = await queries.record(uow, user_id)
    return GradeBook(frozenset(courses_in(record)), record)


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

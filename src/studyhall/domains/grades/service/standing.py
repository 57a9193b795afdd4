"""Everything that figures are made of, loaded in two statements whatever there is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.grades import queries
from studyhall.domains.grades.models import DEFAULT_REPEATS, DEFAULT_SCALE, CourseGrading
from studyhall.domains.grades.queries import Record, ScoreRow
from studyhall.domains.grades.rules.averages import Scored, average
from studyhall.domains.grades.rules.gpa import Taking, end_of, root_of
from studyhall.domains.scales.public import SCALES, Scale
from studyhall.platform.uow import UnitOfWork

PASS_FAIL = "pass_fail"  # noqa: S105 - a way of grading
PASSED = frozenset({"pass", "passed", "p", "cr", "credit", "s"})
FAILED = frozenset({"fail", "failed", "f", "np", "nc", "u"})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands.

    Attributes:
        results: the results of each taking in the order of time, by course and semester.
        takings: with the final grade at the latest taking of its course.
    """

    scale: Scale
    repeats: str
    gradings: Mapping[UUID, CourseGrading]
    briefs: Mapping[UUID, CourseBrief]
    results: Mapping[tuple[UUID, str], Sequence[Scored]]
    takings: Sequence[Taking]

    def drop_lowest(self, course_id: UUID) -> Mapping[str, int]:
        grading = self.gradings.get(course_id)
        return grading.drop_lowest if grading else {}

    def latest(self, course_id: UUID) -> Taking | None:
        """The last taking of a course."""
        of_course = [one for one in self.takings if one.course_id == course_id]
        return max(of_course, key=lambda one: (one.last_on, one.semester), default=None)

    def latest_takings(self) -> list[Taking]:
        """The last taking of every course."""
        return [one for course_id in self.briefs if (one := self.latest(course_id)) is not None]


def scored(row: ScoreRow) -> Scored:
    """A row as the rules see it."""
    weight = None if row.weight is None else Fraction(row.weight)
    return Scored(row.assessment_type, Fraction(row.score) * 100 / Fraction(row.max_score), weight, row.is_dropped)


async def standing(uow: UnitOfWork, user_id: UUID) -> Standing:
    """How the person stands at this moment."""
    record = await queries.record(uow, user_id)
    return standing_of(record, await courses.briefs(uow, user_id, courses_in(record)))


def courses_in(record: Record) -> set[UUID]:
    """The courses that have results or a final grade."""
    return {row.course_id for row in record.scores} | _finished(record.gradings.values(), None)


def _finished(gradings: Iterable[CourseGrading], until: date | None) -> set[UUID]:
    return {one.course_id for one in gradings if one.final_grade and (until is None or one.updated_at.date() <= until)}


def standing_of(record: Record, briefs: Mapping[UUID, CourseBrief], until: date | None = None) -> Standing:
    """How it stands by that record; with `until` as it stood at the end of that day.

    A final grade counts from the day it was entered on, a result from its own date on. What was deleted or corrected
    since is not brought back.

    Args:
        briefs: of `courses_in` the record.
    """
    chosen, gradings = record.preference, record.gradings
    finished = _finished(gradings.values(), until)
    scale = SCALES[chosen.scale if chosen else DEFAULT_SCALE]
    results: dict[tuple[UUID, str], list[Scored]] = {}
    ends: dict[tuple[UUID, str], date] = {}
    for row in record.scores:
        if until is not None and row.date > until:
            break
        key = (row.course_id, row.semester)
        results.setdefault(key, []).append(scored(row))
        ends[key] = row.date
    for course_id in finished & briefs.keys() - {course_id for course_id, _ in results}:
        semester = briefs[course_id].semester or briefs[course_id].academic_year or "No semester"
        ends[course_id, semester] = end_of(semester, gradings[course_id].updated_at.date())
    takings = _takings(ends, results, gradings, briefs, scale, finished)
    return Standing(scale, chosen.repeats if chosen else DEFAULT_REPEATS, gradings, briefs, results, takings)


def _takings(
    ends: Mapping[tuple[UUID, str], date],
    results: Mapping[tuple[UUID, str], Sequence[Scored]],
    gradings: Mapping[UUID, CourseGrading],
    briefs: Mapping[UUID, CourseBrief],
    scale: Scale,
    finished: Collection[UUID],
) -> list[Taking]:
    repeats = {one.course_id: one.repeats_course_id for one in gradings.values() if one.repeats_course_id}
    last: dict[UUID, tuple[date, str]] = {}
    for (course_id, semester), end in ends.items():
        last[course_id] = max((end, semester), last.get(course_id, (end, semester)))
    return [
        taking_of(
            root_of(course_id, repeats),
            briefs[course_id],
            (semester, end),
            results.get((course_id, semester), ()),
            gradings.get(course_id),
            scale,
            is_final=course_id in finished and last[course_id] == (end, semester),
        )
        for (course_id, semester), end in sorted(ends.items(), key=lambda one: (one[1], str(one[0])))
        if course_id in briefs
    ]


def taking_of(
    root: UUID,
    course: CourseBrief,
    when: tuple[str, date],
    results: Sequence[Scored],
    grading: CourseGrading | None,
    scale: Scale,
    *,
    is_final: bool,
) -> Taking:
    """One taking. A final grade of another scale counts by the percentage at which it begins.

    Args:
        is_final: whether its final grade counts, if there is one.
    """
    percentage = average(results, grading.drop_lowest if grading else {})
    points = None if percentage is None else scale.points_of(percentage)
    is_passed = None if percentage is None else percentage >= scale.pass_percentage
    if is_final and grading and grading.final_grade:
        word = grading.final_grade.casefold()
        official = SCALES[grading.final_scale or scale.key].standing_of(grading.final_grade)
        if grading.grading == PASS_FAIL and word in PASSED | FAILED:
            is_passed = word in PASSED
        elif official is not None:
            points = official[1] if grading.final_scale == scale.key else scale.points_of(official[0])
            percentage = percentage if results else official[0]
            is_passed = official[0] >= scale.pass_percentage
    own_credits = grading.credits if grading and grading.credits is not None else course.credits
    semester, last_on = when
    is_graded = grading is None or grading.grading != PASS_FAIL
    return Taking(root, course.id, semester, last_on, Fraction(own_credits), percentage, points, is_graded, is_passed)

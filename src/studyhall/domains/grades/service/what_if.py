"""Use case: what is still needed for a target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from studyhall.domains.courses import public as courses
from studyhall.domains.grades.rules import gpa
from studyhall.domains.grades.rules.averages import WHOLE, Scored, WeightLedger, average, counted, shares
from studyhall.domains.grades.rules.results import too_heavy
from studyhall.domains.grades.rules.what_if import Ahead, Needed, for_average, for_gpa
from studyhall.domains.grades.service.standing import PASS_FAIL, Standing, standing
from studyhall.domains.scales.public import Scale
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork

REST = "What is left of the course"


@dataclass(frozen=True, slots=True)
class AheadAssessment:
    """An assessment that the person names as still to come."""

    name: str
    kind: str
    weight: Decimal | None
    max_score: Decimal | None


@dataclass(frozen=True, slots=True)
class OpenCourse:
    """A course whose grade is still open."""

    course_id: UUID
    credits: Decimal | None


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is left."""

    name: str
    course_id: UUID | None = None
    kind: str | None = None
    weight: Fraction | None = None
    credits: Fraction | None = None
    max_score: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is still needed, and on what."""

    target: Fraction
    target_grade: str | None
    current: Fraction | None
    needed: Needed
    needed_grade: str | None
    remaining: Sequence[Left]
    scale: Scale
    is_gpa: bool


async def for_course(
    uow: UnitOfWork,
    actor: Actor,
    course_id: UUID,
    target: Decimal | str,
    semester: str | None,
    ahead: Sequence[AheadAssessment] | None,
) -> Answer:
    """What a course still needs.

    Args:
        target: a percentage, or a grade of the person's scale.
        ahead: None for whatever the weights of the results leave of 100 %.

    Raises:
        CourseNotFound: the actor does not take the course.
        Invalid: the scale has no such grade; the weights exceed 100 %; or nobody can know what is left.
    """
    await courses.require_enrolled(uow, actor.user_id, course_id)
    stands = await standing(uow, actor.user_id)
    percentage = _target_percentage(target, stands.scale)
    results = list(_results_of(stands, course_id, semester))
    dropped = stands.drop_lowest(course_id)
    current = average(results, dropped)
    if ahead is None:
        results, left = _rest(results, counted(results, dropped))
        needed = for_average(results, [Ahead("", one.weight) for one in left], {}, percentage)
    else:
        _require_light(results, dropped, ahead)
        left = [
            Left(one.name, kind=one.kind, weight=_fraction(one.weight), max_score=_fraction(one.max_score))
            for one in ahead
        ]
        needed = for_average(results, [Ahead(one.kind or "", one.weight) for one in left], dropped, percentage)
    grade = None if needed.value is None else stands.scale.band_of(needed.value).grade
    named = target if isinstance(target, str) else None
    return Answer(percentage, named, current, needed, grade, left, stands.scale, is_gpa=False)


def _target_percentage(target: Decimal | str, scale: Scale) -> Fraction:
    if isinstance(target, Decimal):
        return Fraction(target)
    official = scale.standing_of(target)
    if official is None:
        known = ", ".join(band.grade for band in scale.bands)
        raise Invalid.field("target_grade", f"Your scale has no grade '{target}'; it has {known}.")
    return official[0]


def _results_of(stands: Standing, course_id: UUID, semester: str | None) -> Sequence[Scored]:
    if semester is None:
        latest = stands.latest(course_id)
        semester = latest.semester if latest else None
    return stands.results.get((course_id, semester), ()) if semester is not None else ()


def _rest(results: Sequence[Scored], counting: Sequence[Scored]) -> tuple[list[Scored], list[Left]]:
    """What counts with its weights written out, and what those leave of 100 %."""
    if results and all(one.weight is None for one in counting):
        raise Invalid.field(
            "remaining", "The results of this course carry no weights. Say which assessments are still to come."
        )
    weights = shares([one.weight for one in counting])
    rest = max(Fraction(0), WHOLE - sum(weights, Fraction(0)))
    weighted = [replace(one, weight=weight) for one, weight in zip(counting, weights, strict=True)]
    return weighted, [Left(REST, weight=rest)] if rest else []


def _require_light(results: Sequence[Scored], dropped: Mapping[str, int], ahead: Sequence[AheadAssessment]) -> None:
    ledger = WeightLedger(dropped)
    for one in results:
        if one.weight is not None and not one.is_dropped:
            # Weights have two decimal places, so nothing is lost.
            ledger.add(one.kind, Decimal(one.weight.numerator) / Decimal(one.weight.denominator))
    for coming in ahead:
        if coming.weight is not None:
            ledger.add(coming.kind, coming.weight)
    heavy = too_heavy(ledger.total)
    if heavy and any(coming.weight for coming in ahead):
        raise Invalid.field("remaining", heavy)


async def for_gpa_target(
    uow: UnitOfWork, actor: Actor, target: Decimal, open_courses: Sequence[OpenCourse] | None
) -> Answer:
    """What the courses whose grades are open still need for a cumulative GPA. What stands of them so far is left out.

    Args:
        open_courses: None for the active ones that have no standing yet.

    Raises:
        Invalid: a course is none of the actor's, or there is none with credits.
    """
    stands = await standing(uow, actor.user_id)
    left = _open(stands, await courses.owned_or_enrolled(uow, actor.user_id), open_courses)
    ahead = sum((one.credits for one in left if one.credits), Fraction(0))
    if not ahead:
        raise Invalid.field("courses", "Say which courses with credits are still open; there is none without results.")
    present = gpa.gpa_of(gpa.cumulative(_besides(stands, left), stands.repeats, stands.scale))
    needed = for_gpa(present, ahead, stands.scale, Fraction(target))
    grade = None if needed.value is None else _grade_for(stands.scale, needed.value)
    everything = gpa.gpa_of(gpa.cumulative(stands.takings, stands.repeats, stands.scale))
    return Answer(Fraction(target), None, everything.value, needed, grade, left, stands.scale, is_gpa=True)


def _open(
    stands: Standing, mine: Sequence[courses.CourseBrief], open_courses: Sequence[OpenCourse] | None
) -> list[Left]:
    by_id = {one.id: one for one in mine}
    if open_courses is None:
        standing_now = {one.course_id for one in stands.takings if one.points is not None}
        wanted = [OpenCourse(one.id, None) for one in mine if one.is_active and one.id not in standing_now]
    else:
        wanted = list(open_courses)
    left: dict[UUID, Left] = {}
    for at, one in enumerate(wanted):
        course, grading = by_id.get(one.course_id), stands.gradings.get(one.course_id)
        if course is None or one.course_id in left:
            raise Invalid.field(f"courses.{at}.course_id", "This is none of your courses, or it stands here twice.")
        if grading is not None and grading.grading == PASS_FAIL:
            continue
        own = grading.credits if grading is not None and grading.credits is not None else course.credits
        credits = Fraction(one.credits if one.credits is not None else own)
        left[course.id] = Left(course.name, course_id=course.id, credits=credits)
    return list(left.values())


def _besides(stands: Standing, left: Sequence[Left]) -> list[gpa.Taking]:
    """What counts apart from the open courses: a new grade replaces the latest taking, and what that one repeats."""
    repeats = {one.course_id: one.repeats_course_id for one in stands.gradings.values() if one.repeats_course_id}
    ids = {one.course_id for one in left if one.course_id}
    if stands.repeats == gpa.ALL:
        replaced = [stands.latest(course_id) for course_id in ids]
        return [one for one in stands.takings if one not in replaced]
    roots = {gpa.root_of(course_id, repeats) for course_id in ids}
    return [one for one in stands.takings if one.course not in roots]


def _grade_for(scale: Scale, points: Fraction) -> str:
    """The lowest grade with at least these points."""
    if scale.is_continuous:
        return scale.band_of(points).grade
    enough = [band for band in scale.bands if scale.improvement(points, band.points) >= 0]
    return enough[-1].grade


def _fraction(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)

"""Use cases of results."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.grades import queries
from studyhall.domains.grades.errors import ResultNotFound, TooManyResults
from studyhall.domains.grades.events import GradeChanged, GradeDeleted, GradeRecorded, GradeRestored
from studyhall.domains.grades.models import DEFAULT_SCALE, Result
from studyhall.domains.grades.queries import ResultFilter
from studyhall.domains.grades.rules.averages import WeightLedger
from studyhall.domains.grades.rules.results import faults_of, too_heavy
from studyhall.domains.scales.public import SCALES, Scale
from studyhall.domains.undo import public as undo
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page

UNDO_KIND = "grades.result"
MOST_RESULTS = 5_000

_CHECKED = ("score", "max_score", "weight", "date", "assessment_name", "grade", "semester", "notes")
# What a change of the weights can come from; an old fault of theirs must not forbid the correction of a note.
_WEIGHING = frozenset({"weight", "is_dropped", "course_id", "semester", "assessment_type"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A result with what is told beside it."""

    row: Result
    course: CourseBrief | None
    grade: str


def semester_for(course: CourseBrief, day: date) -> str:
    """The semester of a result that names none: of the course, else its academic year, else the year of the date."""
    return course.semester or course.academic_year or str(day.year)


async def listed(uow: UnitOfWork, actor: Actor, wanted: ResultFilter, listing: ListQuery) -> Page[Shown]:
    """The actor's results, the newest first."""
    page = await queries.page_of_results(uow, actor.user_id, wanted, listing)
    scale = await scale_of(uow, actor.user_id)
    briefs = await courses.briefs(uow, actor.user_id, {row.course_id for row in page.rows}) if page.rows else {}
    return page.map(lambda row: _shown(row, briefs.get(row.course_id), scale))


async def one(uow: UnitOfWork, actor: Actor, result_id: UUID) -> Shown:
    """One result. Raises ResultNotFound."""
    return await _with_course(uow, await _own(uow, actor.user_id, result_id))


async def create(uow: UnitOfWork, actor: Actor, fields: Mapping[str, Any]) -> Shown:
    """A new result.

    Args:
        fields: those of `schemas.results.NewResult`, by name.

    Raises:
        CourseNotFound: the actor does not take the course.
        Invalid: the score is over the maximum, or the weights of the course over 100 %.
        TooManyResults: he has as many as one may keep.
    """
    course = await courses.require_enrolled(uow, actor.user_id, fields["course_id"])
    values = {**fields, "semester": fields["semester"] or semester_for(course, fields["date"])}
    _require_good(values)
    chosen = await queries.lock_preference(uow, actor.user_id)
    if await queries.count(uow, actor.user_id) >= MOST_RESULTS:
        raise TooManyResults
    row = Result(user_id=actor.user_id, **values)
    await _require_light(uow, row)
    uow.session.add(row)
    await uow.session.flush()
    await uow.session.refresh(row)
    uow.record(GradeRecorded(actor.user_id, row.course_id, row.id))
    return _shown(row, course, SCALES[chosen.scale])


async def change(uow: UnitOfWork, actor: Actor, result_id: UUID, fields: Mapping[str, Any]) -> Shown:
    """Change the fields that were sent.

    Raises:
        ResultNotFound, CourseNotFound: not the actor's.
        Invalid: the result would not be a good one.
    """
    await queries.lock_preference(uow, actor.user_id)
    row = await _own(uow, actor.user_id, result_id, lock=True)
    changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
    if "course_id" in changed:
        await courses.require_enrolled(uow, actor.user_id, changed["course_id"])
    _require_good({name: changed.get(name, getattr(row, name)) for name in _CHECKED})
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        if changed.keys() & _WEIGHING:
            with uow.session.no_autoflush:
                await _require_light(uow, row)
        await uow.session.flush()
        await uow.session.refresh(row)
        uow.record(GradeChanged(actor.user_id, row.course_id, row.id))
    return await _with_course(uow, row)


async def delete(uow: UnitOfWork, actor: Actor, result_id: UUID) -> str:
    """Delete it; answers the token that takes it back. Raises ResultNotFound."""
    row = await _own(uow, actor.user_id, result_id, lock=True)
    row.deleted_at = clock.now()
    await uow.session.flush()
    uow.record(GradeDeleted(actor.user_id, row.course_id, row.id))
    return await undo.offer(uow, actor, UNDO_KIND, [row.id])


async def restore(uow: UnitOfWork, user_id: UUID, result_id: UUID) -> None:
    """Take a deletion back. Raises Invalid when its weight has been given to others in the meantime."""
    await queries.lock_preference(uow, user_id)
    row = await queries.result(uow, user_id, result_id, lock=True, deleted=True)
    if row is None:
        return
    await _require_light(uow, row)
    row.deleted_at = None
    await uow.session.flush()
    uow.record(GradeRestored(user_id, row.course_id, row.id))


async def scale_of(uow: UnitOfWork, user_id: UUID) -> Scale:
    """The person's scale."""
    chosen = await queries.preference(uow, user_id)
    return SCALES[chosen.scale if chosen else DEFAULT_SCALE]


def _require_good(values: Mapping[str, Any]) -> None:
    faults = faults_of(values)
    if faults:
        raise Invalid(next(iter(faults.values())), errors={field: [text] for field, text in faults.items()})


async def _require_light(uow: UnitOfWork, row: Result) -> None:
    """The weights of one taking stay within 100 %."""
    if row.weight is None or row.is_dropped:
        return
    others = await queries.weights(uow, row.user_id, row.course_id, row.semester, besides=row.id)
    dropped = await queries.drop_lowest(uow, row.user_id, [row.course_id])
    ledger = WeightLedger(dropped.get(row.course_id, {}), others)
    heavy = too_heavy(ledger.with_added(row.assessment_type, Decimal(row.weight)))
    if heavy:
        raise Invalid.field("weight", heavy)


def _shown(row: Result, course: CourseBrief | None, scale: Scale) -> Shown:
    exact = Fraction(row.score) * 100 / Fraction(row.max_score)
    return Shown(row, course, row.grade or scale.band_of(exact).grade)


async def _with_course(uow: UnitOfWork, row: Result) -> Shown:
    briefs = await courses.briefs(uow, row.user_id, [row.course_id])
    return _shown(row, briefs.get(row.course_id), await scale_of(uow, row.user_id))


async def _own(uow: UnitOfWork, user_id: UUID, result_id: UUID, *, lock: bool = False) -> Result:
    row = await queries.result(uow, user_id, result_id, lock=lock)
    if row is None:
        raise ResultNotFound
    return row

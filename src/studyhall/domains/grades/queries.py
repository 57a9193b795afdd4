"""Reading grades, always those of one person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, func, literal, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased, join, outerjoin

from studyhall.domains.grades.models import CourseGrading, GradingPreference, Result
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, page_of


@dataclass(frozen=True, slots=True)
class ResultFilter:
    """Which results; both days are included, None is open."""

    course_id: UUID | None = None
    semester: str | None = None
    first: date | None = None
    last: date | None = None
    assessment_type: str | None = None


class ScoreRow(NamedTuple):
    """What the figures need of a result."""

    course_id: UUID
    semester: str
    date: date
    assessment_type: str
    score: Decimal
    max_score: Decimal
    weight: Decimal | None
    is_dropped: bool
    assessment_name: str | None


_SCORE = (
    Result.course_id, Result.semester, Result.date, Result.assessment_type,
    Result.score, Result.max_score, Result.weight, Result.is_dropped,
    Result.assessment_name,
)  # fmt: skip


def _filtered(user_id: UUID, wanted: ResultFilter) -> Select[Result]:
    found = select(Result).where(Result.user_id == user_id, Result.deleted_at.is_(None))
    if wanted.course_id is not None:
        found = found.where(Result.course_id == wanted.course_id)
    if wanted.semester is not None:
        found = found.where(Result.semester == wanted.semester)
    if wanted.first is not None:
        found = found.where(Result.date >= wanted.first)
    if wanted.last is not None:
        found = found.where(Result.date <= wanted.last)
    if wanted.assessment_type is not None:
        found = found.where(Result.assessment_type == wanted.assessment_type)
    return found


async def page_of_results(uow: UnitOfWork, user_id: UUID, wanted: ResultFilter, listing: ListQuery) -> Page[Result]:
    """One page, the newest first."""
    return await page_of(uow, _filtered(user_id, wanted), listing, order=(Result.date.desc(),), tie=Result.id.desc())


async def result(
    uow: UnitOfWork, user_id: UUID, result_id: UUID, *, lock: bool = False, deleted: bool = False
) -> Result | None:
    """The person's own result."""
    found = select(Result).where(
        Result.id == result_id,
        Result.user_id == user_id,
        Result.deleted_at.is_not(None) if deleted else Result.deleted_at.is_(None),
    )
    found = found.execution_options(populate_existing=True)
    return (await uow.session.scalars(found.with_for_update() if lock else found)).one_or_none()


async def scores(uow: UnitOfWork, user_id: UUID, course_id: UUID) -> list[ScoreRow]:
    """What counts or could count in a course, in the order of time."""
    wanted = ResultFilter(course_id=course_id)
    found = _filtered(user_id, wanted).with_only_columns(*_SCORE).order_by(Result.date, Result.id)
    return [ScoreRow._make(row) for row in await uow.session.execute(found)]


async def weights(
    uow: UnitOfWork, user_id: UUID, course_id: UUID, semester: str, *, besides: UUID | None = None
) -> list[tuple[str, Decimal]]:
    """Types and weights of the results of one taking that have one and are not dropped."""
    found = select(Result.assessment_type, Result.weight).where(
        Result.user_id == user_id,
        Result.course_id == course_id,
        Result.semester == semester,
        Result.deleted_at.is_(None),
        Result.is_dropped.is_(False),
        Result.weight.is_not(None),
    )
    if besides is not None:
        found = found.where(Result.id != besides)
    return [(kind, weight) for kind, weight in await uow.session.execute(found) if weight is not None]


async def count(uow: UnitOfWork, user_id: UUID) -> int:
    """How many results the person has."""
    found = select(func.count()).where(Result.user_id == user_id, Result.deleted_at.is_(None))
    return int((await uow.session.execute(found)).scalar_one())


class Known(NamedTuple):
    """What tells that two results are the same."""

    course_id: UUID
    semester: str
    assessment_type: str
    assessment_name: str | None
    date: date
    score: Decimal
    max_score: Decimal
    weight: Decimal | None
    is_dropped: bool


async def known(uow: UnitOfWork, user_id: UUID, course_ids: Collection[UUID]) -> list[Known]:
    """All results of some courses."""
    found = select(
        Result.course_id, Result.semester, Result.assessment_type, Result.assessment_name, Result.date,
        Result.score, Result.max_score, Result.weight, Result.is_dropped,
    ).where(Result.user_id == user_id, Result.deleted_at.is_(None), Result.course_id.in_(course_ids))  # fmt: skip
    return [Known(*row) for row in await uow.session.execute(found)]


async def lock_preference(uow: UnitOfWork, user_id: UUID) -> GradingPreference:
    """The person's preference, made if need be and locked until the transaction ends, in one statement."""
    now = clock.now()
    made = insert(GradingPreference).values(user_id=user_id, created_at=now, updated_at=now)
    locked = made.on_conflict_do_update(index_elements=["user_id"], set_={"user_id": made.excluded.user_id})
    found = await uow.session.scalars(
        locked.returning(GradingPreference), execution_options={"populate_existing": True}
    )
    return found.one()


async def preference(uow: UnitOfWork, user_id: UUID) -> GradingPreference | None:
    """What the person has chosen, if anything."""
    return await uow.session.get(GradingPreference, user_id)


async def gradings(uow: UnitOfWork, user_id: UUID) -> Sequence[CourseGrading]:
    """How the person's courses are graded where that differs from the ordinary."""
    found = select(CourseGrading).where(CourseGrading.user_id == user_id).order_by(CourseGrading.course_id)
    return (await uow.session.scalars(found.execution_options(populate_existing=True))).all()


@dataclass(frozen=True, slots=True)
class Record:
    """All that figures are made of, with the results in the order of time."""

    preference: GradingPreference | None
    gradings: Mapping[UUID, CourseGrading]
    scores: Sequence[ScoreRow]


async def record(uow: UnitOfWork, user_id: UUID) -> Record:
    """What the person has chosen, how his courses are graded, and his results; one statement."""
    nobody = select(literal(1).label("one")).subquery()
    results = _filtered(user_id, ResultFilter()).with_only_columns(*_SCORE, Result.id).subquery()
    graded = aliased(CourseGrading, select(CourseGrading).where(CourseGrading.user_id == user_id).subquery())
    either = join(results, graded, results.c.course_id == graded.course_id, full=True)
    chosen = outerjoin(nobody, GradingPreference, GradingPreference.user_id == user_id)
    found = await uow.session.execute(
        select(GradingPreference, graded, *results.c)
        .select_from(outerjoin(chosen, either, true()))
        .order_by(results.c.date, results.c.id)
        .execution_options(populate_existing=True)
    )
    rows = found.all()
    scores = [ScoreRow._make(row[2:-1]) for row in rows if row[2] is not None]
    return Record(rows[0][0], {row[1].course_id: row[1] for row in rows if row[1] is not None}, scores)


async def drop_lowest(uow: UnitOfWork, user_id: UUID, course_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """Course -> how many of the lowest of each type are left out, where any are."""
    found = select(CourseGrading.course_id, CourseGrading.drop_lowest).where(
        CourseGrading.user_id == user_id, CourseGrading.course_id.in_(course_ids)
    )
    return {course_id: dropped for course_id, dropped in await uow.session.execute(found) if dropped}


def result_count(user_id: UUID, at_least: int = 0) -> ScalarSelect[int]:
    """In SQL: how many results the person has with at least so many percent."""
    found = select(func.count()).where(
        Result.user_id == user_id, Result.deleted_at.is_(None), Result.percentage >= at_least
    )
    return found.scalar_subquery()

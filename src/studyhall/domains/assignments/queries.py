"""Reading assignments, always those of one person or of persons named one by one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, or_, select

from studyhall.domains.assignments.models import Assignment
from studyhall.domains.assignments.rules import COMPLETED, OPEN, OVERDUE
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, page_of


@dataclass(frozen=True, slots=True)
class AssignmentFilter:
    """Which assignments of a person.

    Attributes:
        status: as it is seen at the moment of the question.
        upcoming: True: only open ones whose due date is ahead.
    """

    status: str | None = None
    course_id: UUID | None = None
    upcoming: bool = False


def seen(now: datetime) -> ColumnElement[str]:
    """`rules.status_seen` in SQL."""
    return case((and_(Assignment.status.in_(OPEN), Assignment.due_date < now), OVERDUE), else_=Assignment.status)


def _ahead(now: datetime) -> ColumnElement[bool]:
    return and_(Assignment.status.in_(OPEN), Assignment.due_date >= now)


def _of(user_id: UUID) -> Select[Assignment]:
    return select(Assignment).where(Assignment.user_id == user_id, Assignment.deleted_at.is_(None))


async def page_of_assignments(
    uow: UnitOfWork, user_id: UUID, wanted: AssignmentFilter, now: datetime, listing: ListQuery
) -> Page[Assignment]:
    """One page, the earliest due date first."""
    found = _of(user_id)
    if wanted.status is not None:
        found = found.where(seen(now) == wanted.status)
    if wanted.course_id is not None:
        found = found.where(Assignment.course_id == wanted.course_id)
    if wanted.upcoming:
        found = found.where(_ahead(now))
    return await page_of(uow, found, listing, order=(Assignment.due_date.asc(),), tie=Assignment.id)


async def assignment(
    uow: UnitOfWork, user_id: UUID, assignment_id: UUID, *, lock: bool = False, deleted: bool = False
) -> Assignment | None:
    """The person's own assignment."""
    found = select(Assignment).where(
        Assignment.id == assignment_id,
        Assignment.user_id == user_id,
        Assignment.deleted_at.is_not(None) if deleted else Assignment.deleted_at.is_(None),
    )
    found = found.execution_options(populate_existing=True)
    return (await uow.session.scalars(found.with_for_update() if lock else found)).one_or_none()


async def due_in_spans(uow: UnitOfWork, spans: Mapping[UUID, tuple[datetime, datetime]]) -> Sequence[Assignment]:
    """Those of several people, each due within his own span (its end not included), in order; one statement."""
    if not spans:
        return []
    within = or_(
        *(
            and_(Assignment.user_id == user_id, Assignment.due_date >= first, Assignment.due_date < end)
            for user_id, (first, end) in spans.items()
        )
    )
    found = select(Assignment).where(Assignment.deleted_at.is_(None), within)
    return (await uow.session.scalars(found.order_by(Assignment.due_date, Assignment.id))).all()


@dataclass(frozen=True, slots=True)
class Period:
    """A person's assignments in a stretch of time.

    Attributes:
        due: how many are due in it; `handed_in` of them are completed.
        completed: how many were completed in it, whenever they are due.
        overdue: how many were due before its end (or now) and were open then.
        shown: the first of all these, the earliest due date first.
    """

    due: int
    handed_in: int
    completed: int
    overdue: int
    shown: Sequence[Assignment]


async def period(uow: UnitOfWork, user_id: UUID, first: datetime, end: datetime, now: datetime, most: int) -> Period:
    """The person's assignments from `first` until before `end`, at most so many of them shown; one statement."""
    until = min(end, now)
    due = and_(Assignment.due_date >= first, Assignment.due_date < end)
    completed = and_(Assignment.completed_at >= first, Assignment.completed_at < end)
    overdue = and_(
        Assignment.due_date < until, or_(Assignment.completed_at.is_(None), Assignment.completed_at >= until)
    )
    counts = [
        func.count().filter(which).over()
        for which in (due, and_(due, Assignment.status == COMPLETED), completed, overdue)
    ]
    found = _of(user_id).add_columns(*counts).where(or_(due, completed, overdue))
    rows = (await uow.session.execute(found.order_by(Assignment.due_date.desc(), Assignment.id).limit(most))).all()
    in_all, handed_in, done, late = rows[0][1:] if rows else (0, 0, 0, 0)
    return Period(in_all, handed_in, done, late, [row[0] for row in reversed(rows)])


async def ahead_counts(uow: UnitOfWork, user_ids: Collection[UUID], now: datetime) -> dict[UUID, int]:
    """How many open ones each of these people has ahead; who has none is missing. One statement."""
    counted = (
        select(Assignment.user_id, func.count())
        .where(Assignment.user_id.in_(user_ids), Assignment.deleted_at.is_(None), _ahead(now))
        .group_by(Assignment.user_id)
    )
    return {user_id: int(count) for user_id, count in (await uow.session.execute(counted)).all()}


async def lock_overdue(uow: UnitOfWork, now: datetime, most: int) -> Sequence[Assignment]:
    """Open ones whose due date is over and that no other worker has in hand, the longest overdue first."""
    found = (
        select(Assignment)
        .where(Assignment.status.in_(sorted(OPEN)), Assignment.due_date < now, Assignment.deleted_at.is_(None))
        .order_by(Assignment.due_date, Assignment.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return (await uow.session.scalars(found)).all()


def on_time_count(user_id: UUID) -> ScalarSelect[int]:
    """In SQL: how many assignments the person has completed by their due date."""
    found = select(func.count()).where(
        Assignment.user_id == user_id,
        Assignment.deleted_at.is_(None),
        Assignment.completed_at <= Assignment.due_date,
    )
    return found.scalar_subquery()

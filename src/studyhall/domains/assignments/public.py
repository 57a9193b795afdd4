"""The door of assignments for other domains."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from studyhall.domains.assignments import queries
from studyhall.domains.assignments.errors import AssignmentNotFound
from studyhall.domains.assignments.models import Assignment
from studyhall.domains.assignments.queries import on_time_count
from studyhall.domains.assignments.rules import status_seen
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "AssignmentBrief",
    "AssignmentNotFound",
    "AssignmentsOf",
    "between",
    "counts_due",
    "due_between",
    "due_of_people",
    "on_time_count",
    "require_own",
]


@dataclass(frozen=True, slots=True)
class AssignmentBrief:
    """An assignment as it is now.

    Attributes:
        due_date: UTC.
        status: pending, in_progress, completed or overdue.
        created_at, updated_at: of what is stored, so that becoming overdue by itself changes neither.
    """

    id: UUID
    user_id: UUID
    course_id: UUID
    title: str
    due_date: datetime
    priority: str
    status: str
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime


async def due_between(uow: UnitOfWork, user_id: UUID, first: datetime, end: datetime) -> list[AssignmentBrief]:
    """What is due from `first` until before `end` (aware), completed ones too, in order; one statement."""
    return (await due_of_people(uow, {user_id: (first, end)}))[user_id]


async def due_of_people(
    uow: UnitOfWork, spans: Mapping[UUID, tuple[datetime, datetime]]
) -> dict[UUID, list[AssignmentBrief]]:
    """The same for several people, each within his own span; one statement."""
    found: dict[UUID, list[AssignmentBrief]] = {user_id: [] for user_id in spans}
    now = clock.now()
    for row in await queries.due_in_spans(uow, spans):
        found[row.user_id].append(_brief(row, now))
    return found


async def counts_due(uow: UnitOfWork, user_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many assignments each has still to hand in whose due date is ahead; one statement."""
    counts = await queries.ahead_counts(uow, user_ids, clock.now())
    return {user_id: counts.get(user_id, 0) for user_id in user_ids}


@dataclass(frozen=True, slots=True)
class AssignmentsOf:
    """Figures of a stretch of time.

    Attributes:
        due: how many are due in it; `handed_in` of them are completed.
        completed: how many were completed in it, whenever they are due.
        overdue: how many were due before its end (or now) and were open then.
        shown: the last of all these by due date, in order.
    """

    due: int
    handed_in: int
    completed: int
    overdue: int
    shown: Sequence[AssignmentBrief]


async def between(uow: UnitOfWork, user_id: UUID, first: datetime, end: datetime, most: int) -> AssignmentsOf:
    """The person's assignments from `first` until before `end` (aware), at most so many shown; one statement."""
    now = clock.now()
    found = await queries.period(uow, user_id, first, end, now, most)
    shown = [_brief(row, now) for row in found.shown]
    return AssignmentsOf(found.due, found.handed_in, found.completed, found.overdue, shown)


async def require_own(uow: UnitOfWork, user_id: UUID, assignment_id: UUID) -> AssignmentBrief:
    """The person's own assignment. Raises AssignmentNotFound (404) for anybody else's."""
    row = await queries.assignment(uow, user_id, assignment_id)
    if row is None:
        raise AssignmentNotFound
    return _brief(row, clock.now())


def _brief(row: Assignment, now: datetime) -> AssignmentBrief:
    return AssignmentBrief(
        id=row.id,
        user_id=row.user_id,
        course_id=row.course_id,
        title=row.title,
        due_date=row.due_date,
        priority=row.priority,
        status=status_seen(row.status, row.due_date, now),
        completed_at=row.completed_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )

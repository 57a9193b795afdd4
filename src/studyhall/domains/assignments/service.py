"""Use cases of assignments."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from studyhall.domains.assignments import queries
from studyhall.domains.assignments.errors import AssignmentNotFound
from studyhall.domains.assignments.events import (
    AssignmentChanged,
    AssignmentCompleted,
    AssignmentCreated,
    AssignmentDeleted,
    AssignmentOverdue,
    AssignmentRestored,
)
from studyhall.domains.assignments.models import Assignment
from studyhall.domains.assignments.queries import AssignmentFilter
from studyhall.domains.assignments.rules import COMPLETED, OVERDUE, PENDING, NoSuchMoment, moment_of
from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.notifications import public as notifications
from studyhall.domains.notifications.public import NotificationType
from studyhall.domains.undo import public as undo
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page

UNDO_KIND = "assignments.assignment"
PAGE = "/plan/assignments"

Named = tuple[Assignment, CourseBrief | None]


async def listed(uow: UnitOfWork, actor: Actor, wanted: AssignmentFilter, listing: ListQuery) -> Page[Named]:
    """The actor's assignments that pass the filter, each with its course."""
    page = await queries.page_of_assignments(uow, actor.user_id, wanted, clock.now(), listing)
    ids = {row.course_id for row in page.rows}
    known = await courses.briefs(uow, actor.user_id, ids) if ids else {}
    return page.map(lambda row: (row, known.get(row.course_id)))


async def one(uow: UnitOfWork, actor: Actor, assignment_id: UUID) -> Named:
    """One assignment with its course. Raises AssignmentNotFound."""
    row = await _own(uow, actor, assignment_id)
    return row, await _course(uow, row)


async def create(uow: UnitOfWork, actor: Actor, fields: Mapping[str, Any]) -> Named:
    """A new assignment.

    Args:
        fields: those of `schemas.NewAssignment`, by name.

    Raises:
        CourseNotFound: the actor does not take the course.
        Invalid: the due date is over, or no single moment in the actor's zone.
    """
    due_date = _due(actor, fields["due_date"])
    course = await courses.require_enrolled(uow, actor.user_id, fields["course_id"])
    row = Assignment(**{**fields, "user_id": actor.user_id, "due_date": due_date})
    uow.session.add(row)
    await uow.session.flush()
    uow.record(AssignmentCreated(actor.user_id, row.id))
    return row, course


async def change(uow: UnitOfWork, actor: Actor, assignment_id: UUID, fields: Mapping[str, Any]) -> Named:
    """Change what is sent; an overdue one whose due date is moved ahead is pending again.

    Raises:
        AssignmentNotFound: not the actor's.
        CourseNotFound: it is to go to a course that the actor does not take.
        Invalid: the new due date is over, or no single moment in the actor's zone.
    """
    row = await _own(uow, actor, assignment_id, lock=True)
    changes = dict(fields)
    if "due_date" in changes:
        changes["due_date"] = _due(actor, changes["due_date"], unless=row.due_date)
    changed = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if "course_id" in changed:
        await courses.require_enrolled(uow, actor.user_id, changed["course_id"])
    for name, value in changed.items():
        setattr(row, name, value)
    if row.status != COMPLETED:
        row.completed_at = None
    if row.status == OVERDUE and row.due_date >= clock.now():
        row.status = PENDING
    if changed:
        await uow.session.flush()
        uow.record(AssignmentChanged(actor.user_id, row.id))
    return row, await _course(uow, row)


async def complete(uow: UnitOfWork, actor: Actor, assignment_id: UUID) -> Named:
    """Mark it as done, also an overdue one. A repeated call changes nothing. Raises AssignmentNotFound."""
    row = await _own(uow, actor, assignment_id, lock=True)
    if row.status != COMPLETED:
        row.status, row.completed_at = COMPLETED, clock.now()
        await uow.session.flush()
        uow.record(AssignmentCompleted(actor.user_id, row.id, row.course_id, row.title, row.due_date, row.completed_at))
    return row, await _course(uow, row)


async def delete(uow: UnitOfWork, actor: Actor, assignment_id: UUID) -> str:
    """Delete it; answers the token that takes it back. Raises AssignmentNotFound."""
    row = await _own(uow, actor, assignment_id, lock=True)
    row.deleted_at = clock.now()
    await uow.session.flush()
    uow.record(AssignmentDeleted(actor.user_id, row.id))
    return await undo.offer(uow, actor, UNDO_KIND, [row.id])


async def restore(uow: UnitOfWork, user_id: UUID, assignment_id: UUID) -> None:
    """Take a deletion back."""
    row = await queries.assignment(uow, user_id, assignment_id, lock=True, deleted=True)
    if row is None:
        return
    row.deleted_at = None
    await uow.session.flush()
    uow.record(AssignmentRestored(user_id, row.id))


async def mark_overdue(uow: UnitOfWork, most: int) -> int:
    """Write down what has become overdue and tell its people, at most so many; answers how many there were.

    A person is told once for each due date, also when a run dies and is repeated.
    """
    rows = await queries.lock_overdue(uow, clock.now(), most)
    for row in rows:
        row.status = OVERDUE
    await uow.session.flush()
    for row in rows:
        uow.record(AssignmentOverdue(row.user_id, row.id, row.course_id, row.title, row.due_date))
        await notifications.notify(
            uow,
            [row.user_id],
            NotificationType.ASSIGNMENT,
            f"Overdue: {row.title}",
            "Its due date is over. Hand it in, or move the date if you got more time.",
            action_url=PAGE,
            metadata={"assignment_id": str(row.id)},
            dedupe_key=f"assignment_overdue:{row.id}:{row.due_date:%Y%m%dT%H%M%S}",
        )
    return len(rows)


def _due(actor: Actor, given: datetime, *, unless: datetime | None = None) -> datetime:
    """The moment given, to the second, which must be ahead unless it is the one that stands there already."""
    try:
        moment = moment_of(given.replace(microsecond=0), clock.zone(actor.time_zone))
    except NoSuchMoment as error:
        raise Invalid.field("due_date", str(error)) from error
    if moment != unless and moment <= clock.now():
        raise Invalid.field("due_date", "The due date must be in the future.")
    return moment


async def _own(uow: UnitOfWork, actor: Actor, assignment_id: UUID, *, lock: bool = False) -> Assignment:
    row = await queries.assignment(uow, actor.user_id, assignment_id, lock=lock)
    if row is None:
        raise AssignmentNotFound
    return row


async def _course(uow: UnitOfWork, row: Assignment) -> CourseBrief | None:
    return (await courses.briefs(uow, row.user_id, {row.course_id})).get(row.course_id)

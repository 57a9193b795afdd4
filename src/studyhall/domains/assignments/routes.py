"""Assignments over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from studyhall.domains.assignments import service
from studyhall.domains.assignments.queries import AssignmentFilter
from studyhall.domains.assignments.schemas import (
    AssignmentAnswer,
    AssignmentChanges,
    AssignmentList,
    AssignmentOut,
    AssignmentStatus,
    Completed,
    Deleted,
    NewAssignment,
)
from studyhall.domains.assignments.service import Named
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import NotFound
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, created, ok

router = Router("academics")


@router.get("/assignments", access="user", summary="My assignments")
async def list_assignments(
    uow: Uow,
    actor: CurrentActor,
    listing: Listing,
    *,
    status: Annotated[AssignmentStatus | None, Query(description="As it is seen now.")] = None,
    course_id: UUID | None = None,
    upcoming: Annotated[bool, Query(description="Only open ones whose due date is ahead.")] = False,
) -> Envelope[AssignmentList]:
    """The earliest due date first. An open assignment whose due date is over is overdue."""
    wanted = AssignmentFilter(status.value if status else None, course_id, upcoming)
    page = await service.listed(uow, actor, wanted, listing)
    return ok(AssignmentList(assignments=[_out(actor, named) for named in page.rows], pagination=page.pagination))


@router.post("/assignments", access="user", summary="Add an assignment", status=201, errors=[NotFound])
async def create_assignment(body: NewAssignment, uow: Uow, actor: CurrentActor) -> Envelope[AssignmentAnswer]:
    """Of a course that I take, due in the future."""
    named = await service.create(uow, actor, body.model_dump())
    return created(AssignmentAnswer(assignment=_out(actor, named)), "Assignment created successfully")


@router.get("/assignments/{assignment_id}", access="user", summary="One assignment")
async def get_assignment(assignment_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[AssignmentAnswer]:
    return ok(AssignmentAnswer(assignment=_out(actor, await service.one(uow, actor, assignment_id))))


@router.put("/assignments/{assignment_id}", access="user", summary="Change an assignment")
async def change_assignment(
    assignment_id: UUID, body: AssignmentChanges, uow: Uow, actor: CurrentActor
) -> Envelope[AssignmentAnswer]:
    """Only the fields sent. An overdue one whose due date is moved ahead is pending again."""
    named = await service.change(uow, actor, assignment_id, body.model_dump(exclude_unset=True))
    return ok(AssignmentAnswer(assignment=_out(actor, named)), "Assignment updated successfully")


@router.patch("/assignments/{assignment_id}/complete", access="user", summary="Mark an assignment as done")
async def complete_assignment(assignment_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[Completed]:
    """Also an overdue one. Calling it again changes nothing."""
    named = await service.complete(uow, actor, assignment_id)
    effects = await uow.settle()
    return ok(Completed(assignment=_out(actor, named), effects=effects), "Assignment marked as completed")


@router.delete("/assignments/{assignment_id}", access="user", summary="Delete an assignment")
async def delete_assignment(assignment_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[Deleted]:
    """Within ten minutes it can be taken back."""
    token = await service.delete(uow, actor, assignment_id)
    return ok(Deleted(undo_token=token), "Assignment deleted successfully")


def _out(actor: Actor, named: Named) -> AssignmentOut:
    row, course = named
    return AssignmentOut.of(row, course, clock.now(), clock.zone(actor.time_zone))

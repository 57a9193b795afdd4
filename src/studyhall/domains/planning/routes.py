"""Study plans over HTTP."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from studyhall.domains.academics.public import ClassOccurrence
from studyhall.domains.planning import service
from studyhall.domains.planning.errors import PlanAlreadyCompleted
from studyhall.domains.planning.queries import PlanFilter
from studyhall.domains.planning.schemas import (
    CheckBody,
    CompleteBody,
    Completed,
    ConflictList,
    ConflictOut,
    Deleted,
    NewPlan,
    PlanAnswer,
    PlanChanges,
    PlanList,
    PlanOut,
    PlansSummary,
    PlanStatus,
    PlanWithConflicts,
)
from studyhall.domains.planning.service import Conflicts, Planned
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid, NotFound
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, created, ok

router = Router("planning")


@router.get("/planning/plans", access="user", hot=service.today_as_json, summary="My plans with a summary")
async def list_plans(
    uow: Uow,
    actor: CurrentActor,
    listing: Listing,
    *,
    day: Annotated[date | None, Query(alias="date", description="One day; today unless a span is given.")] = None,
    from_date: Annotated[date | None, Query(description="First day of a span.")] = None,
    to_date: Annotated[date | None, Query(description="Last day of a span, included.")] = None,
    status: Annotated[PlanStatus | None, Query(description="As it is seen today.")] = None,
    course_id: UUID | None = None,
) -> Envelope[PlanList]:
    """In the order of time. An open plan whose day is over is missed. The summary covers all pages."""
    first, last = _span_asked(actor, day, from_date, to_date)
    wanted = PlanFilter(first, last, status.value if status else None, course_id)
    if wanted.status is None and wanted.course_id is None:
        # The straight path: PostgreSQL built the envelope, and the framework passes a response on as it is.
        body: Any = Response(await service.listed_as_json(uow, actor, wanted, listing), media_type="application/json")
        return body  # type: ignore[no-any-return]  # a Response instead of the model it describes
    found = await service.listed(uow, actor, wanted, listing)
    today = service.today_of(actor)
    plans = [PlanOut.of(row, found.briefs.get(row.course_id), today) for row in found.page.rows]
    summary = PlansSummary.model_validate(found.summary)
    return ok(PlanList(plans=plans, summary=summary, pagination=found.page.pagination))


def _span_asked(
    actor: Actor, day: date | None, from_date: date | None, to_date: date | None
) -> tuple[date | None, date | None]:
    if day is not None and (from_date is not None or to_date is not None):
        raise Invalid.field("date", "Give either a date or a span of from_date and to_date.")
    if from_date is not None and to_date is not None and to_date < from_date:
        raise Invalid.field("to_date", "The span ends before it begins.")
    if day is None and from_date is None and to_date is None:
        day = service.today_of(actor)
    return (day, day) if day is not None else (from_date, to_date)


@router.post("/planning/plans", access="user", summary="Plan to study", status=201, errors=[NotFound])
async def create_plan(body: NewPlan, uow: Uow, actor: CurrentActor) -> Envelope[PlanWithConflicts]:
    """15 to 480 minutes, today or later. Classes and plans at the same time are told and do not block."""
    row, course, conflicts = await service.create(uow, actor, body.model_dump())
    plan = PlanOut.of(row, course, service.today_of(actor))
    return created(PlanWithConflicts(plan=plan, conflicts=_told(actor, conflicts)), "Study plan created successfully")


@router.post("/planning/plans/check-conflicts", access="user", summary="What a slot collides with")
async def check_conflicts(body: CheckBody, uow: Uow, actor: CurrentActor) -> Envelope[ConflictList]:
    """Classes and plans that share time with the slot, also across midnight."""
    found = await service.conflicts_at(uow, actor, body.date, body.start_time, body.duration, besides=body.plan_id)
    told = _told(actor, found)
    return ok(ConflictList(has_conflicts=bool(told), conflicts=told))


@router.get("/planning/plans/{plan_id}", access="user", summary="One plan")
async def get_plan(plan_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[PlanAnswer]:
    row, course = await service.one(uow, actor, plan_id)
    return ok(PlanAnswer(plan=PlanOut.of(row, course, service.today_of(actor))))


@router.put("/planning/plans/{plan_id}", access="user", summary="Change a plan", errors=[PlanAlreadyCompleted])
async def change_plan(plan_id: UUID, body: PlanChanges, uow: Uow, actor: CurrentActor) -> Envelope[PlanWithConflicts]:
    """Only the fields sent. A missed plan that is moved to today or later is pending again."""
    row, course, conflicts = await service.change(uow, actor, plan_id, body.model_dump(exclude_unset=True))
    plan = PlanOut.of(row, course, service.today_of(actor))
    return ok(PlanWithConflicts(plan=plan, conflicts=_told(actor, conflicts)), "Plan updated successfully")


@router.patch(
    "/planning/plans/{plan_id}/complete", access="user", summary="Mark a plan as done", errors=[PlanAlreadyCompleted]
)
async def complete_plan(
    plan_id: UUID, uow: Uow, actor: CurrentActor, body: CompleteBody | None = None
) -> Envelope[Completed]:
    """Also a missed one. Calling it again with the same duration changes nothing."""
    wanted = body or CompleteBody()
    row, course = await service.complete(uow, actor, plan_id, wanted.actual_duration, wanted.notes)
    effects = await uow.settle()
    plan = PlanOut.of(row, course, service.today_of(actor))
    return ok(Completed(plan=plan, effects=effects), "Plan marked as completed")


@router.delete("/planning/plans/{plan_id}", access="user", summary="Delete a plan")
async def delete_plan(plan_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[Deleted]:
    """Within ten minutes it can be taken back."""
    return ok(Deleted(undo_token=await service.delete(uow, actor, plan_id)), "Plan deleted successfully")


def _told(actor: Actor, conflicts: Conflicts) -> list[ConflictOut]:
    told = [_class_conflict(one) for one in conflicts.classes]
    told += [_plan_conflict(actor, one, conflicts) for one in conflicts.plans]
    return sorted(told, key=lambda one: (one.starts_at, one.ends_at, one.type))


def _class_conflict(one: ClassOccurrence) -> ConflictOut:
    return ConflictOut(
        type="class",
        id=one.class_id,
        course_id=one.course_id,
        course_name=one.course_name,
        title=one.title,
        date=one.date,
        start_time=one.start_time,
        end_time=one.end_time,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        location=one.location,
    )


def _plan_conflict(actor: Actor, one: Planned, conflicts: Conflicts) -> ConflictOut:
    course = conflicts.briefs.get(one.row.course_id)
    zone = clock.zone(actor.time_zone)
    return ConflictOut(
        type="plan",
        id=one.row.id,
        course_id=one.row.course_id,
        course_name=course.name if course else one.row.topic,
        title=one.row.topic,
        date=one.row.date,
        start_time=one.row.start_time,
        end_time=one.ends_at.astimezone(zone).time(),
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        location=None,
    )

"""Study time over HTTP."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Header, Query

from studyhall.domains.groups.public import GroupNotFound, NotInGroup
from studyhall.domains.planning.public import PlanNotFound
from studyhall.domains.study import service
from studyhall.domains.study.errors import NothingRunning, SessionOverlaps, SessionRunning
from studyhall.domains.study.queries import SessionFilter
from studyhall.domains.study.schemas import (
    ChangeBody,
    ChangedData,
    CountedData,
    CurrentData,
    DaySeconds,
    DeletedData,
    EndBody,
    EndedData,
    EntryBody,
    HeartbeatBody,
    PresentData,
    PresentOut,
    SessionData,
    SessionOut,
    SessionsData,
    SessionSource,
    StartBody,
)
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, created, ok

router = Router("study")

CLIENT_TIME = (
    "What my clock shows as I send this. Times that a timer kept are corrected by what it is off, if that is more than"
    " a minute; typed times stay as they are."
)

SessionRef = UUID | Literal["current"]


def _id(ref: SessionRef) -> UUID | None:
    return None if ref == "current" else ref


@router.post(
    "/study-sessions/start",
    access="user",
    summary="Start the timer",
    status=201,
    errors=[PlanNotFound, GroupNotFound, NotInGroup, SessionRunning],
)
async def start_study_session(uow: Uow, actor: CurrentActor, body: StartBody | None = None) -> Envelope[SessionData]:
    """One timer runs per person; a second start is refused with the reason. The server's clock counts."""
    wanted = body or StartBody()
    row = await service.start(
        uow,
        actor,
        course_id=wanted.course_id,
        plan_id=wanted.plan_id,
        notes=wanted.notes,
        group_id=wanted.group_id,
    )
    return created(SessionData(session=SessionOut.of(row)), "The timer runs.")


@router.post("/study-sessions/{session_id}/end", access="user", summary="Stop the timer")
async def end_study_session(
    uow: Uow, actor: CurrentActor, session_id: SessionRef, body: EndBody | None = None
) -> Envelope[EndedData]:
    """Ends my running session, by its id or as `current`; streak and totals follow in the same transaction.

    Was the timer silent for more than 15 minutes, it counts to its last heartbeat unless `was_studying` is true.
    """
    wanted = body or EndBody()
    ended = await service.end(uow, actor, _id(session_id), was_studying=wanted.was_studying, notes=wanted.notes)
    effects = await uow.settle()
    message = "Well done." if ended.row else "Less than a second had counted, so nothing was kept."
    return ok(EndedData.of(ended, effects), message)


@router.post("/study-sessions/{session_id}/pause", access="user", summary="Pause the timer")
async def pause_study_session(uow: Uow, actor: CurrentActor, session_id: SessionRef) -> Envelope[SessionData]:
    """Stops counting until it is resumed. Pausing a paused timer changes nothing."""
    return ok(SessionData(session=SessionOut.of(await service.pause(uow, actor, _id(session_id)))), "Paused.")


@router.post("/study-sessions/{session_id}/resume", access="user", summary="Resume the timer")
async def resume_study_session(uow: Uow, actor: CurrentActor, session_id: SessionRef) -> Envelope[SessionData]:
    """Counts on from now. Resuming a running timer changes nothing."""
    return ok(SessionData(session=SessionOut.of(await service.resume(uow, actor, _id(session_id)))), "The timer runs.")


@router.get(
    "/study-sessions/now", access="user", summary="Who studies in a group now", errors=[GroupNotFound, NotInGroup]
)
async def list_present(uow: Uow, actor: CurrentActor, group_id: UUID) -> Envelope[PresentData]:
    """Members whose timer runs in the group's name, longest first. Who is not heard of for 15 minutes is gone."""
    studying = await service.present(uow, actor, group_id)
    return ok(PresentData(group_id=group_id, studying=[PresentOut.of(one) for one in studying]))


@router.get("/study-sessions/current", access="user", summary="My running session, or null")
async def get_current_study_session(uow: Uow, actor: CurrentActor) -> Envelope[CurrentData]:
    row = await service.current(uow, actor)
    return ok(CurrentData(session=None if row is None else SessionOut.of(row)))


@router.post(
    "/study-sessions/current/heartbeat", access="user", summary="Still here", errors=[NothingRunning, SessionOverlaps]
)
async def beat_study_session(uow: Uow, actor: CurrentActor, body: HeartbeatBody | None = None) -> Envelope[SessionData]:
    """Send one every minute or so. After a silence of 15 minutes the answer asks (`needs_answer`), and nothing is
    counted on until `was_studying` says whether the silence was study."""
    row = await service.heartbeat(uow, actor, was_studying=body.was_studying if body else None)
    return ok(SessionData(session=SessionOut.of(row)))


@router.post(
    "/study-sessions",
    access="user",
    summary="Log a finished session",
    status=201,
    errors=[PlanNotFound, GroupNotFound, NotInGroup, SessionOverlaps],
)
async def log_study_session(
    uow: Uow,
    actor: CurrentActor,
    body: EntryBody,
    sent_at: Annotated[datetime | None, Header(alias="X-Client-Time", description=CLIENT_TIME)] = None,
) -> Envelope[CountedData]:
    """From 1 second to 24 hours, ended up to 36 hours ago (7 days for a timer kept offline), overlapping no other.

    Send an `Idempotency-Key`, and a repeated request answers the first result. Was the first result lost for more
    than a day, then the refusal SESSION_LOGGED_ALREADY says that nothing was.
    """
    found = await service.enter(uow, actor, body.entry(sent_at))
    effects = await uow.settle()
    data = CountedData(
        session=SessionOut.of(found.row),
        seconds_by_day=[DaySeconds(study_day=day, seconds=seconds) for day, seconds in found.pieces],
        clock_corrected_seconds=int(found.corrected_by.total_seconds()),
        effects=effects,
    )
    return created(data, "Logged.")


@router.get("/study-sessions", access="user", summary="My sessions")
async def list_study_sessions(
    *,
    uow: Uow,
    actor: CurrentActor,
    listing: Listing,
    course_id: UUID | None = None,
    plan_id: UUID | None = None,
    group_id: UUID | None = None,
    source: SessionSource | None = None,
    day: Annotated[date | None, Query(alias="date", description="One study day.")] = None,
    start_date: Annotated[date | None, Query(description="First study day.")] = None,
    end_date: Annotated[date | None, Query(description="Last study day.")] = None,
    sort: Annotated[
        str | None, Query(description="started_at, duration_seconds or study_day; - turns it round.")
    ] = None,
) -> Envelope[SessionsData]:
    """Latest first. A session belongs to the study day it began on."""
    kept_by = source.value if source else None
    wanted = SessionFilter(course_id, plan_id, kept_by, group_id, day or start_date, day or end_date)
    page = (await service.page(uow, actor, wanted, listing, sort)).map(SessionOut.of)
    return ok(SessionsData(sessions=page.rows, pagination=page.pagination))


@router.get("/study-sessions/{session_id}", access="user", summary="One session")
async def get_study_session(uow: Uow, actor: CurrentActor, session_id: UUID) -> Envelope[SessionData]:
    return ok(SessionData(session=SessionOut.of(await service.one(uow, actor, session_id))))


@router.patch("/study-sessions/{session_id}", access="user", summary="Change a session")
async def change_study_session(
    uow: Uow, actor: CurrentActor, session_id: UUID, body: ChangeBody
) -> Envelope[ChangedData]:
    """Notes, course, plan, group, start and end; only the fields sent. Totals and streak follow."""
    row = await service.change(uow, actor, session_id, body.model_dump(exclude_unset=True))
    effects = await uow.settle()
    return ok(ChangedData(session=SessionOut.of(row), effects=effects), "Changed.")


@router.delete("/study-sessions/{session_id}", access="user", summary="Delete a session")
async def delete_study_session(uow: Uow, actor: CurrentActor, session_id: UUID) -> Envelope[DeletedData]:
    """Totals and streak follow. Within ten minutes it can be taken back."""
    token = await service.delete(uow, actor, session_id)
    return ok(DeletedData(undo_token=token, effects=await uow.settle()), "Deleted.")

"""Signed-in devices."""

from uuid import UUID

from studyhall.domains.identity.schemas.sessions import (
    DevicesData,
    EndedData,
    OpenSessionOut,
    SeenDeviceOut,
    SessionsData,
)
from studyhall.domains.identity.service import sessions
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, ok

router = Router("identity")


@router.get("/auth/sessions", access="user", summary="Where I am signed in")
async def list_sessions(uow: Uow, actor: CurrentActor, listing: Listing) -> Envelope[SessionsData]:
    """Open sessions with device, address and last use, last used first."""
    page = await sessions.list_open(uow, actor, listing)
    shown = [OpenSessionOut.of(session, device, actor.session_id) for session, device in page.rows]
    return ok(SessionsData(sessions=shown, pagination=page.pagination))


@router.delete("/auth/sessions", access="user", session_only=True, summary="Sign out everywhere else")
async def end_other_sessions(uow: Uow, actor: CurrentActor) -> Envelope[EndedData]:
    """Every session but this one ends at once, its access tokens too."""
    ended = await sessions.end_others(uow, actor)
    return ok(EndedData(ended=ended), "Signed out everywhere else")


@router.delete("/auth/sessions/{session_id}", access="user", session_only=True, summary="Sign one device out")
async def end_session(session_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    await sessions.end_one(uow, actor, session_id)
    return ok(None, "Signed out there")


@router.get("/auth/devices", access="user", summary="Devices I have signed in from")
async def list_devices(uow: Uow, actor: CurrentActor, listing: Listing) -> Envelope[DevicesData]:
    """Last used first. A login from a device that is not here yet is told to me."""
    page = (await sessions.list_devices(uow, actor, listing)).map(SeenDeviceOut.of)
    return ok(DevicesData(devices=page.rows, pagination=page.pagination))

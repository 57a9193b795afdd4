"""Preferences and consents."""

from typing import Annotated

from fastapi import File, UploadFile

from studyhall.domains.identity import public as identity
from studyhall.domains.people import errors
from studyhall.domains.people.schemas.settings import (
    AvatarData,
    ConsentOut,
    ConsentsData,
    ConsentsIn,
    PreferencesData,
    PreferencesIn,
    PreferencesOut,
)
from studyhall.domains.people.service import consents, pictures
from studyhall.platform.errors import TooLarge
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, ok

router = Router("settings")


@router.get("/settings/preferences", access="user", summary="My preferences")
async def get_preferences(uow: Uow, actor: CurrentActor) -> Envelope[PreferencesData]:
    """Times, channels, weekly report, time zone, visibility."""
    return ok(PreferencesData(preferences=PreferencesOut(**await identity.preferences(uow, actor.user_id))))


@router.put("/settings/preferences", access="user", summary="Change my preferences")
async def change_preferences(body: PreferencesIn, uow: Uow, actor: CurrentActor) -> Envelope[PreferencesData]:
    """Only the fields sent. A new time zone counts from now on; past study days stay as they were."""
    changed = await identity.change_preferences(uow, actor.user_id, body.model_dump(exclude_unset=True))
    return ok(PreferencesData(preferences=PreferencesOut(**changed)), "Preferences updated successfully")


@router.get("/settings/consents", access="user", summary="What I agreed to")
async def get_consents(uow: Uow, actor: CurrentActor) -> Envelope[ConsentsData]:
    """Marketing, AI processing of transcripts, recording; all off until given."""
    shown = [ConsentOut.of(one) for one in await consents.standings(uow, actor.user_id)]
    return ok(ConsentsData(consents=shown))


@router.put("/settings/consents", access="user", summary="Give or take back a consent", errors=[errors.WordingChanged])
async def decide_consents(body: ConsentsIn, uow: Uow, actor: CurrentActor) -> Envelope[ConsentsData]:
    """Each decision is kept with its date and the version of the words."""
    stand = await consents.decide(uow, actor, body.decisions(), body.wording_version)
    return ok(ConsentsData(consents=[ConsentOut.of(one) for one in stand]), "Your decision was written down")


@router.post(
    "/settings/avatar",
    access="user",
    summary="Set my picture",
    upload=True,
    errors=[errors.PictureRefused, TooLarge],
)
async def set_avatar(
    uow: Uow,
    actor: CurrentActor,
    avatar: Annotated[UploadFile, File(description="PNG, JPEG, GIF or WebP, 10 MiB at most.")],
) -> Envelope[AvatarData]:
    """It is cut square from the middle, made small, and loses all that a camera writes beside the pixels."""
    received = await pictures.receive(uow.resources, avatar)
    return ok(AvatarData(avatar_url=await pictures.wear(uow, actor.user_id, received)), "Avatar uploaded successfully")

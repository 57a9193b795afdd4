"""Preferences, consents, the own audit trail, the password."""

from studyhall.domains.identity import errors
from studyhall.domains.identity.schemas.settings import (
    ActivityData,
    ActOut,
    ChangePasswordIn,
    ConsentOut,
    ConsentsData,
    ConsentsIn,
    PreferencesData,
    PreferencesIn,
    PreferencesOut,
)
from studyhall.domains.identity.service import activity, consents, password_change, preferences
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, ok

router = Router("settings")


@router.get("/settings/preferences", access="user", summary="My preferences")
async def get_preferences(uow: Uow, actor: CurrentActor) -> Envelope[PreferencesData]:
    """Times, channels, weekly report, time zone, visibility."""
    return ok(PreferencesData(preferences=PreferencesOut(**await preferences.read(uow, actor))))


@router.put("/settings/preferences", access="user", summary="Change my preferences")
async def change_preferences(body: PreferencesIn, uow: Uow, actor: CurrentActor) -> Envelope[PreferencesData]:
    """Only the fields sent. A new time zone counts from now on; past study days stay as they were."""
    row = await preferences.change(uow, actor.user_id, body.model_dump(exclude_unset=True))
    shown = PreferencesData(preferences=PreferencesOut(**preferences.plain(row)))
    return ok(shown, "Preferences updated successfully")


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


@router.get("/settings/activity", access="user", summary="My audit trail")
async def list_activity(uow: Uow, actor: CurrentActor, listing: Listing) -> Envelope[ActivityData]:
    """What was done with my account, latest first."""
    page = (await activity.page(uow, actor, listing)).map(ActOut.of)
    return ok(ActivityData(activity=page.rows, pagination=page.pagination))


@router.post(
    "/settings/change-password",
    access="user",
    session_only=True,
    limit="codes",
    summary="Change my password",
    errors=[errors.PasswordWrong],
)
async def change_password(body: ChangePasswordIn, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    """The last five are refused. Everywhere else I am signed out at once."""
    current, new = body.current_password.get_secret_value(), body.new_password.get_secret_value()
    await password_change.change_password(uow.resources, uow, actor, current, new)
    return ok(None, "Password changed successfully")

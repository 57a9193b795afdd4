"""Opening an account, signing in, staying signed in, leaving."""

from typing import Annotated

from fastapi import Form

from studyhall.domains.identity import errors
from studyhall.domains.identity.ports import RoleNames
from studyhall.domains.identity.queries import accounts
from studyhall.domains.identity.rules import split_name
from studyhall.domains.identity.schemas.accounts import (
    ChallengedOut,
    LoginIn,
    MeData,
    MeOut,
    MePreferences,
    OAuthTokens,
    RefreshedOut,
    RefreshIn,
    RegisterIn,
    SessionOut,
    SignedInOut,
    UserOut,
    signed_in,
    tokens_out,
    told_device,
)
from studyhall.domains.identity.service import login, registration, sessions
from studyhall.domains.identity.service.sessions import Challenge
from studyhall.platform.errors import Forbidden
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, created, ok

router = Router("identity")


@router.post(
    "/auth/register",
    access="public",
    status=201,
    limit="register",
    summary="Open an account",
    errors=[errors.EmailTaken],
)
async def register(body: RegisterIn, uow: Uow) -> Envelope[SignedInOut]:
    """Answers the account and a first session; a six-digit code to confirm the address is mailed."""
    first, last = (body.first_name, body.last_name) if body.first_name else split_name(str(body.name))
    account = registration.NewAccount(
        email=body.email, first_name=first, last_name=last, username=body.username, university=body.university,
        country=body.country.upper() if body.country else None, time_zone=body.timezone,
    )  # fmt: skip
    user = await registration.register(uow.resources, uow, account, body.password.get_secret_value())
    signed = await sessions.begin(uow, user.id, told_device(uow, body.device_info), remember=True, method="password")
    return created(signed_in(signed), "Registration successful. A code to confirm your e-mail is on its way.")


@router.post(
    "/auth/login",
    access="public",
    limit="sign_on",
    summary="Sign in with e-mail and password",
    errors=[errors.LoginFailed, errors.AccountDisabled, errors.AccountClosing],
)
async def log_in(body: LoginIn, uow: Uow) -> Envelope[SignedInOut | ChallengedOut]:
    """Answers tokens, or with two-factor switched on a challenge for `/auth/two-factor/verify`."""
    device = told_device(uow, body.device_info)
    password = body.password.get_secret_value()
    outcome = await login.log_in(uow.resources, uow, body.email, password, device, remember=body.remember)
    is_in = not isinstance(outcome, Challenge)
    return ok(signed_in(outcome), "Login successful" if is_in else "A code of your authenticator is wanted.")


@router.post(
    "/auth/token",
    access="public",
    limit="sign_on",
    summary="Sign in as an OAuth2 password form",
    errors=[errors.LoginFailed, errors.AccountDisabled, errors.AccountClosing],
)
async def log_in_by_form(
    uow: Uow, username: Annotated[str, Form(max_length=254)], password: Annotated[str, Form(max_length=1024)],
    grant_type: Annotated[str, Form(pattern="^password$")] = "password", scope: Annotated[str, Form()] = "",
) -> OAuthTokens:  # fmt: skip
    """The same as /auth/login in the shape of RFC 6749, so that the Authorize button of the docs page works."""
    outcome = await login.log_in(uow.resources, uow, username, password, told_device(uow, None), remember=False)
    if isinstance(outcome, Challenge):
        raise Forbidden("This account has two-factor switched on: sign in at /auth/login.")
    pair = outcome.tokens
    return OAuthTokens(access_token=pair.access_token, expires_in=pair.expires_in, refresh_token=pair.refresh_token)


@router.post(
    "/auth/refresh",
    access="public",
    limit="sign_on",
    summary="Exchange a refresh token for new tokens",
    errors=[errors.RefreshReused, errors.AccountDisabled],
)
async def refresh_tokens(body: RefreshIn, uow: Uow) -> Envelope[RefreshedOut]:
    """Each refresh token works once; one that comes back later ends the session, for somebody may have copied it."""
    signed = await sessions.refresh(uow, body.refresh_token)
    session = SessionOut.model_validate(signed.session)
    return ok(RefreshedOut(tokens=tokens_out(signed), session=session), "Tokens renewed")


@router.post("/auth/logout", access="user", summary="End this session")
async def log_out(uow: Uow, actor: CurrentActor) -> Envelope[None]:
    """The access token stops working at once."""
    await sessions.log_out(uow, actor)
    return ok(None, "Logged out successfully")


@router.get("/auth/me", access="user", summary="Who am I")
async def who_am_i(uow: Uow, actor: CurrentActor) -> Envelope[MeData]:
    """The signed-in account with its preferences, roles and permissions."""
    user = await accounts.by_id(uow, actor.user_id)
    preferences = await accounts.preferences_of(uow, actor.user_id)
    roles = await uow.resources.port(RoleNames)(uow, actor.user_id)
    chosen = {name: getattr(preferences, name) for name in MePreferences.model_fields}
    for name in ("morning_email_time", "reminder_time"):
        chosen[name] = chosen[name].isoformat()
    me = MeOut(
        **UserOut.of(user).model_dump(), roles=roles, permissions=sorted(actor.permissions),
        preferences=MePreferences(**chosen),
    )  # fmt: skip
    return ok(MeData(user=me))

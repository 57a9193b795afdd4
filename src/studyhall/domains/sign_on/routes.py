"""Signing on through Google and other OpenID Connect providers."""

from typing import Annotated

from fastapi import Query, Request, Response
from starlette.responses import RedirectResponse

from studyhall.domains.identity.public import (
    AccountClosing,
    AccountDisabled,
    Challenge,
    ChallengedOut,
    SignedIn,
    SignedInOut,
    TokenInvalid,
    signed_in,
    told_device,
)
from studyhall.domains.sign_on import errors
from studyhall.domains.sign_on.schemas import CallbackIn, ExchangeIn, GoogleIn
from studyhall.domains.sign_on.service import flow, google
from studyhall.platform.web import Envelope, Router, Uow, ok

router = Router("identity")

COOKIE_PATH = "/api/v1/auth/oidc"


def _message(outcome: SignedIn | Challenge, text: str) -> str:
    return "A code of your authenticator is wanted." if isinstance(outcome, Challenge) else text


@router.post(
    "/auth/google",
    access="public",
    limit="sign_on",
    summary="Sign in with a Google ID token",
    errors=[TokenInvalid, AccountDisabled, AccountClosing],
)
async def sign_in_with_google(body: GoogleIn, uow: Uow) -> Envelope[SignedInOut | ChallengedOut]:
    """Opens an account at the first time. Answers tokens, or with two-factor switched on a challenge."""
    device = told_device(uow, body.device_info)
    outcome = await google.sign_in(uow.resources, uow, body.token, device, remember=body.remember)
    return ok(signed_in(outcome), _message(outcome, "Google authentication successful"))


@router.get(
    "/auth/oidc/{provider}/authorize",
    access="public",
    status=302,
    limit="sign_on",
    response_class=RedirectResponse,
    summary="Start a browser sign-on",
)
async def start_sign_on(
    provider: str, uow: Uow, return_to: Annotated[str, Query(max_length=flow.LONGEST_RETURN)] = "/"
) -> Response:
    """Open it in the browser: it redirects to the provider, which sends the browser back to our callback.

    `return_to` is where the browser ends, with `sign_on_code` or `sign_on_error` added to its query: a path of the web
    client or an address of an allowed origin.
    """
    departure = await flow.depart(uow.resources, uow, provider, return_to)
    response = _redirect(departure.location)
    response.set_cookie(
        departure.cookie_name,
        departure.cookie_value,
        max_age=int(flow.COOKIE_LIFETIME.total_seconds()),
        path=COOKIE_PATH,
        secure=uow.resources.settings.base_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )
    return response


@router.get(
    "/auth/oidc/{provider}/callback",
    access="public",
    status=302,
    limit="sign_on",
    response_class=RedirectResponse,
    summary="End of a browser sign-on",
    errors=[errors.SignOnRefused, errors.OutsideEmailUnverified],
)
async def finish_sign_on(
    provider: str,
    request: Request,
    uow: Uow,
    answer: Annotated[CallbackIn, Query()],
) -> Response:
    """The provider sends the browser here; it is sent on with a one-time code for `/auth/oidc/exchange`."""
    callback = flow.Callback(answer.state, answer.code, answer.error, answer.iss)
    return _redirect(await flow.come_back(uow.resources, uow, provider, callback, request.cookies))


@router.post(
    "/auth/oidc/exchange",
    access="public",
    limit="sign_on",
    summary="Exchange the one-time code of a browser sign-on for tokens",
    errors=[errors.SignOnCodeInvalid, AccountDisabled, AccountClosing],
)
async def exchange_sign_on(
    body: ExchangeIn, request: Request, response: Response, uow: Uow
) -> Envelope[SignedInOut | ChallengedOut]:
    """The code works once, for 60 seconds, in the browser that began; answers as a login does."""
    device = told_device(uow, body.device_info)
    outcome, cookie = await flow.exchange(
        uow.resources, uow, body.code, request.cookies, device, remember=body.remember
    )
    response.delete_cookie(cookie, path=COOKIE_PATH)
    return ok(signed_in(outcome), _message(outcome, "Login successful"))


def _redirect(location: str) -> Response:
    """Addresses with states and codes are kept by nobody and passed on to nobody."""
    return RedirectResponse(location, 302, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})

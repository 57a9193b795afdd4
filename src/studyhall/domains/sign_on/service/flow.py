"""Browser sign-on: authorization code flow with PKCE (OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9700).

Three steps that each happen once: the browser leaves with a state, comes back with it and the provider's code, and
exchanges our own one-time code for tokens. A cookie binds all three to one browser, so that nobody can be signed in
to an account that somebody else picked (login CSRF). No token ever stands in an address.
"""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

import httpx2
import orjson
from sqlalchemy import select

from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Challenge, Device, SignedIn
from studyhall.domains.sign_on.errors import SignOnCodeInvalid, SignOnRefused, SignOnStateInvalid
from studyhall.domains.sign_on.models import SignOn
from studyhall.domains.sign_on.service import linking, providers
from studyhall.domains.sign_on.service.grants import Grant, redeem
from studyhall.domains.sign_on.service.issuers import issuer_at
from studyhall.domains.sign_on.service.providers import Provider
from studyhall.platform import clock
from studyhall.platform.crypto import token_hash
from studyhall.platform.errors import BadRequest, Invalid
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Settings
from studyhall.platform.uow import UnitOfWork

TIME_AT_PROVIDER = timedelta(minutes=10)
CODE_LIFETIME = timedelta(seconds=60)
COOKIE_LIFETIME = TIME_AT_PROVIDER + CODE_LIFETIME
LONGEST_RETURN = 400
SECRET_BYTES = 32
SECRETS, BROWSER = "sign-on", "sign-on-browser"
CODE_PARAMETER, ERROR_PARAMETER = "sign_on_code", "sign_on_error"

# What a provider may say instead of a code (RFC 6749, 4.1.2.1; OpenID Connect Core 1.0, 3.1.2.6).
_PROVIDER_ERRORS = frozenset({
    "access_denied", "account_selection_required", "consent_required", "interaction_required", "invalid_request",
    "invalid_scope", "login_required", "server_error", "temporarily_unavailable", "unauthorized_client",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and the cookie it takes along."""

    location: str
    cookie_name: str
    cookie_value: str


@dataclass(frozen=True, slots=True)
class Callback:
    """What the provider sent the browser back with."""

    state: str
    code: str | None
    error: str | None
    issuer: str | None


@dataclass(frozen=True, slots=True)
class _Answered:
    """A sign-on whose state was used just now; detached from its row."""

    sign_on: SignOn
    nonce: str
    verifier: str


def cookie_name(state_hash: str) -> str:
    """Each sign-on has a cookie of its own, so that two tabs do not disturb each other."""
    return f"sign_on_{state_hash[:16]}"


async def depart(resources: Resources, uow: UnitOfWork, name: str, return_to: str) -> Departure:
    """Begin: remember a state and say where the provider is.

    Raises:
        NotFound: no provider of that name.
        Invalid: `return_to` leads elsewhere.
        ProviderUnavailable: its addresses cannot be had.
    """
    provider = providers.named(resources.settings, name)
    landing = landing_of(resources.settings, return_to)
    metadata = await issuer_at(resources.http, provider.issuer).metadata()
    state, nonce, verifier = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(3))
    sign_on_id = new_id()
    sealed = resources.keys.encrypt(SECRETS, orjson.dumps({"nonce": nonce, "verifier": verifier}), sign_on_id.bytes)
    uow.session.add(
        SignOn(id=sign_on_id, provider=provider.name, state_hash=token_hash(state), secrets=sealed, return_to=landing,
               expires_at=clock.now() + TIME_AT_PROVIDER)
    )  # fmt: skip
    challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    location = httpx2.URL(metadata.authorization_endpoint).copy_merge_params(
        {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": redirect_uri(resources.settings, provider),
            "scope": provider.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
    )
    return Departure(str(location), cookie_name(token_hash(state)), resources.keys.derive_token(BROWSER, sign_on_id))


def redirect_uri(settings: Settings, provider: Provider) -> str:
    """Where the provider sends the browser back to; one per provider, as RFC 9700 (2.1) asks."""
    return f"{settings.base_url}/api/v1/auth/oidc/{provider.name}/callback"


def landing_of(settings: Settings, return_to: str) -> str:
    """The whole address that the browser ends at: a path of our client, or an address of an allowed origin.

    Raises:
        Invalid: anything else, so that we redirect nobody to a stranger.
    """
    home = (settings.frontend_url or settings.base_url).rstrip("/")
    is_plain = all("!" <= letter <= "~" and letter != "\\" for letter in return_to)
    if is_plain and len(return_to) <= LONGEST_RETURN:
        if return_to.startswith("/") and not return_to.startswith("//"):
            return home + return_to
        if _origin(return_to) in {_origin(one) for one in (*settings.allowed_origins, settings.base_url)} - {None}:
            return return_to
    raise Invalid.field("return_to", "This must be a path on this server or an address of an allowed origin.")


def _origin(address: str) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme in ("http", "https") and parts.netloc else None


async def come_back(
    resources: Resources, uow: UnitOfWork, name: str, callback: Callback, cookies: Mapping[str, str]
) -> str:
    """The provider has answered: use the state up, ask for the tokens, find the account; answers where to go.

    The state is used up in a unit of work of its own, before the network is: whatever goes wrong later, it does not
    come back. The account is written in `uow`, after the network is done.

    Raises:
        SignOnStateInvalid: not a sign-on that this browser began, or no longer.
        SignOnRefused: the provider's code or token is not good.
        ProviderUnavailable: it does not answer properly.
        OutsideEmailMissing, OutsideEmailUnverified, AccountDisabled: see `linking`.
    """
    provider = providers.named(resources.settings, name)
    answered = await _use_state(resources, uow, provider, callback.state, cookies)
    landing = httpx2.URL(answered.sign_on.return_to)
    issuer = issuer_at(resources.http, provider.issuer)
    names_itself = callback.issuer is not None or (await issuer.metadata()).names_itself
    if names_itself and callback.issuer != provider.issuer:
        raise SignOnRefused  # the answer of another provider (mix-up, RFC 9207)
    if callback.error is not None:
        said = callback.error if callback.error in _PROVIDER_ERRORS else "server_error"
        return str(landing.copy_merge_params({ERROR_PARAMETER: said}))
    if not callback.code:
        raise BadRequest("The provider sent neither a code nor an error.")
    grant = Grant(callback.code, answered.verifier, answered.nonce, redirect_uri(resources.settings, provider))
    user_id = await linking.account_of(uow, await redeem(issuer, provider, grant))
    code = secrets.token_urlsafe(SECRET_BYTES)
    sign_on = await uow.session.get_one(SignOn, answered.sign_on.id)
    sign_on.user_id, sign_on.code_hash = user_id, token_hash(code)
    sign_on.expires_at = clock.now() + CODE_LIFETIME
    return str(landing.copy_merge_params({CODE_PARAMETER: code}))


async def _use_state(
    resources: Resources, uow: UnitOfWork, provider: Provider, state: str, cookies: Mapping[str, str]
) -> _Answered:
    async with resources.unit_of_work(uow.origin) as own:
        rows = await own.session.scalars(select(SignOn).where(SignOn.state_hash == token_hash(state)).with_for_update())
        sign_on = rows.one_or_none()
        if sign_on is None or sign_on.provider != provider.name or not _is_same_browser(resources, sign_on, cookies):
            raise SignOnStateInvalid
        if sign_on.answered_at is not None or clock.now() >= sign_on.expires_at:
            raise SignOnStateInvalid
        sign_on.answered_at = clock.now()
        opened = orjson.loads(resources.keys.decrypt(SECRETS, bytes(sign_on.secrets), sign_on.id.bytes))
    return _Answered(sign_on, opened["nonce"], opened["verifier"])


def _is_same_browser(resources: Resources, sign_on: SignOn, cookies: Mapping[str, str]) -> bool:
    carried = cookies.get(cookie_name(sign_on.state_hash), "")
    return resources.keys.token_matches(BROWSER, sign_on.id, 0, carried)


async def exchange(
    resources: Resources, uow: UnitOfWork, code: str, cookies: Mapping[str, str], device: Device, *, remember: bool
) -> tuple[SignedIn | Challenge, str]:
    """Our one-time code for a session, or for the challenge of the second factor; and the cookie that is done with.

    Raises:
        SignOnCodeInvalid: unknown, used, expired, or brought by another browser.
        AccountDisabled, AccountClosing: the account was switched off meanwhile, or closed.
    """
    rows = await uow.session.scalars(select(SignOn).where(SignOn.code_hash == token_hash(code)).with_for_update())
    sign_on = rows.one_or_none()
    if sign_on is None or sign_on.user_id is None or not _is_same_browser(resources, sign_on, cookies):
        raise SignOnCodeInvalid
    if sign_on.exchanged_at is not None or clock.now() >= sign_on.expires_at:
        raise SignOnCodeInvalid
    sign_on.exchanged_at = clock.now()
    outcome = await identity.admit(uow, sign_on.user_id, device, remember=remember, method="oidc")
    return outcome, cookie_name(sign_on.state_hash)

"""Bearer tokens of a trusted provider, in place of ours."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from studyhall.domains.credentials import public as credentials
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import AccountDisabled, SessionEnded, TokenExpired
from studyhall.domains.sign_on.errors import SecondFactorNeeded
from studyhall.domains.sign_on.models import OutsideIdentity
from studyhall.domains.sign_on.service import linking, providers, verification
from studyhall.domains.sign_on.service.claims import person_of
from studyhall.domains.sign_on.service.grants import completed
from studyhall.domains.sign_on.service.issuers import issuer_at
from studyhall.domains.sign_on.service.providers import Provider
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.crypto import token_hash
from studyhall.platform.resources import Resources

_ACTOR = identity.actor_statement(
    "outside_identities",
    "t.issuer = $1 AND t.subject = $3",
    f", u.is_active, t.id AS identity_id, t.last_used_at, {credentials.HAS_SECOND_FACTOR} AS has_second_factor",
)

KNOWN_FOR = timedelta(minutes=5)
"""A token that was checked is not checked again for so long; a key that the provider withdraws works no longer."""


@dataclass(frozen=True, slots=True)
class OutsideToken:
    """A good token."""

    provider: Provider
    claims: dict[str, Any]
    expires_at: float
    checked_at: float

    @property
    def subject(self) -> str:
        subject: str = self.claims["sub"]
        return subject


_KNOWN_AT_MOST = 10_000
_known: dict[tuple[int, str], OutsideToken] = {}


def provider_of(resources: Resources, token: str) -> Provider | None:
    """The provider whose token this claims to be; None for all that is not a trusted provider's.

    What the token says is not yet believed; it only decides who is asked about it.
    """
    trusted = [one for one in resources.settings.oidc_providers if one.accept_bearer]
    issuer = verification.unverified(token, 1).get("iss") if trusted else None
    return providers.of_bearer(trusted, issuer) if isinstance(issuer, str) else None


async def read(resources: Resources, provider: Provider, token: str) -> OutsideToken:
    """Check a token, or remember that it was checked; without network while the provider's keys are known.

    Raises:
        TokenInvalid, TokenExpired: it is not good.
        ProviderUnavailable: the provider's keys cannot be had.
    """
    now = clock.now().timestamp()
    place = (id(resources.settings), token_hash(token))
    known = _known.get(place)
    if known is None or now - known.checked_at > KNOWN_FOR.total_seconds():
        issuer = issuer_at(resources.http, provider.issuer)
        claims = await verification.bearer_token(issuer, provider, token)
        if len(_known) >= _KNOWN_AT_MOST:
            _known.clear()
        known = _known[place] = OutsideToken(provider, claims, float(claims["exp"]), now)
    if now >= known.expires_at + verification.LEEWAY_SECONDS:
        raise TokenExpired
    return known


async def welcome(resources: Resources, outside: OutsideToken, token: str) -> None:
    """The first request of an outside identity: find or open its account, in a unit of work of its own.

    Raises:
        OutsideEmailMissing, OutsideEmailUnverified, AccountDisabled: see `linking`.
        SecondFactorNeeded: the account of that address is guarded by a second factor.
        AccountClosing: it is being deleted.
    """
    claims = outside.claims
    if "email" not in claims:
        claims = await completed(issuer_at(resources.http, outside.provider.issuer), claims, token)
    async with resources.unit_of_work() as uow:
        user_id = await linking.account_of(uow, person_of(outside.provider, claims))
        if await credentials.has_second_factor(uow, user_id):
            raise SecondFactorNeeded
        await identity.refuse_if_closing(uow, user_id)


async def authenticate(resources: Resources, provider: Provider, token: str) -> Actor:
    """The actor behind a provider's token; one statement once its identity is known.

    Raises:
        TokenInvalid, TokenExpired: it is not good.
        AccountDisabled, SecondFactorNeeded, OutsideEmailMissing, OutsideEmailUnverified: the token is good, but its
            account may not be used, or not opened, with it.
        SessionEnded: its account is closed.
        ProviderUnavailable: the provider's keys are not known and cannot be had now.
    """
    outside = await read(resources, provider, token)
    row = await _actor_row(resources, outside)
    if row is None:
        await welcome(resources, outside, token)
        row = await _actor_row(resources, outside)
    if row is None:
        raise SessionEnded
    if not row["is_active"]:
        raise AccountDisabled
    if row["has_second_factor"]:
        raise SecondFactorNeeded
    await identity.note_use(resources, OutsideIdentity, row["identity_id"], row["last_used_at"])
    return identity.actor_of(row)


async def _actor_row(resources: Resources, outside: OutsideToken) -> Any:
    async with resources.database.straight() as straight:
        return await straight.row(_ACTOR, outside.provider.issuer, clock.now(), outside.subject)

"""Bearer token to actor: one statement on the straight path, for every request and socket."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import update

from studyhall.domains.identity.errors import AccountDisabled, SessionEnded, TokenInvalid
from studyhall.domains.identity.models import OutsideIdentity, PersonalAccessToken
from studyhall.domains.identity.service import tokens
from studyhall.domains.identity.service.oidc import bearer
from studyhall.domains.identity.service.oidc.errors import SecondFactorNeeded
from studyhall.domains.identity.service.oidc.providers import Provider
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.crypto import token_hash
from studyhall.platform.resources import Resources

PERSONAL_PREFIX = "shp_"
USE_NOTED_EVERY = timedelta(minutes=1)

_PERSON = """
  u.id AS user_id, p.timezone, p.day_start_hour,
  (SELECT array_agg(DISTINCT rp.permission_key)
     FROM user_roles ur JOIN roles r ON r.id = ur.role_id AND r.is_active
     JOIN role_permissions rp ON rp.role_id = r.id
    WHERE ur.user_id = u.id AND (ur.expires_at IS NULL OR ur.expires_at > $2)) AS permissions
"""

_BY_SESSION = f"""
SELECT {_PERSON}
  FROM user_sessions s
  JOIN users u ON u.id = s.user_id AND u.is_active AND u.deleted_at IS NULL
  JOIN user_preferences p ON p.user_id = u.id
 WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2
"""

_BY_PERSONAL_TOKEN = f"""
SELECT {_PERSON}, t.id AS token_id, t.abilities::json AS abilities, t.last_used_at
  FROM personal_access_tokens t
  JOIN users u ON u.id = t.user_id AND u.is_active AND u.deleted_at IS NULL
  JOIN user_preferences p ON p.user_id = u.id
 WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)
"""

_BY_OUTSIDE_IDENTITY = f"""
SELECT {_PERSON}, u.is_active, o.id AS identity_id, o.last_used_at,
       EXISTS (SELECT FROM two_factor t WHERE t.user_id = u.id AND t.enabled_at IS NOT NULL) AS has_second_factor
  FROM outside_identities o
  JOIN users u ON u.id = o.user_id AND u.deleted_at IS NULL
  JOIN user_preferences p ON p.user_id = u.id
 WHERE o.issuer = $1 AND o.subject = $3
"""


async def authenticate(resources: Resources, token: str) -> Actor:
    """The actor behind one of our access tokens, a personal access token, or a trusted issuer's token.

    Raises:
        TokenInvalid, TokenExpired: not a token that we know, or no longer.
        SessionEnded: the token is genuine, but its session has ended or its account is closed.
        AccountDisabled, SecondFactorNeeded, OutsideEmailMissing, OutsideEmailUnverified: a trusted issuer's token is
            genuine, but its account may not be used, or not opened, with it.
        ProviderUnavailable: the issuer's keys are not known and cannot be had now.
    """
    if token.startswith(PERSONAL_PREFIX):
        return await _by_personal_token(resources, token)
    provider = bearer.provider_of(resources, token)
    if provider is not None:
        return await _by_outside_token(resources, provider, token)
    claims = tokens.read_access(resources.keys, token)
    async with resources.database.straight() as straight:
        row = await straight.row(_BY_SESSION, claims.session_id, clock.now())
    if row is None or row["user_id"] != claims.user_id:
        raise SessionEnded
    return _actor(row, claims.session_id)


def _actor(row: Any, session_id: UUID | None, abilities: frozenset[str] | None = None) -> Actor:
    return Actor(
        user_id=row["user_id"],
        session_id=session_id,
        permissions=frozenset(row["permissions"] or ()),
        abilities=abilities,
        time_zone=row["timezone"],
        day_start_hour=row["day_start_hour"],
    )


async def _by_personal_token(resources: Resources, token: str) -> Actor:
    now = clock.now()
    async with resources.database.straight() as straight:
        row = await straight.row(_BY_PERSONAL_TOKEN, token_hash(token), now)
    if row is None:
        raise TokenInvalid
    await _note_use(resources, PersonalAccessToken, row["token_id"], row["last_used_at"], now)
    return _actor(row, None, frozenset(orjson.loads(row["abilities"])))


async def _note_use(
    resources: Resources,
    table: type[PersonalAccessToken] | type[OutsideIdentity],
    row_id: UUID,
    last_used_at: datetime | None,
    now: datetime,
) -> None:
    """At most one write a minute for a token or identity, however often it is used."""
    if last_used_at is not None and now - last_used_at < USE_NOTED_EVERY:
        return
    async with resources.unit_of_work() as uow:
        await uow.session.execute(update(table).where(table.id == row_id).values(last_used_at=now))


async def _by_outside_token(resources: Resources, provider: Provider, token: str) -> Actor:
    outside = await bearer.read(resources, provider, token)
    row = await _outside_row(resources, outside)
    if row is None:
        await bearer.welcome(resources, outside, token)
        row = await _outside_row(resources, outside)
    if row is None:
        raise SessionEnded
    if not row["is_active"]:
        raise AccountDisabled
    if row["has_second_factor"]:
        raise SecondFactorNeeded
    await _note_use(resources, OutsideIdentity, row["identity_id"], row["last_used_at"], clock.now())
    return _actor(row, None)


async def _outside_row(resources: Resources, outside: bearer.OutsideToken) -> Any:
    async with resources.database.straight() as straight:
        return await straight.row(_BY_OUTSIDE_IDENTITY, outside.provider.issuer, clock.now(), outside.subject)

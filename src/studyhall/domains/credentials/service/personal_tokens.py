"""Personal access tokens: for scripts, limited to abilities, shown once, kept as a hash."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, func, or_, select, update

from studyhall.domains.credentials.errors import TooManyTokens
from studyhall.domains.credentials.models import PersonalAccessToken
from studyhall.domains.identity import public as identity
from studyhall.platform import clock
from studyhall.platform.auth import ABILITY_ALL, Actor
from studyhall.platform.crypto import token_hash
from studyhall.platform.errors import Invalid, NotFound
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.lists import ListQuery, Page, page_of

PREFIX = "shp_"
PLAIN_ABILITIES = frozenset({"read", "write", ABILITY_ALL})
MOST_TOKENS = 50
SECRET_BYTES = 32

_ACTOR = identity.actor_statement(
    "personal_access_tokens",
    "t.token_hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2) AND u.is_active",
    ", t.id AS token_id, t.abilities::json AS abilities, t.last_used_at",
)


async def authenticate(resources: Resources, token: str) -> Actor:
    """The actor behind a personal token, limited to its abilities; one statement. Raises TokenInvalid."""
    async with resources.database.straight() as straight:
        row = await straight.row(_ACTOR, token_hash(token), clock.now())
    if row is None:
        raise identity.TokenInvalid
    await identity.note_use(resources, PersonalAccessToken, row["token_id"], row["last_used_at"])
    return identity.actor_of(row, abilities=frozenset(orjson.loads(row["abilities"])))


async def create(
    uow: UnitOfWork, actor: Actor, name: str, abilities: Iterable[str], expires_at: datetime | None
) -> tuple[PersonalAccessToken, str]:
    """Make a token; answers its row and, this once, the token itself.

    Args:
        expires_at: a moment to come; without a zone it is read in the actor's own.

    Raises:
        Invalid: an ability that there is not or that the actor lacks, or a moment that is over.
        TooManyTokens: he has as many as one may have.
    """
    granted = _checked(actor, abilities)
    if expires_at is not None:
        own = expires_at if expires_at.tzinfo else expires_at.replace(tzinfo=clock.zone(actor.time_zone))
        expires_at = own.astimezone(UTC)
        if expires_at <= clock.now():
            raise Invalid.field("expires_at", "This moment is over.")
    await identity.lock_account(uow, actor.user_id)
    if await _count(uow, actor.user_id) >= MOST_TOKENS:
        raise TooManyTokens
    text = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = PersonalAccessToken(
        id=new_id(),
        user_id=actor.user_id,
        name=name,
        token_hash=token_hash(text),
        abilities=granted,
        expires_at=expires_at,
    )
    uow.session.add(token)
    await uow.session.flush()
    uow.audit("auth.token_created", "Made a personal access token.", user_id=actor.user_id,
              subject=("personal_access_token", token.id), abilities=granted)  # fmt: skip
    return token, text


async def list_live(uow: UnitOfWork, actor: Actor, listing: ListQuery) -> Page[PersonalAccessToken]:
    """The actor's tokens that still work, newest first."""
    rows = select(PersonalAccessToken).where(*_live(actor.user_id))
    return await page_of(uow, rows, listing, order=(), tie=PersonalAccessToken.id.desc())


async def revoke(uow: UnitOfWork, actor: Actor, token_id: UUID) -> None:
    """End a token. Raises NotFound for somebody else's or one that was revoked."""
    revoked = await uow.session.scalars(
        update(PersonalAccessToken)
        .where(
            PersonalAccessToken.id == token_id,
            PersonalAccessToken.user_id == actor.user_id,
            PersonalAccessToken.revoked_at.is_(None),
        )
        .values(revoked_at=clock.now())
        .returning(PersonalAccessToken.id)
        .execution_options(synchronize_session=False)
    )
    if revoked.one_or_none() is None:
        raise NotFound
    uow.audit("auth.token_revoked", "Revoked a personal access token.", user_id=actor.user_id,
              subject=("personal_access_token", token_id))  # fmt: skip


def _checked(actor: Actor, abilities: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(abilities))
    unknown = [ability for ability in wanted if ability not in PLAIN_ABILITIES and not actor.may(ability)]
    if unknown:
        raise Invalid.field(
            "abilities", f"'{unknown[0]}' is no ability that you can give: read, write, * or a right of yours."
        )
    return wanted


def _live(user_id: UUID) -> tuple[ColumnElement[bool], ...]:
    token = PersonalAccessToken
    return (
        token.user_id == user_id,
        token.revoked_at.is_(None),
        or_(token.expires_at.is_(None), token.expires_at > clock.now()),
    )


async def _count(uow: UnitOfWork, user_id: UUID) -> int:
    counted = select(func.count()).select_from(PersonalAccessToken).where(*_live(user_id))
    return (await uow.session.execute(counted)).scalar_one()

"""Bearer token to actor: one statement on the straight path, for every request and socket."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from studyhall.domains.identity.errors import SessionEnded
from studyhall.domains.identity.service import tokens
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.database import Base
from studyhall.platform.resources import Resources

USE_NOTED_EVERY = timedelta(minutes=1)


def actor_statement(table: str, where: str, columns: str = "") -> str:
    """The SQL that reads an actor by a row that names him: what `actor_of` needs, in one statement.

    Args:
        table: stands as `t` and has a `user_id`.
        where: a condition on `t` and the account `u`. `$2` is the present moment; whether the account is active is
            left to the caller, that it is not deleted is not.
        columns: more to read, after a comma.
    """
    return f"""
SELECT u.id AS user_id, p.timezone, p.day_start_hour,
       (SELECT array_agg(DISTINCT rp.permission_key)
          FROM user_roles ur JOIN roles r ON r.id = ur.role_id AND r.is_active
          JOIN role_permissions rp ON rp.role_id = r.id
         WHERE ur.user_id = u.id AND (ur.expires_at IS NULL OR ur.expires_at > $2)) AS permissions {columns}
  FROM {table} t
  JOIN users u ON u.id = t.user_id AND u.deleted_at IS NULL
  JOIN user_preferences p ON p.user_id = u.id
 WHERE {where}
"""


def actor_of(row: Any, session_id: UUID | None = None, abilities: frozenset[str] | None = None) -> Actor:
    """The actor of a row that an `actor_statement` read."""
    return Actor(
        user_id=row["user_id"],
        session_id=session_id,
        permissions=frozenset(row["permissions"] or ()),
        abilities=abilities,
        time_zone=row["timezone"],
        day_start_hour=row["day_start_hour"],
    )


_BY_SESSION = actor_statement("user_sessions", "t.id = $1 AND t.ended_at IS NULL AND t.expires_at > $2 AND u.is_active")


async def authenticate(resources: Resources, token: str) -> Actor:
    """The actor behind one of our access tokens.

    Raises:
        TokenInvalid, TokenExpired: not a token of ours, or no longer.
        SessionEnded: the token is genuine, but its session has ended or its account is closed.
    """
    claims = tokens.read_access(resources.keys, token)
    async with resources.database.straight() as straight:
        row = await straight.row(_BY_SESSION, claims.session_id, clock.now())
    if row is None or row["user_id"] != claims.user_id:
        raise SessionEnded
    return actor_of(row, claims.session_id)


async def note_use(resources: Resources, table: type[Base], row_id: UUID, last_used_at: datetime | None) -> None:
    """Write `last_used_at` of a token or identity, at most once a minute, however often it is used."""
    now = clock.now()
    if last_used_at is not None and now - last_used_at < USE_NOTED_EVERY:
        return
    async with resources.unit_of_work() as uow:
        await uow.session.execute(update(table).where(table.__table__.c.id == row_id).values(last_used_at=now))

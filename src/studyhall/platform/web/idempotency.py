"""Idempotency keys: a retry of a POST answers what the first one answered.

The key is a row in the same transaction as the change, so it exists exactly when the change does. Two requests with
one key at once meet at the primary key: PostgreSQL lets the second wait until the first has committed. Answers are
kept encrypted, because some of them carry tokens that are shown once.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Select, String, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from starlette.requests import Request
from starlette.responses import Response

from studyhall.platform import clock
from studyhall.platform.database import Base
from studyhall.platform.errors import Conflict, Invalid
from studyhall.platform.uow import UnitOfWork

LONGEST_KEY = 255
KEPT_FOR = timedelta(hours=24)
PURPOSE = "idempotency"


class IdempotencyKey(Base):
    """One answered POST. `status` is null only while its transaction runs."""

    __tablename__ = "idempotency_keys"

    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    user_id: Mapped[UUID | None]
    request: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(index=True)


class KeyReused(Conflict):
    code = "IDEMPOTENCY_KEY_REUSED"
    message = "This Idempotency-Key was used for another request. Send a new key with a new request."


class Idempotency:
    """One request's key, if it sent one."""

    def __init__(self, uow: UnitOfWork, owner: str, user_id: UUID | None, key: str, fingerprint: str) -> None:
        self._uow, self._owner, self._user_id, self._key = uow, owner, user_id, key
        self._fingerprint = fingerprint

    @classmethod
    async def of(cls, uow: UnitOfWork, request: Request, owner: str, user_id: UUID | None) -> "Idempotency | None":
        """Read the header; None without one. Raises Invalid for an empty or over-long key."""
        key = request.headers.get("idempotency-key")
        if key is None:
            return None
        if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
            raise Invalid.field("Idempotency-Key", f"The key must be 1 to {LONGEST_KEY} printable characters.")
        body = await request.body()
        line = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
        return cls(uow, owner, user_id, key, sha256(line + body).hexdigest())

    async def first_answer(self) -> Response | None:
        """Claim the key; the answer of the first request when there was one.

        Raises:
            KeyReused: the key came with another request before.
        """
        now = clock.now()
        session = self._uow.session
        await session.execute(delete(IdempotencyKey).where(*self._mine(), IdempotencyKey.created_at < now - KEPT_FOR))
        claimed = await session.execute(
            insert(IdempotencyKey)
            .values(owner=self._owner, key=self._key, user_id=self._user_id, request=self._fingerprint, created_at=now)
            .on_conflict_do_nothing()
            .returning(IdempotencyKey.key)
        )
        if claimed.first() is not None:
            return None
        return self._replay((await session.execute(self._stored())).one())

    async def remember(self, response: Response) -> None:
        """Keep the answer, in the same transaction as what it tells of."""
        sealed = self._uow.resources.keys.encrypt(PURPOSE, bytes(response.body), self._fingerprint.encode())
        await self._uow.session.execute(
            update(IdempotencyKey).where(*self._mine()).values(status=response.status_code, body=sealed)
        )

    def _mine(self) -> tuple[Any, ...]:
        return (IdempotencyKey.owner == self._owner, IdempotencyKey.key == self._key)

    def _stored(self) -> Select[str, int | None, bytes | None]:
        return select(IdempotencyKey.request, IdempotencyKey.status, IdempotencyKey.body).where(*self._mine())

    def _replay(self, row: Any) -> Response:
        if row.request != self._fingerprint:
            raise KeyReused
        body = self._uow.resources.keys.decrypt(PURPOSE, row.body, self._fingerprint.encode())
        return Response(body, row.status, media_type="application/json", headers={"Idempotency-Replayed": "true"})


async def forget_old_keys(uow: UnitOfWork) -> int:
    """Delete keys older than a day; answers how many."""
    gone = await uow.session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.created_at < clock.now() - KEPT_FOR).returning(IdempotencyKey.key)
    )
    return len(gone.all())

"""Making and using offers."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.undo.errors import OfferExpired, OfferNotFound, OfferUsed
from studyhall.domains.undo.events import UndoAsked
from studyhall.domains.undo.models import UndoOffer
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.crypto import token_hash
from studyhall.platform.uow import UnitOfWork

LASTS = timedelta(minutes=10)
KEPT_FOR = timedelta(days=1)
_TOKEN_BYTES = 24


async def offer(uow: UnitOfWork, user_id: UUID, kind: str, ids: Iterable[UUID]) -> str:
    """Let the person take this back; answers the token, which is stored nowhere."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    now = clock.now()
    uow.session.add(
        UndoOffer(
            token_hash=token_hash(token),
            user_id=user_id,
            kind=kind,
            subject_ids=[str(one) for one in ids],
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    await uow.session.flush()
    return token


async def take_back(uow: UnitOfWork, actor: Actor, token: str) -> None:
    """Use an offer; what it stands for is restored when this returns.

    The row is locked, so that of two uses at once one waits and finds the offer used.

    Raises:
        OfferNotFound: no such offer, or somebody else's.
        OfferUsed, OfferExpired: it no longer holds.
    """
    found = await uow.session.scalars(
        select(UndoOffer)
        .where(UndoOffer.token_hash == token_hash(token), UndoOffer.user_id == actor.user_id)
        .with_for_update()
    )
    row = found.one_or_none()
    if row is None:
        raise OfferNotFound
    if row.used_at is not None:
        raise OfferUsed
    if row.expires_at <= clock.now():
        raise OfferExpired
    row.used_at = clock.now()
    await uow.session.flush()
    uow.record(UndoAsked(row.user_id, row.kind, tuple(UUID(one) for one in row.subject_ids)))
    await uow.settle()


async def forget_old_offers(uow: UnitOfWork) -> int:
    """Delete offers that expired more than a day ago; until then a late click learns that it is too late."""
    gone = await uow.session.execute(
        delete(UndoOffer).where(UndoOffer.expires_at < clock.now() - KEPT_FOR).returning(UndoOffer.id)
    )
    return len(gone.all())

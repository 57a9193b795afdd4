"""What undo holds of a person: his open offers, gone with the account."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.undo.models import UndoOffer
from studyhall.platform.uow import UnitOfWork

TABLES = (UndoOffer,)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, AsyncIterator[dict[str, Any]]]:
    """Named streams of rows, without the hashes of tokens."""
    return {"undo_offers": _offers(uow, user_id)}


async def _offers(uow: UnitOfWork, user_id: UUID) -> AsyncIterator[dict[str, Any]]:
    columns = (UndoOffer.kind, UndoOffer.subject_ids, UndoOffer.created_at, UndoOffer.expires_at, UndoOffer.used_at)
    found = await uow.session.stream(select(*columns).where(UndoOffer.user_id == user_id).order_by(UndoOffer.id))
    async for row in found:
        yield dict(row._mapping)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete the person's offers for good."""
    await uow.session.execute(delete(UndoOffer).where(UndoOffer.user_id == user_id))

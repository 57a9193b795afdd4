"""What assignments hold of a person: handed over on request, and gone with the account."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.assignments.models import Assignment
from studyhall.platform.uow import UnitOfWork


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, AsyncIterator[dict[str, Any]]]:
    """Every assignment of the person, deleted ones too, read as it is consumed."""
    return {"assignments": _assignments(uow, user_id)}


async def _assignments(uow: UnitOfWork, user_id: UUID) -> AsyncIterator[dict[str, Any]]:
    found = select(*Assignment.__table__.columns).where(Assignment.user_id == user_id).order_by(Assignment.id)
    async for row in await uow.session.stream(found):
        yield dict(row._mapping)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete every assignment of the person, for good."""
    await uow.session.execute(delete(Assignment).where(Assignment.user_id == user_id))

"""A person's notifications, for export and erasure."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.notifications.models import PERSON, Notification
from studyhall.platform.uow import UnitOfWork

Rows = AsyncIterator[dict[str, Any]]


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, Rows]:
    """Named streams of rows."""
    return {"notifications": _notifications(uow, user_id)}


async def _notifications(uow: UnitOfWork, user_id: UUID) -> Rows:
    found = select(Notification).where(Notification.user_id == user_id).order_by(Notification.id)
    async for row in await uow.session.stream_scalars(found.execution_options(yield_per=500)):
        yield {
            "id": row.id,
            "type": row.type,
            "title": row.title,
            "message": row.message,
            "action_url": row.action_url,
            "read_at": row.read_at,
            "metadata": row.details,
            "created_at": row.created_at,
        }


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete them for good, and what others were told of the person by name."""
    await uow.session.execute(delete(Notification).where(Notification.user_id == user_id))
    names_him = Notification.details[PERSON].astext == str(user_id)
    await uow.session.execute(delete(Notification).where(names_him).execution_options(synchronize_session=False))

"""What tasks hold of a person, for export and erasure."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.tasks.models import BackgroundTask
from studyhall.platform.uow import UnitOfWork

TABLES = (BackgroundTask,)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, AsyncIterator[dict[str, Any]]]:
    """Named streams of rows."""
    return {"background_tasks": _tasks(uow, user_id)}


async def _tasks(uow: UnitOfWork, user_id: UUID) -> AsyncIterator[dict[str, Any]]:
    found = await uow.session.stream(
        select(*BackgroundTask.__table__.columns)
        .where(BackgroundTask.user_id == user_id)
        .order_by(BackgroundTask.created_at, BackgroundTask.id)
    )
    async for row in found:
        yield dict(row._mapping)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete the person's tasks for good."""
    await uow.session.execute(delete(BackgroundTask).where(BackgroundTask.user_id == user_id))

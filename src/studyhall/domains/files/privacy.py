"""A person's files, for export and erasure."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from studyhall.domains.files import queries
from studyhall.domains.files.jobs import BATCH, delete_objects
from studyhall.platform.uow import UnitOfWork

Rows = AsyncIterator[dict[str, Any]]


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, Rows]:
    """Named streams of rows; `files.public.content` gives the bytes."""
    return {"files": _files(uow, user_id)}


async def _files(uow: UnitOfWork, user_id: UUID) -> Rows:
    for row in await queries.of_user(uow, user_id):
        yield {
            "id": row.id,
            "name": row.original_name,
            "purpose": row.file_type,
            "mime_type": row.mime_type,
            "size": row.file_size,
            "sha256": row.sha256,
            "metadata": row.details,
            "created_at": row.created_at,
            "deleted_at": row.deleted_at,
        }


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete the person's uploads for good; their bytes follow in jobs, once this is committed."""
    rows = await queries.of_user(uow, user_id)
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        await uow.enqueue(delete_objects, keys=[row.file_path for row in batch])
        await queries.drop(uow, [row.id for row in batch])

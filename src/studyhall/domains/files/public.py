"""The door of the files domain. Whoever points to a file decides who may see or delete it."""

from collections.abc import AsyncIterator, Collection
from uuid import UUID

from studyhall.domains.files import queries
from studyhall.domains.files.jobs import delete_objects
from studyhall.domains.files.rules import CALENDAR, DOCX, PDF, PPTX, RASTER, TEXT, XLSX, ZIP
from studyhall.domains.files.service import (
    ReceivedFile,
    StoredFile,
    UploadRule,
    address_of,
    keep,
    keep_all,
    lasting_address_of,
    receive,
)
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "CALENDAR",
    "DOCX",
    "PDF",
    "PPTX",
    "RASTER",
    "TEXT",
    "XLSX",
    "ZIP",
    "ReceivedFile",
    "StoredFile",
    "UploadRule",
    "address_of",
    "content",
    "discard",
    "find",
    "keep",
    "keep_all",
    "lasting_address_of",
    "of_person",
    "receive",
    "remove",
]


async def find(uow: UnitOfWork, file_ids: Collection[UUID]) -> dict[UUID, StoredFile]:
    """The files among these ids that are not deleted, in one statement."""
    return {row.id: StoredFile.of(row) for row in await queries.living(uow, file_ids)}


async def remove(uow: UnitOfWork, user_id: UUID, file_ids: Collection[UUID]) -> None:
    """Delete the person's files: their addresses end at once, their bytes after 30 days."""
    await queries.mark_deleted(uow, user_id, file_ids, clock.now())


async def of_person(uow: UnitOfWork, user_id: UUID) -> list[StoredFile]:
    """Everything that still lies in the store for a person, what he deleted lately too, oldest first."""
    return [StoredFile.of(row) for row in await queries.of_user(uow, user_id)]


async def discard(uow: UnitOfWork, file_ids: Collection[UUID]) -> None:
    """Delete files for good, without the 30 days; their bytes follow in a job, once this is committed."""
    rows = await queries.living(uow, file_ids)
    if rows:
        await uow.enqueue(delete_objects, keys=[row.file_path for row in rows])
        await queries.drop(uow, [row.id for row in rows])


def content(resources: Resources, file: StoredFile) -> AsyncIterator[bytes]:
    """The bytes of a file, streamed; outside a transaction. Raises StorageError."""
    return resources.storage.stream(file.key)

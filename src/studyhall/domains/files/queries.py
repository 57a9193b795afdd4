"""Every SELECT of the files domain."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from studyhall.domains.files.models import FileUpload
from studyhall.platform.uow import UnitOfWork


async def living(uow: UnitOfWork, file_ids: Collection[UUID]) -> Sequence[FileUpload]:
    """The uploads among these ids that are not deleted, in one statement."""
    found = select(FileUpload).where(FileUpload.id.in_(file_ids), FileUpload.deleted_at.is_(None))
    return (await uow.session.scalars(found)).all()


async def of_user(uow: UnitOfWork, user_id: UUID) -> Sequence[FileUpload]:
    """All uploads of a person, the deleted ones that are not purged yet too, oldest first."""
    found = select(FileUpload).where(FileUpload.user_id == user_id).order_by(FileUpload.id)
    return (await uow.session.scalars(found)).all()


async def mark_deleted(uow: UnitOfWork, user_id: UUID, file_ids: Collection[UUID], now: datetime) -> None:
    """Soft-delete those of them that are the person's."""
    await uow.session.execute(
        update(FileUpload)
        .where(FileUpload.id.in_(file_ids), FileUpload.user_id == user_id, FileUpload.deleted_at.is_(None))
        .values(deleted_at=now, updated_at=now)
    )


async def deleted_before(uow: UnitOfWork, moment: datetime, most: int) -> dict[UUID, str]:
    """Uploads deleted before that moment, at most so many: id -> key in the store."""
    found = select(FileUpload.id, FileUpload.file_path).where(FileUpload.deleted_at < moment)
    rows = await uow.session.execute(found.order_by(FileUpload.deleted_at).limit(most))
    return {row.id: row.file_path for row in rows}


async def known_keys(uow: UnitOfWork, keys: Collection[str]) -> set[str]:
    """Those of the keys that belong to a row."""
    found = select(FileUpload.file_path).where(FileUpload.file_path.in_(keys))
    return set((await uow.session.scalars(found)).all())


async def drop(uow: UnitOfWork, file_ids: Collection[UUID]) -> None:
    """Delete the rows for good."""
    await uow.session.execute(delete(FileUpload).where(FileUpload.id.in_(file_ids)))

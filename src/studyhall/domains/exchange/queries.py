"""Reading transfers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from studyhall.domains.exchange.models import CourseTransfer
from studyhall.platform.uow import UnitOfWork


async def waiting(uow: UnitOfWork, transfer_id: UUID) -> CourseTransfer | None:
    """The transfer, locked, if it has not ended."""
    found = await uow.session.scalars(
        select(CourseTransfer)
        .where(CourseTransfer.id == transfer_id, CourseTransfer.status == "waiting")
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.one_or_none()


async def stuck(uow: UnitOfWork, before: datetime, limit: int) -> Sequence[CourseTransfer]:
    """Transfers that nobody works on any more: begun before that, and never ended."""
    return (
        await uow.session.scalars(
            select(CourseTransfer)
            .where(CourseTransfer.status == "waiting", CourseTransfer.created_at < before)
            .order_by(CourseTransfer.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    ).all()


async def ended_with_file(uow: UnitOfWork, before: datetime, limit: int) -> Sequence[CourseTransfer]:
    """Transfers that ended before that and still have their package."""
    return (
        await uow.session.scalars(
            select(CourseTransfer)
            .where(CourseTransfer.file_id.is_not(None), CourseTransfer.finished_at < before)
            .order_by(CourseTransfer.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    ).all()

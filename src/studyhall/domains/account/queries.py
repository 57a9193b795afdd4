"""Every SELECT of account."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from studyhall.domains.account.models import UNFINISHED, DataExport, ExportState
from studyhall.platform.uow import UnitOfWork


async def export_of(uow: UnitOfWork, user_id: UUID, export_id: UUID) -> DataExport | None:
    """The person's export."""
    found = select(DataExport).where(DataExport.id == export_id, DataExport.user_id == user_id)
    return (await uow.session.scalars(found)).one_or_none()


async def unfinished_of(uow: UnitOfWork, user_id: UUID) -> DataExport | None:
    """The one that is being made."""
    found = select(DataExport).where(DataExport.user_id == user_id, DataExport.state.in_(UNFINISHED))
    return (await uow.session.scalars(found)).one_or_none()


async def still_wanted(uow: UnitOfWork, export_id: UUID) -> DataExport | None:
    """An unfinished export, held so that nobody ends it meanwhile."""
    found = select(DataExport).where(DataExport.id == export_id, DataExport.state.in_(UNFINISHED))
    return (await uow.session.scalars(found.with_for_update())).one_or_none()


async def standing_of(uow: UnitOfWork, user_id: UUID) -> Sequence[DataExport]:
    """The one that is being made and those that can be fetched."""
    states = (*UNFINISHED, ExportState.READY)
    found = select(DataExport).where(DataExport.user_id == user_id, DataExport.state.in_(states))
    return (await uow.session.scalars(found.with_for_update())).all()


async def expired(uow: UnitOfWork, now: datetime, most: int) -> Sequence[DataExport]:
    """Ready ones whose time is over, held."""
    over = select(DataExport).where(DataExport.state == ExportState.READY, DataExport.expires_at <= now)
    return (await uow.session.scalars(over.order_by(DataExport.id).limit(most).with_for_update(skip_locked=True))).all()


async def stuck(uow: UnitOfWork, before: datetime) -> Sequence[DataExport]:
    """Unfinished ones of which nothing was heard since that moment: their job was given up."""
    found = select(DataExport).where(DataExport.state.in_(UNFINISHED), DataExport.updated_at < before)
    return (await uow.session.scalars(found.with_for_update(skip_locked=True))).all()


async def touch(uow: UnitOfWork, export_id: UUID, now: datetime) -> bool:
    """Note that work goes on; False when the export is not wanted any more."""
    changed = await uow.session.scalars(
        update(DataExport)
        .where(DataExport.id == export_id, DataExport.state.in_(UNFINISHED))
        .values(state=ExportState.RUNNING, updated_at=now)
        .returning(DataExport.id)
        .execution_options(synchronize_session=False)
    )
    return changed.one_or_none() is not None

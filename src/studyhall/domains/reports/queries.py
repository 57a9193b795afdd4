"""Reading and writing stored reports, always of one person; only the closing job walks over everybody's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, literal_column, select, tuple_, update
from sqlalchemy.dialects.postgresql import Insert, insert

from studyhall.domains.reports.models import StoredReport
from studyhall.platform import clock
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork


async def of_week(uow: UnitOfWork, user_id: UUID, week_start: date) -> StoredReport | None:
    """The person's stored report of that week."""
    found = select(StoredReport).where(StoredReport.user_id == user_id, StoredReport.week_start_date == week_start)
    return (await uow.session.scalars(found.execution_options(populate_existing=True))).one_or_none()


async def by_id(uow: UnitOfWork, user_id: UUID, report_id: UUID) -> StoredReport | None:
    """The person's own report."""
    found = select(StoredReport).where(StoredReport.id == report_id, StoredReport.user_id == user_id)
    return (await uow.session.scalars(found.execution_options(populate_existing=True))).one_or_none()


async def put(uow: UnitOfWork, user_id: UUID, week_start: date, values: Mapping[str, Any]) -> tuple[StoredReport, bool]:
    """Write the report of that week, anew or over the one that is there; answers it, and whether it is a new one.

    Two that write at once follow one another; the week keeps one row and its id.
    """
    now = clock.now()
    row: Insert = insert(StoredReport).values(
        id=new_id(), user_id=user_id, week_start_date=week_start, created_at=now, updated_at=now, **values
    )
    written = row.on_conflict_do_update(
        index_elements=["user_id", "week_start_date"],
        set_={name: row.excluded[name] for name in (*values, "updated_at")},
    ).returning(StoredReport, literal_column("xmax = 0", Boolean))
    stored, is_new = (await uow.session.execute(written, execution_options={"populate_existing": True})).one()
    return stored, bool(is_new)


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A report that is not final although its week is over."""

    id: UUID
    user_id: UUID
    week_start: date
    ends_at: datetime


async def open_after(uow: UnitOfWork, last: OpenReport | None, now: datetime, most: int) -> Sequence[OpenReport]:
    """The next of them, those whose week ended first."""
    found = select(StoredReport.id, StoredReport.user_id, StoredReport.week_start_date, StoredReport.ends_at).where(
        StoredReport.is_final.is_(False), StoredReport.ends_at <= now
    )
    if last is not None:
        found = found.where(tuple_(StoredReport.ends_at, StoredReport.id) > (last.ends_at, last.id))
    rows = await uow.session.execute(found.order_by(StoredReport.ends_at, StoredReport.id).limit(most))
    return [OpenReport(*row) for row in rows]


async def close(uow: UnitOfWork, report_id: UUID) -> None:
    """Leave it as it is for good: there is nobody any more whom it is computed for."""
    await uow.session.execute(update(StoredReport).where(StoredReport.id == report_id).values(is_final=True))

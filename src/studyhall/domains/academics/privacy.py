"""What timetables hold of a person: handed over on request, and gone with the account."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select

from studyhall.domains.academics.models import Timetable, TimetableClass, TimetableException, TimetableUpload
from studyhall.platform.uow import UnitOfWork


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, AsyncIterator[dict[str, Any]]]:
    """Every row about the person, deleted ones too, as one stream per table, read as it is consumed."""
    mine = select(Timetable.id).where(Timetable.user_id == user_id)
    return {
        "timetables": _rows(uow, Timetable, select_of(Timetable).where(Timetable.user_id == user_id)),
        "timetable_classes": _rows(
            uow, TimetableClass, select_of(TimetableClass).where(TimetableClass.timetable_id.in_(mine))
        ),
        "timetable_exceptions": _rows(
            uow, TimetableException, select_of(TimetableException).where(TimetableException.timetable_id.in_(mine))
        ),
        "timetable_uploads": _rows(
            uow, TimetableUpload, select_of(TimetableUpload).where(TimetableUpload.user_id == user_id)
        ),
    }


def select_of(table: Any) -> Select[Any]:
    """All columns of a table."""
    return select(*table.__table__.columns)


async def _rows(uow: UnitOfWork, table: Any, found: Select[Any]) -> AsyncIterator[dict[str, Any]]:
    streamed = await uow.session.stream(found.order_by(table.id))
    async for row in streamed:
        yield dict(row._mapping)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete every row about the person, for good. Classes and exceptions go with their timetables."""
    await uow.session.execute(delete(TimetableUpload).where(TimetableUpload.user_id == user_id))
    await uow.session.execute(delete(Timetable).where(Timetable.user_id == user_id))

"""What streaks hold of a person: handed over on request, and gone with the account."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.streaks.models import StreakDayOff, StreakFreeze, StreakReset, StudyDayMark, UserStreak
from studyhall.platform.uow import UnitOfWork

TABLES = (StudyDayMark, StreakDayOff, StreakReset, StreakFreeze, UserStreak)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, AsyncIterator[dict[str, Any]]]:
    """Every row about the person, as one stream per table, read as it is consumed."""
    return {str(table.__tablename__): _rows(uow, table, user_id) for table in TABLES}


async def _rows(uow: UnitOfWork, table: Any, user_id: UUID) -> AsyncIterator[dict[str, Any]]:
    columns = table.__table__.columns
    order = table.__table__.primary_key.columns
    found = await uow.session.stream(select(*columns).where(table.user_id == user_id).order_by(*order))
    async for row in found:
        yield dict(row._mapping)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete every row about the person, for good. Nobody else owns a part of it."""
    for table in TABLES:
        await uow.session.execute(delete(table).where(table.user_id == user_id))

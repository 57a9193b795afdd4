"""What grades hold of a person: handed over on request, and gone with the account."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.grades.models import CourseGrading, GradingPreference, Result
from studyhall.platform.uow import UnitOfWork

TABLES = (Result, CourseGrading, GradingPreference)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, AsyncIterator[dict[str, Any]]]:
    """Every row of the person, deleted ones too, one stream per table, read as it is consumed."""
    return {table.__tablename__: _rows(uow, table, user_id) for table in TABLES}


async def _rows(uow: UnitOfWork, table: Any, user_id: UUID) -> AsyncIterator[dict[str, Any]]:
    found = select(*table.__table__.columns).where(table.user_id == user_id).order_by(*table.__table__.primary_key)
    async for row in await uow.session.stream(found):
        yield dict(row._mapping)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete every row of the person, for good."""
    for table in TABLES:
        await uow.session.execute(delete(table).where(table.user_id == user_id))

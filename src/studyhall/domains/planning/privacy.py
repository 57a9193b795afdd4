"""What planning holds of a person: handed over on request, and gone with the account."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.planning.models import StudyPlan
from studyhall.platform.uow import UnitOfWork


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, AsyncIterator[dict[str, Any]]]:
    """Every plan of the person, deleted ones too, read as it is consumed."""
    return {"study_plans": _plans(uow, user_id)}


async def _plans(uow: UnitOfWork, user_id: UUID) -> AsyncIterator[dict[str, Any]]:
    found = select(*StudyPlan.__table__.columns).where(StudyPlan.user_id == user_id).order_by(StudyPlan.id)
    async for row in await uow.session.stream(found):
        yield dict(row._mapping)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete every plan of the person, for good."""
    await uow.session.execute(delete(StudyPlan).where(StudyPlan.user_id == user_id))

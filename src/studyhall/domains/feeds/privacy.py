"""What feeds hold of a person. The address is a password, so not even its hash is handed over."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.feeds.models import CalendarFeed
from studyhall.platform.uow import UnitOfWork


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, AsyncIterator[dict[str, Any]]]:
    """When the feed was made and last fetched."""
    return {"calendar_feeds": _feeds(uow, user_id)}


async def _feeds(uow: UnitOfWork, user_id: UUID) -> AsyncIterator[dict[str, Any]]:
    columns = CalendarFeed.made_at, CalendarFeed.last_fetched_at
    async for row in await uow.session.stream(select(*columns).where(CalendarFeed.user_id == user_id)):
        yield dict(row._mapping)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete the feed; its address stops working."""
    await uow.session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == user_id))

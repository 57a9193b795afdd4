"""Reading and marking feeds."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.feeds.models import CalendarFeed
from studyhall.platform.uow import UnitOfWork

# A change of the zone or of a course's name changes the feed too. Both are looked up here, for the sake of the one
# statement that an unchanged feed costs.
_FEED = """
SELECT f.user_id, f.version, f.last_fetched_at, p.timezone,
  greatest(f.changed_at, p.updated_at, (
    SELECT max(c.updated_at) FROM enrollments e JOIN courses c ON c.id = e.course_id WHERE e.user_id = f.user_id
  )) AS changed_at
FROM calendar_feeds f
JOIN users u ON u.id = f.user_id AND u.deleted_at IS NULL AND u.is_active
JOIN user_preferences p ON p.user_id = f.user_id
WHERE f.secret_hash = $1
"""


async def by_hash(uow: UnitOfWork, secret_hash: str) -> asyncpg.Record | None:
    """user_id, version, last_fetched_at, timezone and changed_at of a living account's feed."""
    async with uow.resources.database.straight() as straight:
        return await straight.row(_FEED, secret_hash)


async def feed_of(uow: UnitOfWork, user_id: UUID) -> CalendarFeed | None:
    return await uow.session.get(CalendarFeed, user_id, populate_existing=True)


async def renew(uow: UnitOfWork, user_id: UUID, secret_hash: str, now: datetime) -> None:
    """The first address, or another one; the one before stops working."""
    values = {"secret_hash": secret_hash, "made_at": now, "last_fetched_at": None, "changed_at": now}
    made = insert(CalendarFeed).values(user_id=user_id, version=1, **values)
    await uow.session.execute(
        made.on_conflict_do_update(
            index_elements=[CalendarFeed.user_id], set_={**values, "version": CalendarFeed.version + 1}
        )
    )


async def mark_changed(uow: UnitOfWork, user_id: UUID, now: datetime) -> None:
    """What the person's feed shows is other than before; nothing for people without one."""
    await uow.session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.user_id == user_id)
        .values(version=CalendarFeed.version + 1, changed_at=now)
        .execution_options(synchronize_session=False)
    )


async def mark_fetched(uow: UnitOfWork, user_id: UUID, now: datetime, every: timedelta) -> None:
    """Note the look, at most so often; a row that is being changed is not waited for."""
    due = or_(CalendarFeed.last_fetched_at.is_(None), CalendarFeed.last_fetched_at <= now - every)
    free = select(CalendarFeed.user_id).where(CalendarFeed.user_id == user_id, due).with_for_update(skip_locked=True)
    await uow.session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.user_id.in_(free))
        .values(last_fetched_at=now)
        .execution_options(synchronize_session=False)
    )

"""Every SELECT and bulk change of notifications."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.notifications.models import Notification
from studyhall.platform.uow import UnitOfWork

ROWS_IN_ONE_INSERT = 500


def notifications_of(user_id: UUID, *, unread: bool | None, kind: str | None) -> Select[Any]:
    """The person's notifications; `unread=False` means those that are read."""
    found = select(Notification).where(Notification.user_id == user_id)
    if unread is not None:
        found = found.where(Notification.is_read.is_(not unread))
    return found if kind is None else found.where(Notification.type == kind)


async def unread_count(uow: UnitOfWork, user_id: UUID) -> int:
    found = select(func.count()).where(Notification.user_id == user_id, Notification.is_read.is_(False))
    return (await uow.session.execute(found)).scalar_one()


async def find(uow: UnitOfWork, notification_id: UUID) -> Notification | None:
    """Whosesoever it is."""
    return await uow.session.get(Notification, notification_id)


async def mark_read(uow: UnitOfWork, user_id: UUID, notification_id: UUID, now: datetime) -> Notification | None:
    """Mark the person's own one; one that is read already keeps its time. None when there is no such one."""
    await uow.session.execute(
        update(Notification)
        .where(Notification.id == notification_id, Notification.user_id == user_id, Notification.is_read.is_(False))
        .values(is_read=True, read_at=now, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    found = select(Notification).where(Notification.id == notification_id, Notification.user_id == user_id)
    return (await uow.session.scalars(found.execution_options(populate_existing=True))).one_or_none()


async def mark_all_read(uow: UnitOfWork, user_id: UUID, now: datetime) -> int:
    """How many were unread."""
    changed = await uow.session.execute(
        update(Notification)
        .where(Notification.user_id == user_id, Notification.is_read.is_(False))
        .values(is_read=True, read_at=now, updated_at=now)
        .returning(Notification.id)
        .execution_options(synchronize_session=False)
    )
    return len(changed.all())


async def insert_notifications(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> Sequence[tuple[UUID, UUID]]:
    """Those that were not there yet, as (id, user id); a known dedupe key of the person is left as it is."""
    made: list[tuple[UUID, UUID]] = []
    for start in range(0, len(rows), ROWS_IN_ONE_INSERT):
        found = await uow.session.execute(
            insert(Notification)
            .values(list(rows[start : start + ROWS_IN_ONE_INSERT]))
            .on_conflict_do_nothing()
            .returning(Notification.id, Notification.user_id)
        )
        made += [(row.id, row.user_id) for row in found]
    return made

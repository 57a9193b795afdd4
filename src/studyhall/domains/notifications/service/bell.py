"""Notifications in the app."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from studyhall.domains.notifications import queries
from studyhall.domains.notifications.events import Notified
from studyhall.domains.notifications.models import LONGEST_TITLE, Notification, NotificationType
from studyhall.domains.notifications.realtime import NOTIFICATION_MADE, NotificationMade
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import NotFound
from studyhall.platform.ids import new_id
from studyhall.platform.realtime import user_room
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, page_of


async def page(
    uow: UnitOfWork, actor: Actor, listing: ListQuery, *, unread: bool | None, kind: NotificationType | None
) -> tuple[Page[Notification], int]:
    """A page of the actor's own, newest first, and how many he has not read."""
    rows = queries.notifications_of(actor.user_id, unread=unread, kind=kind)
    found = await page_of(uow, rows, listing, order=(Notification.created_at.desc(),), tie=Notification.id.desc())
    return found, await queries.unread_count(uow, actor.user_id)


async def mark_read(uow: UnitOfWork, actor: Actor, notification_id: UUID) -> Notification:
    """Raises NotFound when it is not the actor's."""
    row = await queries.mark_read(uow, actor.user_id, notification_id, clock.now())
    if row is None:
        raise NotFound("There is no such notification.")
    return row


async def mark_all_read(uow: UnitOfWork, actor: Actor) -> int:
    """How many of the actor's were unread."""
    return await queries.mark_all_read(uow, actor.user_id, clock.now())


async def notify(
    uow: UnitOfWork,
    user_ids: Collection[UUID],
    kind: NotificationType,
    title: str,
    message: str,
    *,
    action_url: str | None = None,
    metadata: dict[str, Any] | None = None,
    dedupe_key: str | None = None,
) -> int:
    """Tell people something, in one statement for 500 of them, and live once this is committed.

    Args:
        title: over 255 characters it is cut.
        action_url: a path of the web client, e.g. `/courses`.
        metadata: ids for the client. A text that names somebody has his id there as `person_id`, and goes with him.
        dedupe_key: names the occasion; a person who was told of it already is left out.

    Returns:
        How many were told now.
    """
    now = clock.now()
    rows = [
        {
            "id": new_id(),
            "user_id": user_id,
            "type": kind.value,
            "title": title[:LONGEST_TITLE],
            "message": message,
            "action_url": action_url,
            "details": metadata or {},
            "dedupe_key": dedupe_key,
            "created_at": now,
            "updated_at": now,
        }
        for user_id in dict.fromkeys(user_ids)
    ]
    made = await queries.insert_notifications(uow, rows)
    if made:
        uow.record(Notified(tuple((user_id, notification_id) for notification_id, user_id in made)))
        uow.after_commit(partial(_push, uow.resources, dict(made), kind, now))
    return len(made)


async def _push(resources: Resources, made: dict[UUID, UUID], kind: NotificationType, created_at: datetime) -> None:
    for notification_id, user_id in made.items():
        payload = NotificationMade(id=notification_id, type=kind, created_at=created_at)
        await resources.realtime.push(user_room(user_id), NOTIFICATION_MADE, payload)

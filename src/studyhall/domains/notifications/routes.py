"""Notifications over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from studyhall.domains.notifications.models import NotificationType
from studyhall.domains.notifications.schemas import MarkedData, NotificationData, NotificationOut, NotificationsData
from studyhall.domains.notifications.service import bell
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, ok

router = Router("notifications")


@router.get("/notifications", access="user", summary="My notifications")
async def list_notifications(
    uow: Uow,
    actor: CurrentActor,
    listing: Listing,
    unread: Annotated[bool | None, Query(description="true: only unread ones; false: only read ones.")] = None,
    kind: Annotated[NotificationType | None, Query(alias="type", description="Only of this type.")] = None,
) -> Envelope[NotificationsData]:
    """Newest first. `unread_count` counts all unread ones, whatever is filtered."""
    page, unread_count = await bell.page(uow, actor, listing, unread=unread, kind=kind)
    shown = page.map(NotificationOut.of)
    return ok(NotificationsData(notifications=shown.rows, unread_count=unread_count, pagination=shown.pagination))


@router.patch("/notifications/{notification_id}/read", access="user", summary="Mark a notification as read")
async def mark_notification_read(uow: Uow, actor: CurrentActor, notification_id: UUID) -> Envelope[NotificationData]:
    """One that is read already stays as it is."""
    row = await bell.mark_read(uow, actor, notification_id)
    return ok(NotificationData(notification=NotificationOut.of(row)), "Notification marked as read")


@router.post("/notifications/mark-all-read", access="user", summary="Mark all notifications as read")
async def mark_all_notifications_read(uow: Uow, actor: CurrentActor) -> Envelope[MarkedData]:
    return ok(MarkedData(updated_count=await bell.mark_all_read(uow, actor)), "All notifications marked as read")

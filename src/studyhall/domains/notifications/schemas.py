"""What goes out of the notifications API."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from studyhall.domains.notifications.models import Notification, NotificationType
from studyhall.platform.web import Pagination, Schema


class NotificationOut(Schema):
    id: UUID
    type: NotificationType
    title: str
    message: str
    action_url: str | None
    is_read: bool
    read_at: datetime | None
    metadata: dict[str, Any]
    created_at: datetime

    @classmethod
    def of(cls, row: Notification) -> Self:
        return cls(
            id=row.id,
            type=NotificationType(row.type),
            title=row.title,
            message=row.message,
            action_url=row.action_url,
            is_read=row.is_read,
            read_at=row.read_at,
            metadata=row.details,
            created_at=row.created_at,
        )


class NotificationsData(Schema):
    """A page, and how many are unread in all."""

    notifications: list[NotificationOut]
    unread_count: int
    pagination: Pagination


class NotificationData(Schema):
    notification: NotificationOut


class MarkedData(Schema):
    updated_count: int

"""What is said on `/notify`."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from studyhall.domains.notifications.models import NotificationType
from studyhall.platform.realtime import NOTIFY, Message


class NotificationMade(BaseModel):
    """A new notification is there; read it with `GET /notifications`."""

    id: UUID
    type: NotificationType
    created_at: datetime


NOTIFICATION_MADE = Message(NOTIFY, "notification_made", NotificationMade, "A new notification is there.")
MESSAGES = (NOTIFICATION_MADE,)

"""The door of notifications for other domains."""

from studyhall.domains.notifications.models import NotificationType
from studyhall.domains.notifications.queries import unread_count
from studyhall.domains.notifications.service.bell import notify

__all__ = ["NotificationType", "notify", "unread_count"]

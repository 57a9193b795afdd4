"""The door of notifications for other domains."""

from studyhall.domains.notifications.models import NotificationType
from studyhall.domains.notifications.queries import unread_count
from studyhall.domains.notifications.service.bell import notify
from studyhall.domains.notifications.service.notices import notice

__all__ = ["NotificationType", "notice", "notify", "unread_count"]

"""The door of notifications for other domains."""

from studyhall.domains.notifications.models import Notification, NotificationType
from studyhall.domains.notifications.queries import find, unread_count
from studyhall.domains.notifications.service.bell import notify
from studyhall.domains.notifications.service.notices import notice

__all__ = ["Notification", "NotificationType", "find", "notice", "notify", "unread_count"]

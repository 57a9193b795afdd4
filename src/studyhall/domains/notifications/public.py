"""The door of notifications for other domains."""

from typing import Any
from uuid import UUID

from studyhall.domains.identity import public as identity
from studyhall.domains.notifications.jobs import send_mail
from studyhall.domains.notifications.models import NotificationType
from studyhall.domains.notifications.queries import unread_count
from studyhall.domains.notifications.service.bell import notify
from studyhall.domains.notifications.service.letters import MailKind
from studyhall.domains.notifications.service.mailing import queue_mail
from studyhall.platform.uow import UnitOfWork

__all__ = ["MailKind", "NotificationType", "mail", "notify", "unread_count"]


async def mail(
    uow: UnitOfWork, user_id: UUID, kind: MailKind, dedupe_key: str, metadata: dict[str, Any] | None = None
) -> bool:
    """Have a mail sent, once for each dedupe key, once this is committed.

    `metadata` holds ids and plain facts, never a secret. False: it was queued before, or the account is gone.
    """
    to = await identity.recipient(uow, user_id)
    if to is None:
        return False
    email_id = await queue_mail(uow, to, kind, dedupe_key, metadata)
    if email_id is None:
        return False
    await uow.enqueue(send_mail, email_id=email_id)
    return True

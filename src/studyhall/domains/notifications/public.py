"""The door of notifications for other domains."""

from typing import Any
from uuid import UUID

from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Recipient
from studyhall.domains.notifications.jobs import send_mail
from studyhall.domains.notifications.models import NotificationType
from studyhall.domains.notifications.queries import unread_count
from studyhall.domains.notifications.service.bell import notify
from studyhall.domains.notifications.service.letters import MailKind
from studyhall.domains.notifications.service.mailing import queue_mail
from studyhall.platform.uow import UnitOfWork

__all__ = ["MailKind", "NotificationType", "mail", "mail_to", "notify", "unread_count"]


async def mail(
    uow: UnitOfWork, user_id: UUID, kind: MailKind, dedupe_key: str, metadata: dict[str, Any] | None = None
) -> bool:
    """Have a mail sent, once for each dedupe key, once this is committed.

    `metadata` holds ids and plain facts, never a secret. False: it was queued before, or the account is gone.
    """
    to = await identity.recipient(uow, user_id)
    return to is not None and await mail_to(uow, to, kind, dedupe_key, metadata)


async def mail_to(
    uow: UnitOfWork, to: Recipient, kind: MailKind, dedupe_key: str, metadata: dict[str, Any] | None = None
) -> bool:
    """The same for somebody whose address is known already."""
    email_id = await queue_mail(uow, to, kind, dedupe_key, metadata)
    if email_id is None:
        return False
    await uow.enqueue(send_mail, email_id=email_id)
    return True

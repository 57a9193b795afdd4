"""A person's mails, for export and erasure."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.mails.models import EmailLog, MailBounce
from studyhall.platform.uow import UnitOfWork

Rows = AsyncIterator[dict[str, Any]]


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, Rows]:
    """Named streams of rows."""
    return {"emails": _emails(uow, user_id), "mail_bounces": _bounces(uow, user_id)}


async def _emails(uow: UnitOfWork, user_id: UUID) -> Rows:
    found = select(EmailLog).where(EmailLog.user_id == user_id).order_by(EmailLog.id)
    async for row in await uow.session.stream_scalars(found):
        yield {
            "id": row.id,
            "type": row.email_type,
            "recipient": row.recipient_email,
            "subject": row.subject,
            "status": row.status,
            "sent_at": row.sent_at,
            "created_at": row.created_at,
        }


async def _bounces(uow: UnitOfWork, user_id: UUID) -> Rows:
    found = select(MailBounce).where(MailBounce.user_id == user_id)
    async for row in await uow.session.stream_scalars(found):
        yield {"email": row.email, "reason": row.reason, "bounced_at": row.bounced_at}


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete both for good; the log holds addresses, so nothing of it stays."""
    await uow.session.execute(delete(EmailLog).where(EmailLog.user_id == user_id))
    await uow.session.execute(delete(MailBounce).where(MailBounce.user_id == user_id))

"""A person's notifications and mails, for export and erasure."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.notifications.models import PERSON, EmailLog, Notification
from studyhall.platform.uow import UnitOfWork

Rows = AsyncIterator[dict[str, Any]]


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, Rows]:
    """Named streams of rows."""
    return {"notifications": _notifications(uow, user_id), "emails": _emails(uow, user_id)}


async def _notifications(uow: UnitOfWork, user_id: UUID) -> Rows:
    found = select(Notification).where(Notification.user_id == user_id).order_by(Notification.id)
    async for row in await uow.session.stream_scalars(found.execution_options(yield_per=500)):
        yield {
            "id": row.id,
            "type": row.type,
            "title": row.title,
            "message": row.message,
            "action_url": row.action_url,
            "read_at": row.read_at,
            "metadata": row.details,
            "created_at": row.created_at,
        }


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


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete both for good, and what others were told of the person by name.

    The log of mails holds addresses, so nothing of it stays.
    """
    await uow.session.execute(delete(Notification).where(Notification.user_id == user_id))
    names_him = Notification.details[PERSON].astext == str(user_id)
    await uow.session.execute(delete(Notification).where(names_him).execution_options(synchronize_session=False))
    await uow.session.execute(delete(EmailLog).where(EmailLog.user_id == user_id))

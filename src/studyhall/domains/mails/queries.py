"""Every SELECT and change of mails."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.mails.models import EmailLog, MailBounce, MailStatus
from studyhall.platform.uow import UnitOfWork


async def insert_mail(uow: UnitOfWork, values: Mapping[str, Any]) -> bool:
    """Whether it is new; False when its dedupe key is known."""
    found = await uow.session.execute(insert(EmailLog).values(**values).on_conflict_do_nothing().returning(EmailLog.id))
    return found.first() is not None


async def pending_mail(uow: UnitOfWork, email_id: UUID) -> EmailLog | None:
    """The mail, if it still waits to be sent."""
    found = select(EmailLog).where(EmailLog.id == email_id, EmailLog.status == MailStatus.PENDING)
    return (await uow.session.scalars(found)).one_or_none()


async def move_mail(
    uow: UnitOfWork, email_id: UUID, before: MailStatus, after: MailStatus, now: datetime, **values: Any
) -> EmailLog | None:
    """Change the state, if it still is `before`; of two who try at once only one is answered the mail."""
    changed = await uow.session.execute(
        update(EmailLog)
        .where(EmailLog.id == email_id, EmailLog.status == before)
        .values(status=after, updated_at=now, **values)
        .returning(EmailLog)
        .execution_options(synchronize_session=False)
    )
    return changed.scalar_one_or_none()


async def fail_abandoned(uow: UnitOfWork, before: datetime, now: datetime, reason: str) -> int:
    """Mails handed over before that moment whose outcome nobody wrote down; answers how many."""
    changed = await uow.session.execute(
        update(EmailLog)
        .where(EmailLog.status == MailStatus.SENDING, EmailLog.updated_at < before)
        .values(status=MailStatus.FAILED, error_message=reason, updated_at=now)
        .returning(EmailLog.id)
        .execution_options(synchronize_session=False)
    )
    return len(changed.all())


async def bounce_of(uow: UnitOfWork, user_id: UUID, email: str) -> MailBounce | None:
    """What was refused, if it is this address."""
    found = select(MailBounce).where(MailBounce.user_id == user_id, func.lower(MailBounce.email) == email.lower())
    return (await uow.session.scalars(found.execution_options(populate_existing=True))).one_or_none()


async def put_bounce(uow: UnitOfWork, user_id: UUID, email: str, reason: str, now: datetime) -> bool:
    """Write down that the address refused; False when that was known."""
    values = {"email": email, "reason": reason, "bounced_at": now, "updated_at": now}
    made = insert(MailBounce).values(user_id=user_id, created_at=now, **values)
    done = made.on_conflict_do_update(
        index_elements=[MailBounce.user_id], set_=values, where=func.lower(MailBounce.email) != email.lower()
    )
    return (await uow.session.execute(done.returning(MailBounce.user_id))).first() is not None


async def drop_bounce(uow: UnitOfWork, user_id: UUID) -> None:
    """Mail to this person is believed to arrive again."""
    gone = delete(MailBounce).where(MailBounce.user_id == user_id)
    await uow.session.execute(gone.execution_options(synchronize_session=False))

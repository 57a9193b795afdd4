"""Every SELECT and bulk change of notifications and mails."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.notifications.models import EmailLog, MailStatus, Notification
from studyhall.platform.uow import UnitOfWork

ROWS_IN_ONE_INSERT = 500


def notifications_of(user_id: UUID, *, unread: bool | None, kind: str | None) -> Select[Any]:
    """The person's notifications; `unread=False` means those that are read."""
    found = select(Notification).where(Notification.user_id == user_id)
    if unread is not None:
        found = found.where(Notification.is_read.is_(not unread))
    return found if kind is None else found.where(Notification.type == kind)


async def unread_count(uow: UnitOfWork, user_id: UUID) -> int:
    found = select(func.count()).where(Notification.user_id == user_id, Notification.is_read.is_(False))
    return (await uow.session.execute(found)).scalar_one()


async def mark_read(uow: UnitOfWork, user_id: UUID, notification_id: UUID, now: datetime) -> Notification | None:
    """Mark the person's own one; one that is read already keeps its time. None when there is no such one."""
    await uow.session.execute(
        update(Notification)
        .where(Notification.id == notification_id, Notification.user_id == user_id, Notification.is_read.is_(False))
        .values(is_read=True, read_at=now, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    found = select(Notification).where(Notification.id == notification_id, Notification.user_id == user_id)
    return (await uow.session.scalars(found.execution_options(populate_existing=True))).one_or_none()


async def mark_all_read(uow: UnitOfWork, user_id: UUID, now: datetime) -> int:
    """How many were unread."""
    changed = await uow.session.execute(
        update(Notification)
        .where(Notification.user_id == user_id, Notification.is_read.is_(False))
        .values(is_read=True, read_at=now, updated_at=now)
        .returning(Notification.id)
        .execution_options(synchronize_session=False)
    )
    return len(changed.all())


async def insert_notifications(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> Sequence[tuple[UUID, UUID]]:
    """Those that were not there yet, as (id, user id); a known dedupe key of the person is left as it is."""
    made: list[tuple[UUID, UUID]] = []
    for start in range(0, len(rows), ROWS_IN_ONE_INSERT):
        found = await uow.session.execute(
            insert(Notification)
            .values(list(rows[start : start + ROWS_IN_ONE_INSERT]))
            .on_conflict_do_nothing()
            .returning(Notification.id, Notification.user_id)
        )
        made += [(row.id, row.user_id) for row in found]
    return made


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
) -> bool:
    """Change the state, if it still is `before`; of two who try at once only one is answered True."""
    changed = await uow.session.execute(
        update(EmailLog)
        .where(EmailLog.id == email_id, EmailLog.status == before)
        .values(status=after, updated_at=now, **values)
        .returning(EmailLog.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


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

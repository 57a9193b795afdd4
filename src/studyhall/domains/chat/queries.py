"""Reading messages. Callers have made sure that the reader is a member."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from studyhall.domains.chat.models import GroupMessage, ReadPosition
from studyhall.platform.uow import UnitOfWork

MOST_UNREAD = 1000
BEGINNING = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Which part of the history: before or after a message (not both), newest first; or of one thread only."""

    before: UUID | None
    after: UUID | None
    thread: UUID | None
    limit: int


MessageRow = tuple[GroupMessage, int]


async def history(uow: UnitOfWork, group_id: UUID, cursor: Cursor) -> tuple[list[MessageRow], bool]:
    """Messages with the number of their answers, newest first, and whether there are more in that direction."""
    answer = aliased(GroupMessage)
    answers = select(func.count()).where(answer.reply_to_id == GroupMessage.id).correlate(GroupMessage)
    rows = select(GroupMessage, answers.scalar_subquery()).where(GroupMessage.group_id == group_id)
    if cursor.thread is not None:
        rows = rows.where(or_(GroupMessage.reply_to_id == cursor.thread, GroupMessage.id == cursor.thread))
    if cursor.before is not None:
        rows = rows.where(GroupMessage.id < cursor.before)
    forwards = cursor.after is not None and cursor.before is None
    if cursor.after is not None:
        rows = rows.where(GroupMessage.id > cursor.after)
    rows = rows.order_by(GroupMessage.id.asc() if forwards else GroupMessage.id.desc()).limit(cursor.limit + 1)
    found: list[MessageRow] = [(message, count) for message, count in (await uow.session.execute(rows)).all()]
    shown = found[: cursor.limit]
    return (shown[::-1] if forwards else shown), len(found) > cursor.limit


async def message(uow: UnitOfWork, group_id: UUID, message_id: UUID, *, lock: bool = False) -> GroupMessage | None:
    """One message of the group."""
    rows = select(GroupMessage).where(GroupMessage.group_id == group_id, GroupMessage.id == message_id)
    if lock:
        rows = rows.with_for_update()
    found = await uow.session.scalars(rows.execution_options(populate_existing=True))
    return found.one_or_none()


async def answer_count(uow: UnitOfWork, message_id: UUID) -> int:
    """How many messages answer this one."""
    rows = select(func.count()).select_from(GroupMessage).where(GroupMessage.reply_to_id == message_id)
    return (await uow.session.execute(rows)).scalar_one()


async def newest(uow: UnitOfWork, group_id: UUID) -> UUID:
    """The id of the group's last message, or one before all."""
    rows = select(GroupMessage.id).where(GroupMessage.group_id == group_id).order_by(GroupMessage.id.desc()).limit(1)
    found: UUID | None = (await uow.session.scalars(rows)).one_or_none()
    return found or BEGINNING


async def unread_count(uow: UnitOfWork, group_id: UUID, user_id: UUID) -> int:
    """How many messages of others the member has not read; counted up to `MOST_UNREAD`."""
    position = select(ReadPosition.message_id).where(ReadPosition.group_id == group_id, ReadPosition.user_id == user_id)
    unread = (
        select(GroupMessage.id)
        .where(
            GroupMessage.group_id == group_id,
            GroupMessage.id > func.coalesce(position.scalar_subquery(), BEGINNING),
            GroupMessage.user_id.is_distinct_from(user_id),
            GroupMessage.deleted_at.is_(None),
        )
        .limit(MOST_UNREAD)
        .subquery()
    )
    return (await uow.session.execute(select(func.count()).select_from(unread))).scalar_one()

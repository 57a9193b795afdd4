"""Writing, editing, deleting and reading messages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.chat import queries, rules
from studyhall.domains.chat.errors import MessageDeleted, MessageNotFound, NotAuthor
from studyhall.domains.chat.models import GroupMessage, ReadPosition
from studyhall.domains.chat.queries import Cursor, MessageRow
from studyhall.domains.chat.realtime import (
    MESSAGE_DELETED,
    MESSAGE_EDITED,
    MESSAGE_MADE,
    MessageMade,
    MessageTouched,
)
from studyhall.domains.groups import public as groups
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Person
from studyhall.domains.notifications import public as notifications
from studyhall.domains.people import public as people
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.ids import new_id
from studyhall.platform.realtime import Message, user_room
from studyhall.platform.uow import UnitOfWork

P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class History:
    """A part of a conversation, newest first, with the names of who wrote it."""

    messages: list[MessageRow]
    people: Mapping[UUID, Person]
    has_more: bool
    unread_count: int


async def history(uow: UnitOfWork, actor: Actor, group_id: UUID, cursor: Cursor) -> History:
    """Raises GroupNotFound or NotInGroup."""
    await groups.require_member(uow, group_id, actor.user_id)
    rows, has_more = await queries.history(uow, group_id, cursor)
    authors = list({row.user_id for row, _ in rows if row.user_id is not None})
    unread = await queries.unread_count(uow, group_id, actor.user_id)
    return History(rows, await identity.people(uow, authors), has_more, unread)


async def write(
    uow: UnitOfWork, actor: Actor, group_id: UUID, content: str, reply_to_id: UUID | None
) -> tuple[GroupMessage, Person]:
    """Write a message; those whom it mentions are notified, and every member hears of it live.

    Raises:
        GroupNotFound, NotInGroup: the actor is not in the group.
        MessageNotFound, MessageDeleted: what he answers is not there.
    """
    await groups.require_member(uow, group_id, actor.user_id)
    # In turn, so that no message appears behind one that somebody has read already.
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"chat {group_id}", 0))))
    thread = None if reply_to_id is None else await _thread(uow, group_id, reply_to_id)
    row = GroupMessage(id=new_id(), group_id=group_id, user_id=actor.user_id, reply_to_id=thread, content=content)
    uow.session.add(row)
    await uow.session.flush()
    await move_position(uow, group_id, actor.user_id, row.id)
    author = await identity.person(uow, actor.user_id)
    members = await groups.members(uow, group_id)
    await _mention(uow, author, members, row)
    made = MessageMade(group_id=group_id, message_id=row.id, reply_to_id=thread, user_id=actor.user_id)
    tell(uow, members, MESSAGE_MADE, made)
    return row, author


async def _thread(uow: UnitOfWork, group_id: UUID, reply_to_id: UUID) -> UUID:
    answered = await queries.message(uow, group_id, reply_to_id)
    if answered is None:
        raise MessageNotFound
    if answered.deleted_at is not None:
        raise MessageDeleted
    return answered.reply_to_id or answered.id


async def _mention(uow: UnitOfWork, author: Person, members: Collection[UUID], row: GroupMessage) -> None:
    """Tell each member whom the text names, once for each message however often it is edited."""
    names = rules.mentioned(row.content or "")
    if not names:
        return
    kept_apart = await people.blocked_pairs(uow, author.id)
    known = await identity.people(uow, [one for one in members if one != author.id and one not in kept_apart])
    named = [one.id for one in known.values() if one.username.lower() in names]
    await notifications.notify(
        uow,
        named,
        notifications.NotificationType.GROUP,
        f"{author.name} mentioned you",
        "You were mentioned in the conversation of a study group.",
        action_url=f"/groups/{row.group_id}",
        metadata={"group_id": str(row.group_id), "message_id": str(row.id), "person_id": str(author.id)},
        dedupe_key=f"mention:{row.id}",
    )


def tell(uow: UnitOfWork, members: Collection[UUID], message: Message[P], payload: P) -> None:
    """Say it to these people live, once this is committed: membership is that of this transaction."""
    if members:
        rooms = [user_room(one) for one in members]
        uow.after_commit(partial(uow.resources.realtime.push, rooms, message, payload))


async def _own(uow: UnitOfWork, actor: Actor, group_id: UUID, message_id: UUID) -> tuple[groups.Role, GroupMessage]:
    role = await groups.require_member(uow, group_id, actor.user_id)
    row = await queries.message(uow, group_id, message_id, lock=True)
    if row is None:
        raise MessageNotFound
    return role, row


async def edit(
    uow: UnitOfWork, actor: Actor, group_id: UUID, message_id: UUID, content: str
) -> tuple[GroupMessage, Person]:
    """Change one's own message.

    Raises:
        GroupNotFound, NotInGroup, MessageNotFound: the actor sees no such message.
        NotAuthor, MessageDeleted: he sees it, and cannot.
    """
    _, row = await _own(uow, actor, group_id, message_id)
    if row.user_id != actor.user_id:
        raise NotAuthor
    if row.deleted_at is not None:
        raise MessageDeleted
    author = await identity.person(uow, actor.user_id)
    if row.content != content:
        row.content, row.edited_at = content, clock.now()
        await uow.session.flush()
        members = await groups.members(uow, group_id)
        await _mention(uow, author, members, row)
        tell(uow, members, MESSAGE_EDITED, MessageTouched(group_id=group_id, message_id=message_id))
    return row, author


async def answers_to(uow: UnitOfWork, row: GroupMessage) -> int:
    """How many messages answer this one."""
    return await queries.answer_count(uow, row.id)


async def delete(uow: UnitOfWork, actor: Actor, group_id: UUID, message_id: UUID) -> None:
    """Delete one's own message, or any as leader; its text is gone at once.

    Raises:
        GroupNotFound, NotInGroup, MessageNotFound: the actor sees no such message.
        NotAuthor, MessageDeleted: he sees it, and cannot.
    """
    role, row = await _own(uow, actor, group_id, message_id)
    if row.user_id != actor.user_id and role is not groups.Role.LEADER:
        raise NotAuthor
    if row.deleted_at is not None:
        raise MessageDeleted
    row.content, row.deleted_at = None, clock.now()
    await uow.session.flush()
    if row.user_id != actor.user_id:
        uow.audit(
            "groups.message_deleted", "Deleted somebody's message.", user_id=actor.user_id,
            subject=("group", group_id),
        )  # fmt: skip
    members = await groups.members(uow, group_id)
    tell(uow, members, MESSAGE_DELETED, MessageTouched(group_id=group_id, message_id=message_id))


async def mark_read(uow: UnitOfWork, actor: Actor, group_id: UUID, message_id: UUID | None) -> int:
    """Read up to that message, or all there are; never back again. Answers how many are unread then.

    Raises:
        GroupNotFound, NotInGroup, MessageNotFound: the actor sees no such message.
    """
    await groups.require_member(uow, group_id, actor.user_id)
    if message_id is None:
        message_id = await queries.newest(uow, group_id)
    elif await queries.message(uow, group_id, message_id) is None:
        raise MessageNotFound
    await move_position(uow, group_id, actor.user_id, message_id)
    return await queries.unread_count(uow, group_id, actor.user_id)


async def move_position(uow: UnitOfWork, group_id: UUID, user_id: UUID, message_id: UUID) -> None:
    """Move how far somebody has read forwards; what is further already stays."""
    now = clock.now()
    row = insert(ReadPosition).values(
        group_id=group_id, user_id=user_id, message_id=message_id, created_at=now, updated_at=now
    )
    await uow.session.execute(
        row.on_conflict_do_update(
            index_elements=["group_id", "user_id"],
            set_={"message_id": func.greatest(ReadPosition.message_id, row.excluded.message_id), "updated_at": now},
        )
    )

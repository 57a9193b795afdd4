"""The conversation of a group."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from studyhall.domains.chat import errors, service
from studyhall.domains.chat.queries import Cursor
from studyhall.domains.chat.schemas import (
    MessageChange,
    MessageData,
    MessageHistory,
    MessageOut,
    NewMessage,
    ReadData,
    ReadIn,
)
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, created, ok

router = Router("groups")

Before = Annotated[UUID | None, Query(description="Only messages older than this one.")]
After = Annotated[UUID | None, Query(description="Only messages newer than this one.")]
Thread = Annotated[UUID | None, Query(description="Only this message and its answers.")]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]


@router.get("/groups/{group_id}/messages", access="user", summary="The conversation of a group that I am in")
async def list_group_messages(
    group_id: UUID,
    uow: Uow,
    actor: CurrentActor,
    *,
    before: Before = None,
    after: After = None,
    thread: Thread = None,
    limit: Limit = 50,
) -> Envelope[MessageHistory]:
    """Newest first, by cursor: nothing is skipped or shown twice while others write."""
    found = await service.history(uow, actor, group_id, Cursor(before, after, thread, limit))
    messages = [
        MessageOut.of(row, found.people.get(row.user_id) if row.user_id else None, count)
        for row, count in found.messages
    ]
    return ok(MessageHistory(messages=messages, has_more=found.has_more, unread_count=found.unread_count))


@router.post(
    "/groups/{group_id}/messages",
    access="user",
    status=201,
    summary="Write to a group that I am in",
    errors=[errors.MessageDeleted],
)
async def write_group_message(group_id: UUID, body: NewMessage, uow: Uow, actor: CurrentActor) -> Envelope[MessageData]:
    """`@username` mentions a member."""
    row, author = await service.write(uow, actor, group_id, body.content, body.reply_to_id)
    return created(MessageData(message=MessageOut.of(row, author)), "Message sent")


@router.patch(
    "/groups/{group_id}/messages/{message_id}",
    access="user",
    summary="Edit a message of mine",
    errors=[errors.NotAuthor, errors.MessageDeleted],
)
async def edit_group_message(
    group_id: UUID, message_id: UUID, body: MessageChange, uow: Uow, actor: CurrentActor
) -> Envelope[MessageData]:
    row, author = await service.edit(uow, actor, group_id, message_id, body.content)
    return ok(MessageData(message=MessageOut.of(row, author, await service.answers_to(uow, row))), "Message edited")


@router.delete(
    "/groups/{group_id}/messages/{message_id}",
    access="user",
    summary="Delete a message of mine, or any as leader",
    errors=[errors.NotAuthor, errors.MessageDeleted],
)
async def delete_group_message(group_id: UUID, message_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    """Its text is gone at once; its place in the conversation stays."""
    await service.delete(uow, actor, group_id, message_id)
    return ok(None, "Message deleted")


@router.put("/groups/{group_id}/messages/read", access="user", summary="How far I have read")
async def mark_group_messages_read(
    group_id: UUID, uow: Uow, actor: CurrentActor, body: ReadIn | None = None
) -> Envelope[ReadData]:
    """Never goes back."""
    unread = await service.mark_read(uow, actor, group_id, body.message_id if body else None)
    return ok(ReadData(unread_count=unread))

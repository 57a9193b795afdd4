"""What messages look like from outside."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, Field, StringConstraints

from studyhall.domains.chat import rules
from studyhall.domains.chat.models import LONGEST_TEXT, GroupMessage
from studyhall.domains.identity.public import Person
from studyhall.platform.web import Choice, Schema


def _not_blank(text: str) -> str:
    if rules.is_blank(text):
        raise ValueError("A message needs something to be read.")
    return text


Content = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT),
    AfterValidator(_not_blank),
    Field(examples=["Shall we begin at seven? @lin"]),
]


class MessageType(Choice):
    """What a message is."""

    TEXT = "text"


class NewMessage(Schema):
    """A message, or an answer to one. `text` is accepted for `content`."""

    content: Content = Field(validation_alias=AliasChoices("content", "text"))
    message_type: MessageType = MessageType.TEXT
    reply_to_id: UUID | None = Field(None, examples=[None])


class MessageChange(Schema):
    """What the message reads from now on."""

    content: Content = Field(validation_alias=AliasChoices("content", "text"))


class Author(Schema):
    """Who wrote it."""

    id: UUID
    name: str
    username: str
    avatar_url: str | None


class MessageOut(Schema):
    """A message. Text is plain text, never to be rendered as markup; null when it was deleted.

    `user` is null once that account is gone; `reply_to_id` is the message that begins the thread.
    """

    id: UUID
    group_id: UUID
    user: Author | None
    message_type: MessageType
    content: str | None
    reply_to_id: UUID | None
    reply_count: int
    is_edited: bool
    is_deleted: bool
    created_at: datetime
    edited_at: datetime | None

    @classmethod
    def of(cls, row: GroupMessage, author: Person | None, reply_count: int = 0) -> Self:
        """The message with its author's name."""
        user = None
        if author is not None:
            user = Author(id=author.id, name=author.name, username=author.username, avatar_url=author.avatar_url)
        return cls(
            id=row.id,
            group_id=row.group_id,
            user=user,
            message_type=MessageType.TEXT,
            content=row.content,
            reply_to_id=row.reply_to_id,
            reply_count=reply_count,
            is_edited=row.edited_at is not None,
            is_deleted=row.deleted_at is not None,
            created_at=row.created_at,
            edited_at=row.edited_at,
        )


class MessageData(Schema):
    """One message."""

    message: MessageOut


class MessageHistory(Schema):
    """A part of the conversation, newest first.

    Send the id of the last one as `before` for older ones, that of the first one as `after` for what came since.
    """

    messages: list[MessageOut]
    has_more: bool = Field(description="Whether there are more in the direction that was asked for.")
    unread_count: int = Field(description="Messages of others that I have not read; counted up to 1,000.")


class ReadIn(Schema):
    """Up to which message I have read; without one, all."""

    message_id: UUID | None = Field(None, validation_alias=AliasChoices("message_id", "last_read_message_id"))


class ReadData(Schema):
    """What is left to read."""

    unread_count: int

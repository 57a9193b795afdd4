"""Tables of chat."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.database import Base, Identified, Timestamped

LONGEST_TEXT = 4000


class GroupMessage(Identified, Base):
    """A message. Its id sorts by time and is the cursor of the history.

    Attributes:
        user_id: who wrote it; null once that account is erased, for what he wrote belongs to the group.
        reply_to_id: the message that begins the thread; null for one that answers nothing.
        content: null when it was deleted.
    """

    __tablename__ = "group_messages"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    reply_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("group_messages.id", ondelete="CASCADE"))
    content: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(f"length(content) BETWEEN 1 AND {LONGEST_TEXT}", name="content_bounded"),
        CheckConstraint("(content IS NULL) = (deleted_at IS NOT NULL)", name="deleted_has_no_content"),
        Index("ix_group_messages_group_id", "group_id", "id"),
        Index("ix_group_messages_reply_to_id", "reply_to_id", "id"),
    )


class ReadPosition(Timestamped, Base):
    """How far a member has read: everything up to that id, which need not be a message's. Without a row, nothing."""

    __tablename__ = "group_read_positions"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    message_id: Mapped[UUID]

"""Tables of friends."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.database import Base, Identified


class Friendship(Base):
    """One side of a friendship. The other side is demanded by the commit at the latest, and falls with this one."""

    __tablename__ = "friendships"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    friend_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    # Said again, because a column that refers to another one of its key is left out of it else.
    __mapper_args__ = {"primary_key": [user_id, friend_id]}  # noqa: RUF012 - the mapper wants it so
    __table_args__ = (
        CheckConstraint("user_id <> friend_id", name="not_oneself"),
        ForeignKeyConstraint(
            ["friend_id", "user_id"],
            ["friendships.user_id", "friendships.friend_id"],
            name="fk_friendships_other_side",
            ondelete="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
    )


class FriendRequest(Identified, Base):
    """A request, as its sender typed it.

    Attributes:
        typed: what it was addressed to, `id:` or `mail:` in front; a person is asked once each way at a time.
        to_user_id: the account behind it; null while there is none.
        status: declined is known to the receiver alone.
    """

    __tablename__ = "friend_requests"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    typed: Mapped[str] = mapped_column(String(300))
    to_user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(10), default="pending", server_default="pending")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("status IN ('pending', 'declined')", name="status_known"),
        CheckConstraint("typed ~ '^(id|mail):'", name="typed_has_kind"),
        CheckConstraint("user_id <> to_user_id", name="not_oneself"),
        Index("uq_friend_requests_user_id_typed", "user_id", "typed", unique=True),
        Index("ix_friend_requests_to_user_id", "to_user_id", "created_at"),
        Index("ix_friend_requests_waiting", "typed", postgresql_where=text("to_user_id IS NULL")),
        Index("ix_friend_requests_expires_at", "expires_at"),
    )

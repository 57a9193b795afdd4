"""Tables of groups."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.database import Base, Identified, SoftDeleted, Timestamped

MOST_MEMBERS = 1000


class Group(Identified, Timestamped, SoftDeleted, Base):
    """A group; `deleted_at` says since when it is closed.

    Attributes:
        creator_id: null once that account is gone; he has no rights beyond his role.
        max_members: null for as many as any group may have, `MOST_MEMBERS`.
        code_digest: the keyed hash of the invite code, by which it is found; null when there is none.
        code_sealed: the code itself, encrypted, for showing it to leaders and admins again.
        is_orphaned: closed because its last member closed his account, so opened again if he comes back.
        version: counts changes of the settings, for If-Match.
    """

    __tablename__ = "groups"

    creator_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str | None] = mapped_column(String(2000))
    image: Mapped[str | None] = mapped_column(String(2000))
    group_type: Mapped[str] = mapped_column(String(20))
    visibility: Mapped[str] = mapped_column(String(10))
    max_members: Mapped[int | None]
    code_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_orphaned: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))

    __table_args__ = (
        CheckConstraint("group_type IN ('leader_controlled', 'community')", name="type_known"),
        CheckConstraint("visibility IN ('public', 'private')", name="visibility_known"),
        CheckConstraint(f"max_members BETWEEN 2 AND {MOST_MEMBERS}", name="max_members_bounded"),
        CheckConstraint("(code_digest IS NULL) = (code_sealed IS NULL)", name="code_whole"),
        CheckConstraint("NOT is_orphaned OR deleted_at IS NOT NULL", name="orphaned_is_closed"),
        Index(
            "ix_groups_public",
            "name",
            "id",
            postgresql_where=text("visibility = 'public' AND deleted_at IS NULL"),
        ),
    )


class GroupMember(Base):
    """Somebody in a group. The row goes when he does."""

    __tablename__ = "group_members"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(10))
    joined_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (CheckConstraint("role IN ('leader', 'admin', 'member')", name="role_known"),)


class GroupInvitation(Identified, Base):
    """An invitation to one person. Past `expires_at` an open one is declined by time, whether or not that is written.

    Attributes:
        user_id: who is invited.
        invited_by: null once that account is gone.
        is_expired: it was declined by time; `responded_at` stays null then.
    """

    __tablename__ = "group_invitations"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    status: Mapped[str] = mapped_column(String(10), default="pending", server_default="pending")
    is_expired: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    message: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    responded_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("status IN ('pending', 'accepted', 'declined')", name="status_known"),
        CheckConstraint("NOT is_expired OR (status = 'declined' AND responded_at IS NULL)", name="expired_is_declined"),
        CheckConstraint("(status = 'pending' OR is_expired) = (responded_at IS NULL)", name="answer_has_time"),
        Index(
            "uq_group_invitations_open",
            "group_id",
            "user_id",
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_group_invitations_group_id", "group_id", "created_at"),
        Index("ix_group_invitations_pending", "expires_at", postgresql_where=text("status = 'pending'")),
    )

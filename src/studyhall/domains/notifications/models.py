"""The table of notifications."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped
from studyhall.platform.web import Choice

LONGEST_TITLE = 255
LONGEST_KEY = 200
PERSON = "person_id"
"""The key in `details` under which a notification says whom it names; it goes when that person is erased."""


class NotificationType(Choice):
    """What a notification is about."""

    REMINDER = "reminder"
    ASSIGNMENT = "assignment"
    ACHIEVEMENT = "achievement"
    SYSTEM = "system"
    REPORT = "report"
    GROUP = "group"
    BUDDY = "buddy"
    SESSION = "session"
    SECURITY = "security"
    ANNOUNCEMENT = "announcement"


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(one.value) for one in values)})"


class Notification(Identified, Timestamped, Base):
    """One line for one person."""

    __tablename__ = "notifications"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(String(50))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    message: Mapped[str] = mapped_column(Text)
    action_url: Mapped[str | None] = mapped_column(Text)
    is_read: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    read_at: Mapped[datetime | None]
    details: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB, default=dict, server_default=text("'{}'::jsonb"))
    dedupe_key: Mapped[str | None] = mapped_column(String(LONGEST_KEY))

    __table_args__ = (
        CheckConstraint(_one_of("type", NotificationType), name="type_known"),
        CheckConstraint("is_read = (read_at IS NOT NULL)", name="read_has_time"),
        Index("ix_notifications_user_id_created_at", "user_id", "created_at", "id"),
        Index("ix_notifications_unread", "user_id", postgresql_where=text("NOT is_read")),
        Index("ix_notifications_created_at", "created_at"),
        Index(
            "ix_notifications_person",
            text(f"(metadata ->> '{PERSON}')"),
            postgresql_where=text(f"metadata ->> '{PERSON}' IS NOT NULL"),
        ),
        Index(
            "uq_notifications_user_id_dedupe_key",
            "user_id",
            "dedupe_key",
            unique=True,
            postgresql_where=text("dedupe_key IS NOT NULL"),
        ),
    )

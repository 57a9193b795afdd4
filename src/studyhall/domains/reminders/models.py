"""Tables of reminders."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.domains.reminders.rules import Kind
from studyhall.platform.database import Base, Identified, Timestamped


class Status(StrEnum):
    """Where a delivery stands: waiting for its job; told; nothing was to be told; or it was too late or unwanted."""

    QUEUED = "queued"
    SENT = "sent"
    NOTHING = "nothing"
    SKIPPED = "skipped"


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(one.value) for one in values)})"


class ReminderSchedule(Timestamped, Base):
    """When a person is told something next.

    Attributes:
        period: what comes next is about; None until the sweep has worked it out.
        next_due_at: UTC; None while nothing comes. The sweep asks for nothing else.
        is_stale: the person's habits changed at `next_due_at`: work it out anew.
    """

    __tablename__ = "reminder_schedules"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    period: Mapped[date | None]
    next_due_at: Mapped[datetime | None]
    is_stale: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        CheckConstraint(_one_of("kind", Kind), name="kind_known"),
        Index("ix_reminder_schedules_next_due_at", "next_due_at", postgresql_where=text("next_due_at IS NOT NULL")),
    )


class ReminderDelivery(Identified, Timestamped, Base):
    """That somebody was told something for a period, or why not. The unique key makes it once.

    Attributes:
        due_at: when it should have been told.
        note: why it was not told, or how it differed.
    """

    __tablename__ = "reminder_deliveries"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    period: Mapped[date]
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(10))
    note: Mapped[str | None] = mapped_column(String(200))
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("user_id", "kind", "period"),
        CheckConstraint(_one_of("kind", Kind), name="kind_known"),
        CheckConstraint(_one_of("status", Status), name="status_known"),
        CheckConstraint("(status = 'queued') = (settled_at IS NULL)", name="settled_has_time"),
        Index("ix_reminder_deliveries_created_at", "created_at"),
    )

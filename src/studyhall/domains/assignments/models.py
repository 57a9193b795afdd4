"""The table of assignments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, SoftDeleted, Timestamped


class Assignment(Identified, Timestamped, SoftDeleted, Base):
    """Something to hand in.

    Attributes:
        due_date: UTC.
        status: as it was last written; `rules.status_seen` says what it is now.
    """

    __tablename__ = "assignments"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    due_date: Mapped[datetime]
    priority: Mapped[str] = mapped_column(String(10), default="medium", server_default="medium")
    status: Mapped[str] = mapped_column(String(20), default="pending", server_default="pending")
    completed_at: Mapped[datetime | None]
    notes: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("priority IN ('high', 'medium', 'low')", name="priority_known"),
        CheckConstraint("status IN ('pending', 'in_progress', 'completed', 'overdue')", name="status_known"),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_has_time"),
        Index("ix_assignments_user_id_due_date", "user_id", "due_date", postgresql_where=text("deleted_at IS NULL")),
        Index("ix_assignments_course_id", "course_id"),
        # For the job that marks what is overdue.
        Index(
            "ix_assignments_open",
            "due_date",
            postgresql_where=text("status IN ('pending', 'in_progress') AND deleted_at IS NULL"),
        ),
    )

"""Tables of transfers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped


class CourseTransfer(Identified, Timestamped, Base):
    """A package that came in or went out.

    Attributes:
        direction: import or export.
        status: waiting (or being worked on), done, failed or cancelled.
        format: what the package turned out to be; null until it was read.
        course_id: of an import the course that it became, or that its questions are for.
        file_id: the package itself: of an import until it is done, of an export for a day.
        loss_report: what was not carried, as the task tells it.
        failure: why nothing was carried.
    """

    __tablename__ = "course_transfers"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id", ondelete="SET NULL"))
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("background_tasks.id", ondelete="SET NULL"))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("file_uploads.id", ondelete="SET NULL"))
    direction: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(10), default="waiting", server_default="waiting")
    format: Mapped[str | None] = mapped_column(String(30))
    file_name: Mapped[str] = mapped_column(String(255))
    loss_report: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'::jsonb"))
    failure: Mapped[str | None] = mapped_column(Text)
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("direction IN ('import', 'export')", name="direction_known"),
        CheckConstraint("status IN ('waiting', 'done', 'failed', 'cancelled')", name="status_known"),
        CheckConstraint("(status = 'waiting') = (finished_at IS NULL)", name="ended_has_time"),
        Index("ix_course_transfers_user_id_created_at", "user_id", "created_at"),
        Index("ix_course_transfers_course_id", "course_id"),
        Index("ix_course_transfers_task_id", "task_id"),
        Index("ix_course_transfers_file_id", "file_id", postgresql_where=text("file_id IS NOT NULL")),
    )

"""The table of tasks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped


class BackgroundTask(Identified, Timestamped, Base):
    """One piece of work; its state is one of `schemas.TaskState`.

    Attributes:
        kind: whose work it is, e.g. `academics.import_results`.
        progress: 0 to 100; never falls.
        message: what is being done, for people.
        error: why it failed, for people.
    """

    __tablename__ = "background_tasks"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    progress: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    message: Mapped[str | None] = mapped_column(String(500))
    result: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    loss_report: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    error: Mapped[str | None] = mapped_column(Text)
    cancel_requested: Mapped[bool] = mapped_column(default=False, server_default=false())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="state_known"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_bounded"),
        CheckConstraint(
            "(finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled'))", name="finished_when_over"
        ),
        Index("ix_background_tasks_user_id_created_at", "user_id", "created_at"),
    )

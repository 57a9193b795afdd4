"""The table of study plans."""

from datetime import date as Day
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.domains.planning.rules import LONGEST_MINUTES, SHORTEST_MINUTES
from studyhall.platform.database import Base, Identified, SoftDeleted, Timestamped

# A plan that ends at midnight ends on the day before.
_LAST_DAY = "CAST(date + start_time + planned_duration * interval '1 minute' - interval '1 microsecond' AS date)"


class StudyPlan(Identified, Timestamped, SoftDeleted, Base):
    """An intention to study.

    Attributes:
        date, start_time: the person's own wall time.
        planned_duration, actual_duration: minutes.
        status: as it was last written; `rules.status_seen` says what it is today.
        last_day: the day on which it ends.
    """

    __tablename__ = "study_plans"
    # The database's own `last_day` comes back with every insert and update.
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012 - the declarative base wants a plain attribute

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    topic: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    date: Mapped[Day]
    start_time: Mapped[time]
    planned_duration: Mapped[int] = mapped_column(SmallInteger)
    actual_duration: Mapped[int | None] = mapped_column(SmallInteger)
    priority: Mapped[str] = mapped_column(String(10), default="medium", server_default="medium")
    study_type: Mapped[str] = mapped_column(String(20), default="review", server_default="review")
    status: Mapped[str] = mapped_column(String(20), default="pending", server_default="pending")
    completed_at: Mapped[datetime | None]
    notes: Mapped[str | None] = mapped_column(Text)
    last_day: Mapped[Day] = mapped_column(Computed(_LAST_DAY, persisted=True))

    __table_args__ = (
        CheckConstraint("priority IN ('high', 'medium', 'low')", name="priority_known"),
        CheckConstraint("study_type IN ('review', 'new_material', 'practice')", name="study_type_known"),
        CheckConstraint("status IN ('pending', 'in_progress', 'completed', 'missed')", name="status_known"),
        CheckConstraint(
            f"planned_duration BETWEEN {SHORTEST_MINUTES} AND {LONGEST_MINUTES}", name="planned_duration_bounded"
        ),
        CheckConstraint("actual_duration BETWEEN 1 AND 1440", name="actual_duration_bounded"),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_has_time"),
        Index(
            "ix_study_plans_user_id_date", "user_id", "date", "start_time", postgresql_where=text("deleted_at IS NULL")
        ),
        Index("ix_study_plans_course_id", "course_id"),
        # For the job that marks what was missed.
        Index(
            "ix_study_plans_open",
            "last_day",
            postgresql_where=text("status IN ('pending', 'in_progress') AND deleted_at IS NULL"),
        ),
    )

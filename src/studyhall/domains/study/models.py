"""Tables of study time. What a session counts on which day is `study_session_days`; the rest follows from it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.database import Base, Identified, SoftDeleted, Timestamped

MOST_NOTES = 5_000


class StudyClock(Base):
    """One row per person; whoever changes his study time locks it first, so that no two changes overlap."""

    __tablename__ = "study_clocks"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class StudySession(Identified, Timestamped, SoftDeleted, Base):
    """A stretch of study; running while `ended_at` is null.

    Attributes:
        time_zone, day_start_hour: the study calendar it was begun under and keeps.
        study_day: the day it began on, in that calendar.
        pauses: finished pauses as [[start, end], …], ISO 8601, in order.
        duration_seconds: what counts, without pauses; 0 while running.
    """

    __tablename__ = "study_sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id", ondelete="SET NULL"))
    plan_id: Mapped[UUID | None] = mapped_column(ForeignKey("study_plans.id", ondelete="SET NULL"))
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups.id", ondelete="SET NULL"))
    source: Mapped[str] = mapped_column(String(10))
    time_zone: Mapped[str] = mapped_column(String(64))
    day_start_hour: Mapped[int] = mapped_column(SmallInteger)
    study_day: Mapped[date]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    last_heartbeat_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    pauses: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    duration_seconds: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    paused_seconds: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    notes: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("source IN ('timer', 'manual', 'plan', 'call')", name="source_known"),
        CheckConstraint("ended_at IS NULL OR ended_at > started_at", name="ends_after_start"),
        CheckConstraint("ended_at IS NULL OR ended_at <= started_at + interval '24 hours'", name="at_most_a_day"),
        CheckConstraint("(ended_at IS NULL) = (duration_seconds = 0)", name="counts_once_ended"),
        CheckConstraint("duration_seconds BETWEEN 0 AND 86400", name="duration_bounded"),
        CheckConstraint("paused_seconds >= 0", name="paused_not_negative"),
        CheckConstraint("day_start_hour BETWEEN 0 AND 23", name="day_start_hour_known"),
        CheckConstraint(f"char_length(notes) <= {MOST_NOTES}", name="notes_bounded"),
        # The database itself refuses a second running session.
        Index(
            "uq_study_sessions_one_running",
            "user_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND deleted_at IS NULL"),
        ),
        Index("ix_study_sessions_user_id_started_at", "user_id", "started_at"),
        Index("ix_study_sessions_course_id", "course_id", postgresql_where=text("course_id IS NOT NULL")),
        Index("ix_study_sessions_plan_id", "plan_id", postgresql_where=text("plan_id IS NOT NULL")),
        Index("ix_study_sessions_group_id", "group_id", postgresql_where=text("group_id IS NOT NULL")),
    )


class StudySessionDay(Base):
    """The part of an ended session that falls on one study day."""

    __tablename__ = "study_session_days"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("study_sessions.id", ondelete="CASCADE"), primary_key=True)
    study_day: Mapped[date] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    seconds: Mapped[int]

    __table_args__ = (
        CheckConstraint("seconds BETWEEN 1 AND 86400", name="seconds_bounded"),
        Index("ix_study_session_days_user_id_study_day", "user_id", "study_day", postgresql_include=["seconds"]),
    )


class StudyTotals(Base):
    """A person's study time over all ended sessions."""

    __tablename__ = "study_totals"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    total_seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    session_count: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    __table_args__ = (CheckConstraint("total_seconds >= 0 AND session_count >= 0", name="not_negative"),)

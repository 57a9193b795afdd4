"""The table of weekly reports."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, String, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped


class StoredReport(Identified, Timestamped, Base):
    """The report of one person's week as it was last computed.

    Attributes:
        week_start_date: a Monday; `week_end_date` its Sunday.
        total_seconds, planned_minutes, completion_rate, performance_trend: headline figures of `content`.
        content: `service.storing.Content` as JSON.
        time_zone, day_start_hour: the calendar it was computed under.
        ends_at: the first moment after the week in that calendar.
        is_final: computed after the week's end; nothing but its person's wish changes it any more.
        generated_at: when it was computed.
    """

    __tablename__ = "weekly_reports"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    week_start_date: Mapped[date]
    week_end_date: Mapped[date]
    total_seconds: Mapped[int]
    planned_minutes: Mapped[int]
    completion_rate: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    most_studied_course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id", ondelete="SET NULL"))
    least_studied_course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id", ondelete="SET NULL"))
    performance_trend: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    time_zone: Mapped[str] = mapped_column(String(64))
    day_start_hour: Mapped[int] = mapped_column(SmallInteger)
    ends_at: Mapped[datetime]
    is_final: Mapped[bool] = mapped_column(default=False, server_default=false())
    generated_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("user_id", "week_start_date"),
        CheckConstraint("extract(isodow FROM week_start_date) = 1", name="starts_on_monday"),
        CheckConstraint("week_end_date = week_start_date + 6", name="seven_days"),
        CheckConstraint("performance_trend IN ('improving', 'declining', 'stable')", name="performance_trend_known"),
        CheckConstraint("completion_rate BETWEEN 0 AND 100", name="completion_rate_bounded"),
        CheckConstraint("total_seconds >= 0 AND planned_minutes >= 0", name="not_negative"),
        Index("ix_weekly_reports_most_studied_course_id", "most_studied_course_id"),
        Index("ix_weekly_reports_least_studied_course_id", "least_studied_course_id"),
        # For the job that computes each report a last time.
        Index("ix_weekly_reports_open", "ends_at", "id", postgresql_where=text("NOT is_final")),
    )

"""Accounts and preferences."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, SoftDeleted, Timestamped

EMPTY_OBJECT = text("'{}'::jsonb")


class User(Identified, Timestamped, SoftDeleted, Base):
    """An account. E-mail and username are unique without regard to case; a closing account keeps its own, so that it
    can come back.

    Attributes:
        deleted_at: when its owner closed it.
        deletion_due_at: when it is erased for good.
    """

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(254))
    username: Mapped[str] = mapped_column(String(256))
    first_name: Mapped[str] = mapped_column(String(128))
    last_name: Mapped[str] = mapped_column(String(128), default="", server_default="")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    email_verified_at: Mapped[datetime | None]
    avatar_url: Mapped[str | None]
    university: Mapped[str | None] = mapped_column(String(255))
    semester: Mapped[str | None] = mapped_column(String(100))
    phone_number: Mapped[str | None] = mapped_column(String(50))
    address: Mapped[str | None] = mapped_column(String(1024))
    city: Mapped[str | None] = mapped_column(String(256))
    state: Mapped[str | None] = mapped_column(String(256))
    zip_code: Mapped[str | None] = mapped_column(String(50))
    country: Mapped[str | None] = mapped_column(String(2))
    onboarding_completed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    onboarding_step: Mapped[str] = mapped_column(String(50), default="profile", server_default="profile")
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    deletion_due_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_users_email_lower", func.lower(text("email")), unique=True),
        Index("uq_users_username_lower", func.lower(text("username")), unique=True),
        Index("ix_users_created_at", "created_at"),
        Index("ix_users_deletion_due_at", "deletion_due_at", postgresql_where=text("deletion_due_at IS NOT NULL")),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country_is_iso"),
    )

    @property
    def name(self) -> str:
        """First and last name as one."""
        return f"{self.first_name} {self.last_name}".strip()


class UserPreferences(Timestamped, Base):
    """Times, channels, zone and visibility; one row per account from its first moment."""

    __tablename__ = "user_preferences"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    morning_email_time: Mapped[time] = mapped_column(default=time(7), server_default=text("'07:00'"))
    reminder_time: Mapped[time] = mapped_column(default=time(21), server_default=text("'21:00'"))
    email_notifications: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    push_notifications: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    morning_email_enabled: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    reminder_email_enabled: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    due_email_enabled: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    weekly_report_enabled: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    weekly_report_day: Mapped[str] = mapped_column(String(9), default="sunday", server_default="sunday")
    weekly_report_time: Mapped[time] = mapped_column(default=time(20), server_default=text("'20:00'"))
    timezone: Mapped[str] = mapped_column(String(64), default="UTC", server_default="UTC")
    day_start_hour: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    language: Mapped[str] = mapped_column(String(16), default="en", server_default="en")
    profile_visibility: Mapped[str] = mapped_column(String(10), default="public", server_default="public")
    leaderboard_opt_in: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    leaderboard_anonymous: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=EMPTY_OBJECT)

    __table_args__ = (
        CheckConstraint(
            "weekly_report_day IN ('monday','tuesday','wednesday','thursday','friday','saturday','sunday')",
            name="weekly_report_day_known",
        ),
        CheckConstraint("day_start_hour BETWEEN 0 AND 23", name="day_start_hour_in_day"),
        CheckConstraint("profile_visibility IN ('public','private')", name="profile_visibility_known"),
    )

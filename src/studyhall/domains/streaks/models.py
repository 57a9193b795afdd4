"""Tables of streaks: three kinds of causes, and what follows from them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.database import Base


class StudyDayMark(Base):
    """A day that counts for the streak by something else than a session, once per cause.

    Attributes:
        taken_back_at: since when its cause is undone. The row stays, so that a restored cause counts on the same day.
    """

    __tablename__ = "study_day_marks"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    cause: Mapped[str] = mapped_column(String(20), primary_key=True)
    cause_id: Mapped[UUID] = mapped_column(primary_key=True)
    study_day: Mapped[date]
    taken_back_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_study_day_marks_user_id_study_day", "user_id", "study_day"),)


class StreakDayOff(Base):
    """A day that cannot be missed: planned beforehand, or skipped by a move to another zone."""

    __tablename__ = "streak_days_off"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    study_day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (CheckConstraint("reason IN ('planned', 'travel')", name="reason_known"),)


class StreakReset(Base):
    """The wish to start over, once a study day.

    Attributes:
        counts_from: the first day that may begin a chain again: the day itself unless it had counted already.
    """

    __tablename__ = "streak_resets"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    study_day: Mapped[date] = mapped_column(primary_key=True)
    counts_from: Mapped[date]
    reset_at: Mapped[datetime] = mapped_column(default=clock.now)


class StreakFreeze(Base):
    """A missed day on which a freeze was spent, up to the last studied day. Follows from the causes."""

    __tablename__ = "streak_freezes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    study_day: Mapped[date] = mapped_column(primary_key=True)


class UserStreak(Base):
    """A person's streak as it stood at the end of `last_active_date`; what is left of it today is computed."""

    __tablename__ = "streaks"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    current_streak: Mapped[int] = mapped_column(default=0)
    longest_streak: Mapped[int] = mapped_column(default=0)
    last_active_date: Mapped[date | None]
    streak_start_date: Mapped[date | None]
    freezes_held: Mapped[int] = mapped_column(SmallInteger, default=0)
    days_studied: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    __table_args__ = (
        CheckConstraint("current_streak BETWEEN 0 AND longest_streak", name="current_within_longest"),
        CheckConstraint("freezes_held BETWEEN 0 AND 2", name="freezes_bounded"),
    )

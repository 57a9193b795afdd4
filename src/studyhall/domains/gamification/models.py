"""Tables of gamification: awards, their sum, and what was unlocked."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.database import Base, Identified

STUDY, CHAPTER, QUIZ, DOUBT = "study", "chapter", "quiz", "doubt"


class XpAward(Identified, Base):
    """XP for one cause.

    Attributes:
        cause, cause_id: what it is for: a study session, a chapter, a quiz attempt, a doubt.
        study_day: the person's own day that it counts on. A session has an award for each day that it touches.
    """

    __tablename__ = "xp_awards"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    cause: Mapped[str] = mapped_column(String(10))
    cause_id: Mapped[UUID]
    study_day: Mapped[date]
    points: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint("cause IN ('study', 'chapter', 'quiz', 'doubt')", name="cause_known"),
        CheckConstraint("points BETWEEN 1 AND 240", name="points_bounded"),
        # The database itself refuses to pay twice for a cause.
        Index(
            "uq_xp_awards_study", "user_id", "cause_id", "study_day", unique=True,
            postgresql_where=text("cause = 'study'"),
        ),
        Index(
            "uq_xp_awards_cause", "user_id", "cause", "cause_id", unique=True,
            postgresql_where=text("cause <> 'study'"),
        ),
        Index("ix_xp_awards_user_id_study_day", "user_id", "study_day", "created_at"),
    )  # fmt: skip


class XpTotal(Base):
    """The sum of a person's awards."""

    __tablename__ = "xp_totals"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    xp: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (CheckConstraint("xp >= 0", name="not_negative"),)


class UserAchievement(Base):
    """An achievement that a person has unlocked: once, and for good."""

    __tablename__ = "user_achievements"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    achievement: Mapped[str] = mapped_column(String(50), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

"""What people say of themselves, agree to, and whom they keep away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, func, text
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.database import Base, Identified, Timestamped

EMPTY_OBJECT = text("'{}'::jsonb")
EMPTY_LIST = text("'[]'::jsonb")


class StudyPreferences(Timestamped, Base):
    """What onboarding asks: subjects, goals, times and style; the study buddies read it later."""

    __tablename__ = "study_preferences"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    subjects: Mapped[list[Any]] = mapped_column(default=list, server_default=EMPTY_LIST)
    goals: Mapped[list[Any]] = mapped_column(default=list, server_default=EMPTY_LIST)
    available_times: Mapped[list[Any]] = mapped_column(default=list, server_default=EMPTY_LIST)
    skill_levels: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=EMPTY_OBJECT)
    learning_style: Mapped[str | None] = mapped_column(String(50))
    study_pace: Mapped[str | None] = mapped_column(String(50))
    collaboration_pref: Mapped[str | None] = mapped_column(String(50))
    daily_goal_minutes: Mapped[int | None]
    max_study_buddies: Mapped[int] = mapped_column(SmallInteger, default=5, server_default=text("5"))
    is_findable: Mapped[bool] = mapped_column(default=True, server_default=text("true"))

    __table_args__ = (CheckConstraint("daily_goal_minutes BETWEEN 1 AND 1440", name="daily_goal_in_day"),)


class UserTag(Identified, Timestamped, Base):
    """A skill or an interest, with an own rating."""

    __tablename__ = "user_tags"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    tag_name: Mapped[str] = mapped_column(String(255))
    tag_value: Mapped[str | None] = mapped_column(String(1000))
    master_tag_id: Mapped[UUID | None] = mapped_column(ForeignKey("tags.id", ondelete="SET NULL"), index=True)
    rating_score: Mapped[int | None] = mapped_column(SmallInteger)
    source_type: Mapped[str] = mapped_column(String(10), default="manual", server_default="manual")
    is_verified: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        Index("uq_user_tags_user_id_tag_name_lower", "user_id", func.lower(text("tag_name")), unique=True),
        CheckConstraint("rating_score BETWEEN 1 AND 10", name="rating_1_to_10"),
        CheckConstraint("source_type IN ('manual','ai','imported')", name="source_known"),
    )


class UserConsent(Identified, Base):
    """A consent given or withdrawn. Append-only: the newest row of a kind is what holds."""

    __tablename__ = "user_consents"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(50))
    is_given: Mapped[bool]
    wording: Mapped[str] = mapped_column(String(50))
    address: Mapped[str | None] = mapped_column(INET)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (Index("ix_user_consents_newest", "user_id", "kind", "created_at"),)


class Block(Timestamped, Base):
    """One person keeps another away, and may have told us why."""

    __tablename__ = "blocks"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    blocked_user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    is_reported: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(String(1000))

    __table_args__ = (CheckConstraint("user_id <> blocked_user_id", name="not_oneself"),)

"""Tables of content."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped


class ContentSource(Identified, Timestamped, Base):
    """A list of content elsewhere.

    Attributes:
        slug: its name in small letters and underscores, for the search's filter.
        api_key_encrypted: bound to the row's id.
        validators: what the list was like at its last whole crawl.
        next_crawl_at: when it is crawled by itself.
        crawling_until: one crawl holds it until then, or until it ends.
    """

    __tablename__ = "content_sources"

    name: Mapped[str] = mapped_column(String(100))
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    base_url: Mapped[str] = mapped_column(String(2000))
    api_key_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_active: Mapped[bool] = mapped_column(default=True)
    validators: Mapped[dict[str, Any]] = mapped_column(default=dict)
    last_crawled_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(500))
    next_crawl_at: Mapped[datetime]
    crawling_until: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("kind IN ('youtube', 'feed', 'sitemap')", name="kind_known"),)


class ContentItem(Identified, Timestamped, Base):
    """Something to learn from.

    Attributes:
        changed_at: when its source says that it changed.
        quality_score: 0 to 1, see `rules.quality`.
        words: of title and topics, for recommending.
    """

    __tablename__ = "content_items"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("content_sources.id", ondelete="CASCADE"))
    external_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(500))
    description: Mapped[str] = mapped_column(Text)
    content_url: Mapped[str] = mapped_column(String(2000))
    thumbnail_url: Mapped[str | None] = mapped_column(String(2000))
    duration_seconds: Mapped[int | None]
    difficulty_level: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(10))
    topics: Mapped[list[Any]]
    quality_score: Mapped[Decimal] = mapped_column(Numeric(3, 2))
    view_count: Mapped[int | None] = mapped_column(BigInteger)
    like_count: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[datetime | None]
    words: Mapped[list[str]] = mapped_column(ARRAY(Text))

    __table_args__ = (
        UniqueConstraint("source_id", "external_id"),
        CheckConstraint("difficulty_level IN ('beginner', 'intermediate', 'advanced')", name="difficulty_known"),
        CheckConstraint("duration_seconds > 0", name="duration_positive"),
        CheckConstraint("quality_score BETWEEN 0 AND 1", name="quality_in_range"),
    )


Index("ix_content_items_words", ContentItem.words, postgresql_using="gin")
Index("ix_content_items_quality_score", ContentItem.quality_score.desc(), ContentItem.id)


class ContentProgress(Timestamped, Base):
    """How far somebody has watched an item; no column ever says less than it did, but for the position."""

    __tablename__ = "content_progress"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    content_id: Mapped[UUID] = mapped_column(
        ForeignKey("content_items.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    last_position: Mapped[int]
    watch_time_seconds: Mapped[int]
    is_completed: Mapped[bool]
    completed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("last_position >= 0 AND watch_time_seconds >= 0", name="not_negative"),
        CheckConstraint("is_completed = (completed_at IS NOT NULL)", name="completed_has_its_time"),
        Index("ix_content_progress_user_id_updated_at", "user_id", "updated_at"),
    )

"""What content looks like from outside."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints

from studyhall.domains.content.models import ContentProgress, ContentSource
from studyhall.domains.content.queries import Row
from studyhall.domains.content.rules import MOST_WATCHED
from studyhall.platform.web import Choice, Pagination, Schema


class Difficulty(Choice):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Duration(Choice):
    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


class SourceKind(Choice):
    YOUTUBE = "youtube"
    FEED = "feed"
    SITEMAP = "sitemap"


class SourceBrief(Schema):
    """Where an item comes from."""

    id: UUID
    name: str = Field(examples=["MIT OpenCourseWare"])
    type: SourceKind


class ProgressItem(Schema):
    """How far one has watched, in seconds."""

    last_position: int
    watch_time_seconds: int
    is_completed: bool
    completed_at: datetime | None
    updated_at: datetime

    @classmethod
    def of(cls, row: ContentProgress) -> Self:
        """The progress."""
        return cls.model_validate(row, from_attributes=True)


class ContentOut(Schema):
    """Something to learn from, with my progress."""

    id: UUID
    title: str
    description: str
    content_url: str
    thumbnail_url: str | None
    duration_seconds: int | None
    difficulty_level: Difficulty | None
    language: str = Field(examples=["en"])
    quality_score: float = Field(ge=0, le=1)
    view_count: int | None
    like_count: int | None
    source: SourceBrief
    topics: list[str]
    progress: ProgressItem | None

    @classmethod
    def of(cls, row: Row) -> Self:
        """The item with its source and the reader's progress."""
        item, source, progress = row
        names = cls.model_fields.keys() - {"source", "progress"}
        return cls.model_validate(
            {
                **{name: getattr(item, name) for name in names},
                "source": SourceBrief(id=source.id, name=source.name, type=SourceKind(source.kind)),
                "progress": None if progress is None else ProgressItem.of(progress),
            }
        )


class Results(Schema):
    """A page of what was found."""

    results: list[ContentOut]
    pagination: Pagination


class ContentAnswer(Schema):
    """One item."""

    content: ContentOut


class Recommended(Schema):
    """An item and why it is recommended."""

    content: ContentOut
    score: float
    reason: str = Field(examples=["Recursion is a topic of one of your courses."])


class Recommendations(Schema):
    """What to watch next, the best first."""

    recommendations: list[Recommended]


class ProgressTold(Schema):
    """How far one is, in seconds. The watch time is the whole of it, and never shrinks."""

    last_position: int = Field(ge=0, le=MOST_WATCHED, examples=[450])
    watch_time_seconds: int = Field(0, ge=0, le=MOST_WATCHED, examples=[300])
    is_completed: bool = False


class ProgressAnswer(Schema):
    """My progress on one item."""

    progress: ProgressItem
    completed_now: bool


class NewSource(Schema):
    """A source of content."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] = Field(
        examples=["MIT OpenCourseWare"]
    )
    type: SourceKind = Field(examples=["feed"])
    base_url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=2000)] = Field(
        examples=["https://ocw.example.org/feed.xml"],
        description="A feed, a sitemap, or a channel or playlist of YouTube.",
    )
    api_key: SecretStr | None = Field(
        None, min_length=8, max_length=500, description="YouTube only; never shown again."
    )


class SourceItem(Schema):
    """A source as an administrator sees it."""

    id: UUID
    name: str
    type: SourceKind
    base_url: str
    has_api_key: bool
    is_active: bool
    is_crawling: bool
    last_crawled_at: datetime | None
    last_error: str | None
    next_crawl_at: datetime

    @classmethod
    def of(cls, row: ContentSource, now: datetime) -> Self:
        """The source; its key stays inside."""
        return cls(
            id=row.id,
            name=row.name,
            type=SourceKind(row.kind),
            base_url=row.base_url,
            has_api_key=row.api_key_encrypted is not None,
            is_active=row.is_active,
            is_crawling=row.crawling_until is not None and row.crawling_until > now,
            last_crawled_at=row.last_crawled_at,
            last_error=row.last_error,
            next_crawl_at=row.next_crawl_at,
        )


class SourceAnswer(Schema):
    """One source."""

    source: SourceItem


class SourceList(Schema):
    """A page of sources."""

    sources: list[SourceItem]
    pagination: Pagination


class Queued(Schema):
    """The task to poll; its result counts what was added and updated, its loss report tells what could not be read."""

    task_id: UUID

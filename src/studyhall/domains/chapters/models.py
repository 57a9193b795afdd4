"""Tables of chapters."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.database import Base, Identified, SoftDeleted, Timestamped

LONGEST_TITLE = 255
LONGEST_EXTERNAL_ID = 500
LONGEST_IMAGE_NAME = 255


class Outline(Base):
    """A course's order of chapters; its row is the lock of the order.

    Attributes:
        version: counts additions, deletions and changes of order, for If-Match.
    """

    __tablename__ = "course_outlines"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))


class Chapter(Identified, Timestamped, SoftDeleted, Base):
    """A chapter, as written and as rendered.

    Attributes:
        external_id: what the package that it was imported from calls it.
        html: sanitised; images stand in it as `image:<name>`.
        plain_text: for search and citations.
        headings: level, text and anchor of each, in order.
        image_names: images that the HTML calls, as the course's images are named.
        word_count: of the plain text.
        position: from 1 without gaps among the living; null when deleted.
        former_position: where a deleted one stood.
        version: counts edits, for If-Match.
    """

    __tablename__ = "chapters"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    external_id: Mapped[str | None] = mapped_column(String(LONGEST_EXTERNAL_ID))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    markdown: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    plain_text: Mapped[str] = mapped_column(Text)
    headings: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    image_names: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    word_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    position: Mapped[int | None]
    former_position: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))

    __table_args__ = (
        # Deferred: a new order moves many at once, and only the whole must be right.
        UniqueConstraint("course_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("(deleted_at IS NULL) = (position IS NOT NULL)", name="living_has_position"),
        CheckConstraint("position > 0", name="position_positive"),
        Index(
            "uq_chapters_course_id_external_id",
            "course_id",
            "external_id",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )


class ChapterTopic(Base):
    """A tag: the chapter teaches the topic."""

    __tablename__ = "chapter_topics"

    chapter_id: Mapped[UUID] = mapped_column(ForeignKey("chapters.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index("ix_chapter_topics_topic_id", "topic_id"),)


class CourseImage(Identified, Timestamped, Base):
    """A picture that the chapters of a course may show, by its name."""

    __tablename__ = "course_images"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(LONGEST_IMAGE_NAME))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("file_uploads.id", ondelete="CASCADE"))

    __table_args__ = (UniqueConstraint("course_id", "name"), Index("ix_course_images_file_id", "file_id"))


class ChapterCompletion(Base):
    """Somebody has done a chapter: once, whatever happens to the chapter later.

    Attributes:
        study_day: the person's own study day then; a later change of zone does not move it.
    """

    __tablename__ = "chapter_completions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    chapter_id: Mapped[UUID] = mapped_column(ForeignKey("chapters.id", ondelete="CASCADE"), primary_key=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    completed_at: Mapped[datetime] = mapped_column(default=clock.now)
    study_day: Mapped[date]

    __table_args__ = (
        Index("ix_chapter_completions_user_id_course_id", "user_id", "course_id"),
        Index("ix_chapter_completions_chapter_id", "chapter_id"),
        Index("ix_chapter_completions_course_id", "course_id"),
    )

"""Tables of the question bank."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped


class Question(Identified, Timestamped, Base):
    """A question with its right answer.

    Attributes:
        owner_id: null once the account of somebody is gone whose course others still take.
        course_id: null for a question of nobody's but its owner; it falls with its course.
        chapter_id, topic_ids: what it is about. Without foreign keys: one that is gone asks for nothing any more.
        body: what the type adds, as `rules.drafts.body_json` writes it.
        html: sanitised HTML of every text by its key, see `rules.markup.rendered_texts`.
        feedback: Markdown by `general`, `correct`, `partial`, `incorrect`; empty ones are left out.
        source, external_id: where it came from, and its name there; an owner has each only once in a course.
    """

    __tablename__ = "questions"

    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    chapter_id: Mapped[UUID | None]
    topic_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), default=list, server_default=sql("'{}'"))
    type: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(255), default="", server_default="")
    text: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    html: Mapped[dict[str, Any]] = mapped_column(JSONB)
    feedback: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=sql("'{}'::jsonb"))
    points: Mapped[Decimal] = mapped_column(Numeric(9, 4), default=Decimal(1), server_default=sql("1"))
    tags: Mapped[list[str]] = mapped_column(ARRAY(String(100)), default=list, server_default=sql("'{}'"))
    category: Mapped[str] = mapped_column(String(500), default="", server_default="")
    source: Mapped[str] = mapped_column(String(30), default="authored", server_default="authored")
    external_id: Mapped[str | None] = mapped_column(String(255))
    archived_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "type IN ('single_choice', 'multiple_choice', 'true_false', 'short_answer', 'numeric', 'matching',"
            " 'ordering')",
            name="type_known",
        ),
        CheckConstraint("jsonb_typeof(body) = 'object'", name="body_object"),
        CheckConstraint("points >= 0", name="points_not_negative"),
        Index("ix_questions_course_id", "course_id", "chapter_id"),
        Index("ix_questions_chapter_id", "chapter_id"),
        Index("ix_questions_topic_ids", "topic_ids", postgresql_using="gin"),
        Index(
            "uq_questions_external",
            "owner_id",
            "course_id",
            "source",
            "external_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=sql("external_id IS NOT NULL AND owner_id IS NOT NULL"),
        ),
    )

"""Tables of courses."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.database import Base, Identified, SoftDeleted, Timestamped

DEFAULT_COLOR = "blue"
DEFAULT_CREDITS = 3
LONGEST_EXTERNAL_ID = 255


class Course(Identified, Timestamped, SoftDeleted, Base):
    """A course; its `name` is what one specification calls title.

    Attributes:
        owner_id: null once the account of a published course's owner is gone.
        prerequisites: what one should know before, as texts in order.
        external_id: what the package that it was imported from calls it; an owner has one living course of each.
        chapters_count: living chapters; the chapters domain keeps it.
        version: counts changes of the course itself, for If-Match.
    """

    __tablename__ = "courses"

    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(255))
    code: Mapped[str] = mapped_column(String(50))
    credits: Mapped[int] = mapped_column(SmallInteger, default=DEFAULT_CREDITS, server_default=text("3"))
    instructor: Mapped[str | None] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    prerequisites: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    visibility: Mapped[str] = mapped_column(String(10), default="private", server_default="private")
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    subject_id: Mapped[UUID | None] = mapped_column(ForeignKey("subjects.id", ondelete="SET NULL"))
    external_id: Mapped[str | None] = mapped_column(String(LONGEST_EXTERNAL_ID))
    chapters_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))

    __table_args__ = (
        CheckConstraint("credits BETWEEN 1 AND 6", name="credits_bounded"),
        CheckConstraint("visibility IN ('private', 'published')", name="visibility_known"),
        CheckConstraint("visibility = 'private' OR published_at IS NOT NULL", name="published_has_date"),
        CheckConstraint("jsonb_typeof(prerequisites) = 'array'", name="prerequisites_list"),
        CheckConstraint("chapters_count >= 0", name="chapters_count_not_negative"),
        Index("ix_courses_subject_id", "subject_id"),
        Index(
            "uq_courses_owner_id_external_id",
            "owner_id",
            "external_id",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_courses_owner_id", "owner_id", postgresql_where=text("deleted_at IS NULL")),
        Index(
            "ix_courses_catalogue",
            "name",
            "id",
            postgresql_where=text("visibility = 'published' AND deleted_at IS NULL"),
        ),
    )


class Enrollment(Base):
    """A person's taking of a course; over when `left_at` is set."""

    __tablename__ = "enrollments"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    semester: Mapped[str | None] = mapped_column(String(100))
    academic_year: Mapped[str | None] = mapped_column(String(20))
    color: Mapped[str] = mapped_column(String(50), default=DEFAULT_COLOR, server_default=DEFAULT_COLOR)
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    enrolled_at: Mapped[datetime] = mapped_column(default=clock.now)
    left_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_enrollments_course_id", "course_id"),)

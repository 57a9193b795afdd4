"""Tables of grades."""

from datetime import date as Day
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Numeric, String, Text, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, SoftDeleted, Timestamped

DEFAULT_SCALE = "us_4"
DEFAULT_REPEATS = "latest"


class Result(Identified, Timestamped, SoftDeleted, Base):
    """One assessment with its score.

    Attributes:
        percentage: of the score in its maximum, computed by the database.
        grade: as it was written on the paper; null when nobody said.
        weight: percent of the course's final grade; null when nobody said.
        is_dropped: marked by the person as not counting.
    """

    __tablename__ = "academic_results"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    assessment_type: Mapped[str] = mapped_column(String(20))
    assessment_name: Mapped[str | None] = mapped_column(String(255))
    score: Mapped[Decimal] = mapped_column(Numeric(11, 5))
    max_score: Mapped[Decimal] = mapped_column(Numeric(11, 5), default=Decimal(100), server_default=text("100"))
    percentage: Mapped[Decimal] = mapped_column(
        Numeric(5, 2), Computed("round(score * 100 / max_score, 2)", persisted=True)
    )
    grade: Mapped[str | None] = mapped_column(String(5))
    weight: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    is_dropped: Mapped[bool] = mapped_column(default=False, server_default=false())
    semester: Mapped[str] = mapped_column(String(100))
    date: Mapped[Day]
    notes: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint(
            "assessment_type IN ('quiz', 'midterm', 'final', 'assignment', 'project')", name="assessment_type_known"
        ),
        CheckConstraint("score >= 0", name="score_positive"),
        CheckConstraint("max_score > 0", name="max_score_positive"),
        CheckConstraint("score <= max_score", name="score_not_exceed_max"),
        CheckConstraint("weight BETWEEN 0 AND 100", name="weight_bounded"),
        Index("ix_academic_results_user_id_date", "user_id", "date", "id", postgresql_where=text("deleted_at IS NULL")),
        Index(
            "ix_academic_results_user_id_course_id",
            "user_id",
            "course_id",
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_academic_results_course_id", "course_id"),
    )


class CourseGrading(Timestamped, Base):
    """How one person is graded in one course, where it differs from the ordinary.

    Attributes:
        grading: `graded`, or `pass_fail`, which stays out of the GPA.
        credits: instead of those of the course; 0 is possible, 7.5 too.
        final_grade: the official one; it replaces what the results would give.
        final_scale: the scale that it is of, also when the person has chosen another since.
        repeats_course_id: the earlier course that this one repeats.
        drop_lowest: assessment type -> how many of the lowest results are left out.
    """

    __tablename__ = "course_gradings"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    grading: Mapped[str] = mapped_column(String(10), default="graded", server_default="graded")
    credits: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    final_grade: Mapped[str | None] = mapped_column(String(10))
    final_scale: Mapped[str | None] = mapped_column(String(20))
    repeats_course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id", ondelete="SET NULL"))
    drop_lowest: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'::jsonb"))

    __table_args__ = (
        CheckConstraint("grading IN ('graded', 'pass_fail')", name="grading_known"),
        CheckConstraint("credits BETWEEN 0 AND 100", name="credits_bounded"),
        CheckConstraint("repeats_course_id <> course_id", name="repeats_another"),
        CheckConstraint("jsonb_typeof(drop_lowest) = 'object'", name="drop_lowest_object"),
        Index("ix_course_gradings_course_id", "course_id"),
        Index("ix_course_gradings_repeats_course_id", "repeats_course_id"),
    )


class GradingPreference(Timestamped, Base):
    """A person's scale. Its row is also what his writers lock, so that weights are added up one after another.

    Attributes:
        scale: key of `scales.public.SCALES`.
        repeats: which taking of a repeated course counts in the cumulative GPA: `latest`, `best` or `all`.
    """

    __tablename__ = "grading_preferences"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    scale: Mapped[str] = mapped_column(String(20), default=DEFAULT_SCALE, server_default=DEFAULT_SCALE)
    repeats: Mapped[str] = mapped_column(String(10), default=DEFAULT_REPEATS, server_default=DEFAULT_REPEATS)

    __table_args__ = (CheckConstraint("repeats IN ('latest', 'best', 'all')", name="repeats_known"),)

"""Tables of quizzes, their attempts and answers."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, SoftDeleted, Timestamped

AUTHORED, GENERATED, IMPORTED = "authored", "generated", "imported"
DEFAULT_PASSING = Decimal("0.7")


class Quiz(Identified, Timestamped, SoftDeleted, Base):
    """A quiz.

    Attributes:
        owner_id: null once the account of its author is gone.
        course_id: null for a generated quiz of no course, which is its owner's alone.
        chapter_id: what it is about; without foreign key, a chapter that is gone takes no quiz along.
        source, external_id: where it came from and what the package calls it.
        passing_score: share of the points that passes it, 0 to 1.
        time_limit_seconds, attempts_allowed: null for none.
        is_published: whether those who see the course see it; else only who may edit it.
    """

    __tablename__ = "quizzes"

    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    chapter_id: Mapped[UUID | None]
    title: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text, default="", server_default="")
    source: Mapped[str] = mapped_column(String(20), default=AUTHORED, server_default=AUTHORED)
    external_id: Mapped[str | None] = mapped_column(String(255))
    passing_score: Mapped[Decimal] = mapped_column(Numeric(4, 3), default=DEFAULT_PASSING, server_default=sql("0.7"))
    time_limit_seconds: Mapped[int | None]
    attempts_allowed: Mapped[int | None]
    shuffle: Mapped[bool] = mapped_column(default=True, server_default=sql("true"))
    is_published: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    is_premium: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    questions_count: Mapped[int] = mapped_column(default=0, server_default=sql("0"))

    __table_args__ = (
        CheckConstraint("source IN ('authored', 'generated', 'imported')", name="source_known"),
        CheckConstraint("passing_score BETWEEN 0 AND 1", name="passing_score_is_share"),
        CheckConstraint("time_limit_seconds > 0", name="time_limit_positive"),
        CheckConstraint("attempts_allowed > 0", name="attempts_positive"),
        Index(
            "uq_quizzes_external",
            "owner_id",
            "course_id",
            "external_id",
            unique=True,
            postgresql_where=sql("external_id IS NOT NULL AND owner_id IS NOT NULL"),
        ),
    )


class QuizQuestion(Base):
    """A question's place in a quiz, and what it counts there."""

    __tablename__ = "quiz_questions"

    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[UUID] = mapped_column(
        ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]
    points: Mapped[Decimal] = mapped_column(Numeric(9, 4))

    __table_args__ = (CheckConstraint("points >= 0", name="points_not_negative"),)


class QuizAttempt(Identified, Timestamped, Base):
    """A person's going through a quiz: one open one at most, and numbered, so that none is doubled.

    Attributes:
        number: from 1, of the person's attempts at the quiz.
        deadline_at: null without time limit.
        score: share of the points, 0 to 1.
        topics: `[{topic_id, score, questions}]`, how it went by topic.
    """

    __tablename__ = "quiz_attempts"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    graded_at: Mapped[datetime | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))
    passed: Mapped[bool | None]
    topics: Mapped[list[Any]] = mapped_column(default=list, server_default=sql("'[]'::jsonb"))

    __table_args__ = (
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_is_share"),
        CheckConstraint("(graded_at IS NULL) = (score IS NULL)", name="graded_has_score"),
        Index("uq_quiz_attempts_open", "user_id", "quiz_id", unique=True, postgresql_where=sql("graded_at IS NULL")),
        Index("uq_quiz_attempts_number", "user_id", "quiz_id", "number", unique=True),
        Index("ix_quiz_attempts_user_id_started_at", "user_id", "started_at"),
        # For the job that grades what ran out of time.
        Index("ix_quiz_attempts_deadline", "deadline_at", postgresql_where=sql("graded_at IS NULL")),
    )


class QuizAnswer(Base):
    """A question of an attempt with the answer so far; `score` is null until the attempt is graded.

    The question has no foreign key: what was answered stays answered when the question is gone.
    """

    __tablename__ = "quiz_answers"

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("quiz_attempts.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int]
    points: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    answer: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    answered_at: Mapped[datetime | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))

    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 1", name="score_is_share"),)

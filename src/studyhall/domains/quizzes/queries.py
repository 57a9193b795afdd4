"""Reading quizzes and attempts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, null, select
from sqlalchemy.orm import aliased

from studyhall.domains.quizzes.models import Quiz, QuizAnswer, QuizAttempt, QuizQuestion
from studyhall.domains.quizzes.policy import seen_by
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, page_of


@dataclass(frozen=True, slots=True)
class Mine:
    """How the viewer stands with a quiz.

    Attributes:
        attempts: all that he began, the open one too.
        best_score: 0 to 1, None before the first is graded.
    """

    attempts: int = 0
    best_score: Decimal | None = None
    open_attempt_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of an attempt."""

    question_id: UUID
    position: int
    points: Decimal
    answer: Any = None
    answered_at: datetime | None = None
    score: Decimal | None = None


def _quizzes(actor: Actor | None) -> Select[*tuple[Any, ...]]:
    """Quizzes that the actor sees, each with how he stands; one statement for all."""
    if actor is None:
        return select(Quiz, null(), null(), null()).where(seen_by(None))
    mine = aliased(QuizAttempt)
    his = (mine.quiz_id == Quiz.id) & (mine.user_id == actor.user_id)
    number = select(func.count()).select_from(mine).where(his).scalar_subquery()
    best = select(func.max(mine.score)).where(his).scalar_subquery()
    open_ = select(mine.id).where(his, mine.graded_at.is_(None)).scalar_subquery()
    return select(Quiz, number, best, open_).where(seen_by(actor))


def standing(row: Any) -> tuple[Quiz, Mine]:
    """A row of `_quizzes`."""
    quiz, number, best, open_ = row
    return quiz, Mine(number or 0, best, open_)


async def quiz_seen(uow: UnitOfWork, actor: Actor | None, quiz_id: UUID) -> tuple[Quiz, Mine] | None:
    found = (await uow.session.execute(_quizzes(actor).where(Quiz.id == quiz_id))).one_or_none()
    return None if found is None else standing(found)


async def page_of_course(uow: UnitOfWork, actor: Actor, course_id: UUID, listing: ListQuery) -> Page[Any]:
    rows = _quizzes(actor).where(Quiz.course_id == course_id)
    return await page_of(uow, rows, listing, order=(Quiz.created_at.asc(),), tie=Quiz.id)


async def quiz_locked(uow: UnitOfWork, quiz_id: UUID) -> Quiz | None:
    """The quiz, deleted too, its row locked."""
    chosen = select(Quiz).where(Quiz.id == quiz_id).with_for_update().execution_options(populate_existing=True)
    return (await uow.session.scalars(chosen)).one_or_none()


async def questions_of(uow: UnitOfWork, quiz_id: UUID) -> list[Asked]:
    """The questions of a quiz in its order."""
    found = await uow.session.execute(
        select(QuizQuestion.question_id, QuizQuestion.position, QuizQuestion.points)
        .where(QuizQuestion.quiz_id == quiz_id)
        .order_by(QuizQuestion.position, QuizQuestion.question_id)
    )
    return [Asked(*row) for row in found]


async def practised(uow: UnitOfWork, question_ids: Collection[UUID]) -> set[UUID]:
    """Those of the questions that a published quiz asks which anybody may take as often as he likes."""
    found = await uow.session.scalars(
        select(QuizQuestion.question_id)
        .join(Quiz, Quiz.id == QuizQuestion.quiz_id)
        .where(
            QuizQuestion.question_id.in_(question_ids),
            Quiz.is_published,
            Quiz.is_premium.is_(False),
            Quiz.time_limit_seconds.is_(None),
            Quiz.attempts_allowed.is_(None),
            Quiz.deleted_at.is_(None),
        )
    )
    return set(found)


async def asked_in(uow: UnitOfWork, attempt_id: UUID) -> list[Asked]:
    """What an attempt asks, with the answers so far."""
    found = await uow.session.execute(
        select(
            QuizAnswer.question_id,
            QuizAnswer.position,
            QuizAnswer.points,
            QuizAnswer.answer,
            QuizAnswer.answered_at,
            QuizAnswer.score,
        )
        .where(QuizAnswer.attempt_id == attempt_id)
        .order_by(QuizAnswer.position)
    )
    return [Asked(*row) for row in found]


async def open_attempt(uow: UnitOfWork, user_id: UUID, quiz_id: UUID) -> QuizAttempt | None:
    """The one that is not graded, its row locked."""
    chosen = (
        select(QuizAttempt)
        .where(QuizAttempt.user_id == user_id, QuizAttempt.quiz_id == quiz_id, QuizAttempt.graded_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await uow.session.scalars(chosen)).one_or_none()


async def attempt(
    uow: UnitOfWork, attempt_id: UUID, user_id: UUID | None, *, lock: bool = False
) -> tuple[QuizAttempt, Quiz] | None:
    """An attempt of that person (None: of anybody's) with its quiz, which may be deleted."""
    chosen = select(QuizAttempt, Quiz).join(Quiz, Quiz.id == QuizAttempt.quiz_id).where(QuizAttempt.id == attempt_id)
    if user_id is not None:
        chosen = chosen.where(QuizAttempt.user_id == user_id)
    if lock:
        chosen = chosen.with_for_update(of=QuizAttempt).execution_options(populate_existing=True)
    found = (await uow.session.execute(chosen)).one_or_none()
    return None if found is None else (found[0], found[1])


async def page_of_attempts(
    uow: UnitOfWork, user_id: UUID, listing: ListQuery, *, quiz_id: UUID | None = None, course_id: UUID | None = None
) -> Page[Any]:
    """The person's attempts with their quizzes, the latest first."""
    rows = select(QuizAttempt, Quiz).join(Quiz, Quiz.id == QuizAttempt.quiz_id).where(QuizAttempt.user_id == user_id)
    if quiz_id is not None:
        rows = rows.where(QuizAttempt.quiz_id == quiz_id)
    if course_id is not None:
        rows = rows.where(Quiz.course_id == course_id)
    return await page_of(uow, rows, listing, order=(QuizAttempt.started_at.desc(),), tie=QuizAttempt.id)


async def best_scores(uow: UnitOfWork, user_id: UUID, course_id: UUID) -> dict[UUID, Decimal]:
    """The person's best score by quiz of the course, of quizzes that are not deleted."""
    found = await uow.session.execute(
        select(QuizAttempt.quiz_id, func.max(QuizAttempt.score))
        .join(Quiz, Quiz.id == QuizAttempt.quiz_id)
        .where(
            QuizAttempt.user_id == user_id,
            Quiz.course_id == course_id,
            Quiz.deleted_at.is_(None),
            QuizAttempt.graded_at.is_not(None),
        )
        .group_by(QuizAttempt.quiz_id)
    )
    return {quiz_id: score for quiz_id, score in found if score is not None}


async def overdue(uow: UnitOfWork, moment: datetime, limit: int) -> Sequence[QuizAttempt]:
    """Open attempts whose time is up, locked; those that somebody else holds are left to him."""
    chosen = (
        select(QuizAttempt)
        .where(QuizAttempt.graded_at.is_(None), QuizAttempt.deadline_at < moment)
        .order_by(QuizAttempt.deadline_at, QuizAttempt.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await uow.session.scalars(chosen)).all()

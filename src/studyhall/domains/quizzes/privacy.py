"""What quizzes hold of a person: the quizzes he made, his attempts, his answers."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, update

from studyhall.domains.quizzes.models import GENERATED, Quiz, QuizAnswer, QuizAttempt, QuizQuestion
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

_PERSONAL = (Personal("quizzes", Quiz, owner="owner_id"), Personal("quiz_attempts", QuizAttempt))


def export(uow: UnitOfWork, user_id: UUID) -> dict[str, Rows]:
    """His quizzes with their questions, his attempts with their answers."""
    return {
        **streams(uow, user_id, _PERSONAL),
        "quiz_questions": _questions(uow, user_id),
        "quiz_answers": _answers(uow, user_id),
    }


async def _questions(uow: UnitOfWork, user_id: UUID) -> AsyncIterator[Mapping[str, Any]]:
    chosen = select(*QuizQuestion.__table__.columns).join(Quiz, Quiz.id == QuizQuestion.quiz_id)
    order = (QuizQuestion.quiz_id, QuizQuestion.position)
    async for row in await uow.session.stream(chosen.where(Quiz.owner_id == user_id).order_by(*order)):
        yield dict(row._mapping)


async def _answers(uow: UnitOfWork, user_id: UUID) -> AsyncIterator[Mapping[str, Any]]:
    chosen = select(*QuizAnswer.__table__.columns).join(QuizAttempt, QuizAttempt.id == QuizAnswer.attempt_id)
    order = (QuizAnswer.attempt_id, QuizAnswer.position)
    async for row in await uow.session.stream(chosen.where(QuizAttempt.user_id == user_id).order_by(*order)):
        yield dict(row._mapping)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete his attempts and the quizzes that are his alone; those of a course lose their author."""
    unseen = {"synchronize_session": False}
    mine = Quiz.owner_id == user_id
    alone = or_(Quiz.course_id.is_(None), Quiz.source == GENERATED)
    await uow.session.execute(delete(QuizAttempt).where(QuizAttempt.user_id == user_id).execution_options(**unseen))
    await uow.session.execute(delete(Quiz).where(mine, alone).execution_options(**unseen))
    await uow.session.execute(update(Quiz).where(mine).values(owner_id=None).execution_options(**unseen))

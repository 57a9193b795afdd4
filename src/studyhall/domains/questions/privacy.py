"""What the question bank holds of a person: the questions he wrote or imported."""

from uuid import UUID

from sqlalchemy import delete, update

from studyhall.domains.questions.models import Question
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

_QUESTIONS = Personal("questions", Question, owner="owner_id")


def export(uow: UnitOfWork, user_id: UUID) -> dict[str, Rows]:
    """His questions, with their answers."""
    return streams(uow, user_id, (_QUESTIONS,))


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete his own; those of a course lose their author, and fall with the course if that falls."""
    mine = Question.owner_id == user_id
    unseen = {"synchronize_session": False}
    await uow.session.execute(delete(Question).where(mine, Question.course_id.is_(None)).execution_options(**unseen))
    await uow.session.execute(update(Question).where(mine).values(owner_id=None).execution_options(**unseen))

"""The door of quizzes for other domains."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from studyhall.domains.quizzes import queries
from studyhall.domains.quizzes.service import importing
from studyhall.domains.quizzes.service.importing import QuizDraft
from studyhall.platform.uow import UnitOfWork

__all__ = ["QuizDraft", "put_imported", "scores_of_course"]


async def put_imported(uow: UnitOfWork, owner_id: UUID, course_id: UUID, drafts: Sequence[QuizDraft]) -> list[UUID]:
    """Make or rewrite quizzes by external id; they are seen only by whoever may edit the course, until published.

    The caller has seen to it that the owner may edit the course, and that the questions are the course's.
    """
    return await importing.put(uow, owner_id, course_id, drafts)


async def scores_of_course(uow: UnitOfWork, user_id: UUID, course_id: UUID) -> Mapping[UUID, float]:
    """What chapters ask (their port `QuizScores`): the person's best score, 0 to 1, by quiz."""
    return {quiz_id: float(score) for quiz_id, score in (await queries.best_scores(uow, user_id, course_id)).items()}

"""Quizzes that come in a package."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from studyhall.domains.quizzes.models import DEFAULT_PASSING, IMPORTED, Quiz
from studyhall.domains.quizzes.service.authoring import replace_questions
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class QuizDraft:
    """A quiz as a package tells it.

    Attributes:
        external_id: its name in the package, 255 characters at most; a second import updates by it.
        questions: ids of the bank with the points that each counts, in order, each once.
    """

    external_id: str
    title: str
    questions: Sequence[tuple[UUID, Decimal]]
    time_limit_seconds: int | None = None
    attempts_allowed: int | None = None
    description: str = ""
    passing_score: Decimal = DEFAULT_PASSING
    shuffle: bool = False
    chapter_id: UUID | None = None


async def put(uow: UnitOfWork, owner_id: UUID, course_id: UUID, drafts: Sequence[QuizDraft]) -> list[UUID]:
    """Make or rewrite the owner's quizzes of the course by external id; answers their ids in order.

    A deleted one comes back. Two imports at once end as one after the other.
    """
    named = f"quizzes:{owner_id}:{course_id}"
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(named, 0))))
    rows = await uow.session.scalars(
        select(Quiz).where(
            Quiz.owner_id == owner_id,
            Quiz.course_id == course_id,
            Quiz.external_id.in_([one.external_id for one in drafts]),
        )
    )
    known = {row.external_id: row for row in rows}
    ids = []
    for draft in drafts:
        quiz = known.get(draft.external_id)
        if quiz is None:
            quiz = Quiz(owner_id=owner_id, course_id=course_id, source=IMPORTED, external_id=draft.external_id)
            known[draft.external_id] = quiz
            uow.session.add(quiz)
        placed = list(dict(draft.questions).items())
        for name in (
            "title", "description", "time_limit_seconds", "attempts_allowed", "passing_score", "shuffle", "chapter_id",
        ):  # fmt: skip
            setattr(quiz, name, getattr(draft, name))
        quiz.questions_count, quiz.deleted_at = len(placed), None
        await uow.session.flush()
        await replace_questions(uow, quiz.id, placed)
        ids.append(quiz.id)
    return ids

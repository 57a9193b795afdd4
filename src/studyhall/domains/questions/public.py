"""The door of the question bank.

    ready = public.ready(draft)                       # off the loop where there are many: renders every text
    ids = await public.create(uow, owner_id, [(ready, Place(course_id, chapter_id, topic_ids))])
    asked = public.ask(question, seed)                # what may be shown before grading
    grade = public.grade(question, answer)            # 0 to 1 with parts and feedback

Who may see or write a question is decided by the caller, by its course; the bank knows no routes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from studyhall.domains.questions import queries, service
from studyhall.domains.questions.errors import QuestionNotFound, QuestionNotValid
from studyhall.domains.questions.models import Question as Row
from studyhall.domains.questions.queries import Wanted
from studyhall.domains.questions.rules import asking, grading
from studyhall.domains.questions.rules.asking import Shown
from studyhall.domains.questions.rules.checks import Fault, Ready, faults, ready
from studyhall.domains.questions.rules.drafts import (
    AcceptedNumber,
    AcceptedText,
    Body,
    Choice,
    Choices,
    Draft,
    Feedback,
    Matching,
    Numeric,
    Ordering,
    Pair,
    QuestionType,
    ShortAnswer,
    TrueFalse,
    body_json,
    body_of,
    even_credits,
)
from studyhall.domains.questions.rules.grading import Grade, Part
from studyhall.domains.questions.rules.identity import identified
from studyhall.domains.questions.rules.markup import html_as_markdown, plain_as_markdown, rendered, sanitised
from studyhall.domains.questions.rules.numbers import read as number_of
from studyhall.domains.questions.schemas import NewQuestion
from studyhall.domains.questions.service import Place, Written
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "AcceptedNumber",
    "AcceptedText",
    "Asked",
    "Body",
    "Choice",
    "Choices",
    "Draft",
    "Fault",
    "Feedback",
    "Grade",
    "Matching",
    "NewQuestion",
    "Numeric",
    "Ordering",
    "Pair",
    "Part",
    "Place",
    "Question",
    "QuestionNotFound",
    "QuestionNotValid",
    "QuestionType",
    "Ready",
    "ShortAnswer",
    "Shown",
    "TrueFalse",
    "Wanted",
    "Written",
    "archive",
    "ask",
    "body_json",
    "body_of",
    "bounds",
    "counts_of_chapters",
    "counts_of_courses",
    "counts_of_topics",
    "create",
    "draft_of",
    "drawn",
    "even_credits",
    "faults",
    "feedback_html",
    "grade",
    "html_as_markdown",
    "identified",
    "listed",
    "number_of",
    "plain_as_markdown",
    "questions",
    "ready",
    "rendered",
    "restore",
    "rewrite",
    "sanitised",
    "solution",
    "upsert",
]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the bank with everything, the right answer too: never for whom is to answer it.

    Attributes:
        html: sanitised HTML of each text: `text`, the key of a choice, prompt, option or item, `feedback:…`.
    """

    id: UUID
    owner_id: UUID | None
    course_id: UUID | None
    chapter_id: UUID | None
    topic_ids: tuple[UUID, ...]
    type: QuestionType
    title: str
    text: str
    body: Body
    html: Mapping[str, str]
    feedback: Feedback
    points: Decimal
    tags: tuple[str, ...]
    category: str
    source: str
    external_id: str | None
    is_archived: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it may be shown before it is graded.

    Attributes:
        choices, prompts, options, items: as in `rules.asking.Offer`, shuffled by the seed.
    """

    id: UUID
    type: QuestionType
    text: str
    html: str
    points: Decimal
    choices: tuple[Shown, ...]
    prompts: tuple[Shown, ...]
    options: tuple[Shown, ...]
    items: tuple[Shown, ...]


def ask(question: Question, seed: str) -> Asked:
    """Without any answer, title, tag or feedback. The same seed shows the same order."""
    offer = asking.offer(question.type, question.body, question.html, f"{seed}:{question.id}")
    return Asked(
        id=question.id,
        type=question.type,
        text=question.text,
        html=question.html.get("text", ""),
        points=question.points,
        choices=offer.choices,
        prompts=offer.prompts,
        options=offer.options,
        items=offer.items,
    )


def grade(question: Question, answer: Any) -> Grade:
    """What the answer earns; see `rules.grading.grade` for its shape. Never raises, whatever the answer is."""
    return grading.grade(question.type, question.body, answer)


def solution(question: Question) -> Any:
    """A wholly right answer, in the shape that `grade` takes. For authors, and after grading."""
    return grading.solution(question.type, question.body)


def feedback_html(question: Question, grade: Grade) -> tuple[str, ...]:
    """Sanitised HTML of what the author says to whoever earned that: by how right it was, then in general."""
    name = "correct" if grade.is_right else "partial" if grade.score > 0 else "incorrect"
    fallback = question.html.get("feedback:incorrect", "") if name == "partial" else ""
    said = (question.html.get(f"feedback:{name}", fallback), question.html.get("feedback:general", ""))
    return tuple(one for one in said if one)


def draft_of(question: Question) -> Draft:
    """As the writers of question files take it."""
    return Draft(
        type=question.type,
        text=question.text,
        body=question.body,
        title=question.title,
        feedback=question.feedback,
        points=question.points,
        tags=question.tags,
        category=question.category,
        external_id=question.external_id,
    )


def bounds(number: AcceptedNumber) -> tuple[Decimal, Decimal] | None:
    """The least and the largest number that is accepted; None where any is."""
    if number.value is not None:
        off = number.tolerance * abs(number.value) / 100 if number.percent else number.tolerance
        return number.value - off, number.value + off
    return None if number.low is None or number.high is None else (number.low, number.high)


def _seen(row: Row) -> Question:
    type_ = QuestionType(row.type)
    return Question(
        id=row.id,
        owner_id=row.owner_id,
        course_id=row.course_id,
        chapter_id=row.chapter_id,
        topic_ids=tuple(row.topic_ids),
        type=type_,
        title=row.title,
        text=row.text,
        body=body_of(type_, row.body),
        html=row.html,
        feedback=Feedback(**row.feedback),
        points=row.points,
        tags=tuple(row.tags),
        category=row.category,
        source=row.source,
        external_id=row.external_id,
        is_archived=row.archived_at is not None,
    )


async def questions(uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Question]:
    """Those of the ids that exist, archived ones too."""
    return {id_: _seen(row) for id_, row in (await queries.by_id(uow, ids)).items()}


async def listed(uow: UnitOfWork, wanted: Wanted, *, limit: int = 100, after: UUID | None = None) -> list[Question]:
    """Questions that match, oldest first, at most `limit`; go on with the id of the last one as `after`."""
    return [_seen(row) for row in await queries.some(uow, wanted, limit, after)]


async def drawn(
    uow: UnitOfWork, wanted: Wanted, number: int, *, seed: str, without: Collection[UUID] = ()
) -> list[Question]:
    """So many by lot, in the order of the lot; fewer where there are no more."""
    return [_seen(row) for row in await queries.drawn(uow, wanted, number, seed, without)]


async def counts_of_chapters(uow: UnitOfWork, chapter_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many questions, not archived, each chapter has; those with none are left out."""
    return await queries.counts_of_chapters(uow, chapter_ids)


async def counts_of_courses(uow: UnitOfWork, course_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many questions, not archived, each course has; those with none are left out."""
    return await queries.counts_of_courses(uow, course_ids)


async def counts_of_topics(uow: UnitOfWork, topic_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many questions, not archived, are about each topic; those with none are left out."""
    return await queries.counts_of_topics(uow, topic_ids)


async def create(
    uow: UnitOfWork, owner_id: UUID, new: Sequence[tuple[Ready, Place]], *, source: str = "authored"
) -> list[UUID]:
    """New questions of that owner; answers their ids in order."""
    return await service.create(uow, owner_id, new, source)


async def upsert(uow: UnitOfWork, owner_id: UUID, new: Sequence[tuple[Ready, Place]], *, source: str) -> Written:
    """Make or rewrite by (owner, course, source, external id), so that a second import updates.

    A draft without external id gets one as `identified` makes it.
    """
    return await service.upsert(uow, owner_id, new, source)


async def rewrite(uow: UnitOfWork, owner_id: UUID, changed: Mapping[UUID, tuple[Ready, Place]]) -> None:
    """Other content and place for questions of that owner. Raises QuestionNotFound (404) if one is not his."""
    await service.rewrite(uow, owner_id, changed)


async def archive(uow: UnitOfWork, ids: Collection[UUID]) -> None:
    """Ask them no longer; whoever refers to them still finds them by id."""
    await service.set_archived(uow, ids, archived=True)


async def restore(uow: UnitOfWork, ids: Collection[UUID]) -> None:
    """Ask them again."""
    await service.set_archived(uow, ids, archived=False)

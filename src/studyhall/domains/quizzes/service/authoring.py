"""Making, changing and deleting quizzes."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.chapters import public as chapters
from studyhall.domains.courses import public as courses
from studyhall.domains.questions import public as questions
from studyhall.domains.quizzes import queries
from studyhall.domains.quizzes.errors import NotQuizOwner, PublishingRefused, QuizNotFound
from studyhall.domains.quizzes.models import AUTHORED, GENERATED, Quiz, QuizQuestion
from studyhall.domains.subjects import public as subjects
from studyhall.domains.undo import public as undo
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork

UNDO_KIND = "quizzes"


@dataclass(frozen=True, slots=True)
class Item:
    """A question to put into a quiz: a new one, or one of the bank. `points` None takes the question's own."""

    new: questions.NewQuestion | None
    question_id: UUID | None
    points: Decimal | None


async def create(
    uow: UnitOfWork, actor: Actor, course_id: UUID, fields: Mapping[str, Any], items: Sequence[Item]
) -> Quiz:
    """A quiz in a course that the actor may edit.

    Raises:
        CourseNotFound, NotOwner: he may not see (404) or edit (403) the course.
        PublishingRefused: published, without the right to author.
        ChapterNotFound, QuestionNotFound: one is not of this course.
        QuestionNotValid: a new question is not whole; nothing is made.
    """
    await courses.require_editable(uow, actor, course_id)
    _check_publishing(actor, fields)
    await _check_chapters(uow, course_id, fields, items)
    quiz = Quiz(owner_id=actor.user_id, course_id=course_id, source=AUTHORED, **fields)
    uow.session.add(quiz)
    placed = await _placed(uow, actor, course_id, items, frozenset())
    quiz.questions_count = len(placed)
    await uow.session.flush()
    await write_questions(uow, quiz.id, placed)
    return quiz


async def change(
    uow: UnitOfWork, actor: Actor, quiz_id: UUID, fields: Mapping[str, Any], items: Sequence[Item] | None
) -> Quiz:
    """Other settings, and other questions where they are given. Attempts that were begun go on as they were begun.

    Raises: as `create`, and QuizNotFound (404), NotQuizOwner (403).
    """
    quiz = await _editable(uow, actor, quiz_id)
    _check_publishing(actor, fields)
    await _check_chapters(uow, quiz.course_id, fields, items or ())
    for name, value in fields.items():
        setattr(quiz, name, value)
    if items is not None:
        kept = frozenset(one.question_id for one in await queries.questions_of(uow, quiz_id))
        placed = await _placed(uow, actor, quiz.course_id, items, kept)
        quiz.questions_count = len(placed)
        await replace_questions(uow, quiz_id, placed)
    await uow.session.flush()
    return quiz


async def delete_quiz(uow: UnitOfWork, actor: Actor, quiz_id: UUID) -> str:
    """Delete it; answers the token that takes it back. Attempts at it stay in the history of whoever made them."""
    quiz = await _editable(uow, actor, quiz_id)
    quiz.deleted_at = clock.now()
    await uow.session.flush()
    return await undo.offer(uow, actor, UNDO_KIND, [quiz_id])


async def restore(uow: UnitOfWork, quiz_id: UUID) -> None:
    """Bring back a deleted quiz."""
    quiz = await queries.quiz_locked(uow, quiz_id)
    if quiz is not None:
        quiz.deleted_at = None
        await uow.session.flush()


async def _editable(uow: UnitOfWork, actor: Actor, quiz_id: UUID) -> Quiz:
    """The quiz, locked, if the actor may edit it."""
    if await queries.quiz_seen(uow, actor, quiz_id) is None:
        raise QuizNotFound
    quiz = await queries.quiz_locked(uow, quiz_id)
    if quiz is None or quiz.deleted_at is not None:
        raise QuizNotFound
    if quiz.course_id is None or quiz.source == GENERATED:
        if quiz.owner_id != actor.user_id:
            raise NotQuizOwner
        return quiz
    try:
        await courses.require_editable(uow, actor, quiz.course_id)
    except courses.NotOwner as error:
        raise NotQuizOwner from error
    return quiz


def _check_publishing(actor: Actor, fields: Mapping[str, Any]) -> None:
    if fields.get("is_published") and not actor.may(courses.AUTHOR):
        raise PublishingRefused


async def _check_chapters(
    uow: UnitOfWork, course_id: UUID | None, fields: Mapping[str, Any], items: Sequence[Item]
) -> None:
    named = {one.new.chapter_id for one in items if one.new is not None} | {fields.get("chapter_id")}
    wanted = {one for one in named if one is not None}
    if wanted:
        found = await chapters.chapters(uow, wanted)
        if any(one not in found or found[one].course_id != course_id for one in wanted):
            raise chapters.ChapterNotFound
    topics = {topic_id for one in items if one.new is not None for topic_id in one.new.topic_ids}
    if topics:
        await subjects.require_topics(uow, topics)


async def _placed(
    uow: UnitOfWork, actor: Actor, course_id: UUID | None, items: Sequence[Item], kept: frozenset[UUID]
) -> list[tuple[UUID, Decimal]]:
    """Question and points of each item; new ones are in the bank when this returns.

    Args:
        kept: questions that are in the quiz already, and may stay whatever became of them.
    """
    fresh = await asyncio.to_thread(_checked, items)
    named = {one.question_id for one in items if one.question_id is not None}
    found = await questions.questions(uow, named) if named else {}
    for question_id in named:
        question = found.get(question_id)
        is_his = question is not None and (
            question.owner_id == actor.user_id or (course_id is not None and question.course_id == course_id)
        )
        if question is None or (question_id not in kept and (question.is_archived or not is_his)):
            raise questions.QuestionNotFound
    made = iter(await questions.create(uow, actor.user_id, _with_places(items, fresh, course_id)) if fresh else [])
    placed = []
    for at, one in enumerate(items):
        if one.question_id is not None:
            own = found[one.question_id].points
            placed.append((one.question_id, own if one.points is None else one.points))
        else:
            placed.append((next(made), fresh[at].draft.points if one.points is None else one.points))
    return placed


def _checked(items: Sequence[Item]) -> dict[int, questions.Ready]:
    """New questions rendered, by their place in the list. Raises QuestionNotValid."""
    return {at: one.new.required(f"questions.{at}.question.") for at, one in enumerate(items) if one.new is not None}


def _with_places(
    items: Sequence[Item], fresh: Mapping[int, questions.Ready], course_id: UUID | None
) -> list[tuple[questions.Ready, questions.Place]]:
    placed = []
    for at, ready in fresh.items():
        new = items[at].new
        if new is not None:
            placed.append((ready, questions.Place(course_id, new.chapter_id, tuple(new.topic_ids))))
    return placed


async def replace_questions(uow: UnitOfWork, quiz_id: UUID, placed: Sequence[tuple[UUID, Decimal]]) -> None:
    """These questions in this order instead of those before."""
    await uow.session.execute(
        delete(QuizQuestion).where(QuizQuestion.quiz_id == quiz_id).execution_options(synchronize_session=False)
    )
    await write_questions(uow, quiz_id, placed)


async def write_questions(uow: UnitOfWork, quiz_id: UUID, placed: Sequence[tuple[UUID, Decimal]]) -> None:
    """The questions of a quiz that has none yet."""
    if placed:
        rows = [
            {"quiz_id": quiz_id, "question_id": question_id, "position": at, "points": points}
            for at, (question_id, points) in enumerate(placed, 1)
        ]
        await uow.session.execute(insert(QuizQuestion).values(rows))

"""Attempts: begun once, saved as one goes, graded once.

What decides races stands in the database: one open attempt per person and quiz, numbers that are given once, and the
lock on the attempt's row while it is saved or graded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.billing import public as billing
from studyhall.domains.questions import public as questions
from studyhall.domains.quizzes import queries
from studyhall.domains.quizzes.errors import (
    AlreadyGraded,
    AnswersNotOfQuiz,
    AttemptNotFound,
    NoAttemptLeft,
    QuizEmpty,
    QuizNotFound,
    TimeIsUp,
)
from studyhall.domains.quizzes.events import AttemptGraded
from studyhall.domains.quizzes.models import Quiz, QuizAnswer, QuizAttempt
from studyhall.domains.quizzes.queries import Asked, Mine
from studyhall.domains.quizzes.rules import attempts as rules
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Unauthorized
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork

PREMIUM = "premium"

Answers = Mapping[UUID, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """An attempt with what it asks.

    Attributes:
        bank: the questions by id, with their right answers: what of it is shown, the caller decides.
        was_late: whether answers came that no longer count.
    """

    attempt: QuizAttempt
    quiz: Quiz
    asked: Sequence[Asked]
    bank: Mapping[UUID, questions.Question]
    is_new: bool = False
    was_late: bool = False


async def visible(uow: UnitOfWork, actor: Actor | None, quiz_id: UUID) -> tuple[Quiz, Mine]:
    """The quiz, if the actor sees it and has what it needs. Raises QuizNotFound, EntitlementRequired, 401."""
    found = await queries.quiz_seen(uow, actor, quiz_id)
    if found is None:
        raise QuizNotFound
    await _check_premium(uow, actor, found[0])
    return found


async def _check_premium(uow: UnitOfWork, actor: Actor | None, quiz: Quiz) -> None:
    if not quiz.is_premium:
        return
    if actor is None:
        raise Unauthorized("Sign in to see a premium quiz.")
    if quiz.owner_id != actor.user_id:
        await billing.require_entitlement(uow, actor.user_id, PREMIUM)


async def start(uow: UnitOfWork, actor: Actor, quiz_id: UUID, *, renew: bool = True) -> Paper:
    """The actor's open attempt, or a new one. Of two that start at once, both get the same.

    Args:
        renew: whether one that ran out of time is graded first, with what was saved in time, for a new one.

    Raises:
        QuizNotFound, EntitlementRequired: as `visible`.
        NoAttemptLeft, QuizEmpty: there is nothing to start.
        AlreadyGraded: another request began and submitted it while this one waited.
    """
    quiz, mine = await visible(uow, actor, quiz_id)
    attempt = await queries.open_attempt(uow, actor.user_id, quiz_id)
    bank: dict[UUID, questions.Question] = {}
    if renew and attempt is not None and rules.is_over(attempt.deadline_at, clock.now()):
        asked = await queries.asked_in(uow, attempt.id)
        bank = await questions.questions(uow, [one.question_id for one in asked])
        await _grade(uow, Paper(attempt, quiz, asked, bank))
        attempt = None
    if attempt is not None:
        asked = await queries.asked_in(uow, attempt.id)
        return Paper(attempt, quiz, asked, await questions.questions(uow, [one.question_id for one in asked]))
    return await _begin(uow, actor, quiz, mine, bank)


async def _begin(
    uow: UnitOfWork, actor: Actor, quiz: Quiz, mine: Mine, bank: Mapping[UUID, questions.Question]
) -> Paper:
    if quiz.attempts_allowed is not None and mine.attempts >= quiz.attempts_allowed:
        raise NoAttemptLeft
    placed = await queries.questions_of(uow, quiz.id)
    if not placed:
        raise QuizEmpty
    missing = [one.question_id for one in placed if one.question_id not in bank]
    known = {**bank, **(await questions.questions(uow, missing) if missing else {})}
    now = clock.now()
    row = {
        "id": new_id(), "user_id": actor.user_id, "quiz_id": quiz.id, "number": mine.attempts + 1, "started_at": now,
        "deadline_at": rules.deadline(now, quiz.time_limit_seconds), "created_at": now, "updated_at": now,
    }  # fmt: skip
    made = await uow.session.scalar(insert(QuizAttempt).values(row).on_conflict_do_nothing().returning(QuizAttempt.id))
    if made is None:
        return await _resume_other(uow, actor, quiz)
    attempt = QuizAttempt(**row, topics=[])
    order = rules.ordered(placed, str(made), shuffle=quiz.shuffle)
    asked = [replace(one, position=at) for at, one in enumerate(order, 1)]
    rows = [
        {"attempt_id": made, "question_id": one.question_id, "position": one.position, "points": one.points}
        for one in asked
    ]
    await uow.session.execute(insert(QuizAnswer).values(rows))
    return Paper(attempt, quiz, asked, known, is_new=True)


async def _resume_other(uow: UnitOfWork, actor: Actor, quiz: Quiz) -> Paper:
    """What another request of the same person began in this moment."""
    attempt = await queries.open_attempt(uow, actor.user_id, quiz.id)
    if attempt is None:
        raise AlreadyGraded
    asked = await queries.asked_in(uow, attempt.id)
    return Paper(attempt, quiz, asked, await questions.questions(uow, [one.question_id for one in asked]))


async def save(uow: UnitOfWork, actor: Actor, attempt_id: UUID, answers: Answers) -> Paper:
    """Keep answers so far; what is not named stays.

    Raises:
        AttemptNotFound: not his (404).
        AlreadyGraded, TimeIsUp: too late; nothing is kept (409).
        AnswersNotOfQuiz: one is for a question that the attempt does not ask; nothing is kept (422).
    """
    attempt, quiz = await _open(uow, actor, attempt_id)
    if rules.is_over(attempt.deadline_at, clock.now()):
        raise TimeIsUp
    asked = _with(await queries.asked_in(uow, attempt_id), answers, clock.now())
    await _write(uow, attempt_id, [one for one in asked if one.question_id in answers])
    return Paper(attempt, quiz, asked, {})


async def submit(uow: UnitOfWork, actor: Actor, attempt_id: UUID, answers: Answers) -> Paper:
    """Grade an attempt with the answers saved and these. After the time is up, only what was saved in time counts.

    Raises: as `save`, without TimeIsUp.
    """
    attempt, quiz = await _open(uow, actor, attempt_id)
    asked = await queries.asked_in(uow, attempt_id)
    bank = await questions.questions(uow, [one.question_id for one in asked])
    return await _hand_in(uow, Paper(attempt, quiz, asked, bank), answers)


async def take(uow: UnitOfWork, actor: Actor, quiz_id: UUID, answers: Answers) -> Paper:
    """Start (or resume) and submit in one. Raises: as `start` and `submit`."""
    paper = await start(uow, actor, quiz_id, renew=False)
    if paper.is_new:
        attempt, _ = await _open(uow, actor, paper.attempt.id)
        paper = replace(paper, attempt=attempt)
    return await _hand_in(uow, paper, answers)


async def _hand_in(uow: UnitOfWork, paper: Paper, answers: Answers) -> Paper:
    now = clock.now()
    late = rules.is_over(paper.attempt.deadline_at, now)
    given = _with(paper.asked, answers, now)
    asked = paper.asked if late else given
    return await _grade(uow, replace(paper, asked=asked, was_late=late and bool(answers)))


async def one(uow: UnitOfWork, actor: Actor, attempt_id: UUID, *, any_person: bool) -> Paper:
    """An attempt of his; with `any_person` of anybody. Raises AttemptNotFound."""
    found = await queries.attempt(uow, attempt_id, None if any_person else actor.user_id)
    if found is None:
        raise AttemptNotFound
    asked = await queries.asked_in(uow, attempt_id)
    return Paper(*found, asked, await questions.questions(uow, [one.question_id for one in asked]))


async def grade_overdue(uow: UnitOfWork, limit: int) -> int:
    """Grade open attempts whose time is up; answers how many."""
    found = await queries.overdue(uow, clock.now(), limit)
    for attempt in found:
        asked = await queries.asked_in(uow, attempt.id)
        bank = await questions.questions(uow, [one.question_id for one in asked])
        quiz = await uow.session.get_one(Quiz, attempt.quiz_id)
        await _grade(uow, Paper(attempt, quiz, asked, bank))
    return len(found)


async def _open(uow: UnitOfWork, actor: Actor, attempt_id: UUID) -> tuple[QuizAttempt, Quiz]:
    """The actor's attempt, locked until the transaction ends."""
    found = await queries.attempt(uow, attempt_id, actor.user_id, lock=True)
    if found is None:
        raise AttemptNotFound
    if found[0].graded_at is not None:
        raise AlreadyGraded
    return found


def _with(asked: Sequence[Asked], answers: Answers, moment: datetime) -> list[Asked]:
    """The questions with these answers put in. Raises AnswersNotOfQuiz."""
    strange = set(answers) - {one.question_id for one in asked}
    if strange:
        why = ["This attempt does not ask that question."]
        raise AnswersNotOfQuiz(AnswersNotOfQuiz.message, errors={f"answers.{id_}": why for id_ in sorted(strange)})
    return [
        replace(one, answer=answers[one.question_id], answered_at=moment) if one.question_id in answers else one
        for one in asked
    ]


async def _write(uow: UnitOfWork, attempt_id: UUID, asked: Sequence[Asked]) -> None:
    """Answers and scores of these questions, in one statement."""
    rows = [
        {
            "attempt_id": attempt_id, "question_id": one.question_id, "answer": one.answer,
            "answered_at": one.answered_at, "score": one.score,
        }
        for one in asked
    ]  # fmt: skip
    if rows:
        await uow.session.execute(update(QuizAnswer), rows)


async def _grade(uow: UnitOfWork, paper: Paper) -> Paper:
    """Grade the locked attempt; that happens once. A question that is gone from the bank no longer counts."""
    attempt, now = paper.attempt, clock.now()
    graded = [
        replace(one, score=questions.grade(paper.bank[one.question_id], one.answer).score)
        for one in paper.asked
        if one.question_id in paper.bank
    ]
    earned = [
        rules.Earned(one.points, one.score or rules.NOTHING, paper.bank[one.question_id].topic_ids) for one in graded
    ]
    topics = rules.by_topic(earned)
    attempt.score, attempt.graded_at = rules.total(earned), now
    attempt.passed = attempt.score >= paper.quiz.passing_score
    attempt.topics = [
        {"topic_id": str(one.topic_id), "score": str(one.score), "questions": one.questions} for one in topics
    ]
    await _write(uow, attempt.id, graded)
    await uow.session.flush()
    uow.record(
        AttemptGraded(
            user_id=attempt.user_id,
            attempt_id=attempt.id,
            quiz_id=paper.quiz.id,
            course_id=paper.quiz.course_id,
            score=attempt.score,
            passed=attempt.passed,
            topics=topics,
            graded_at=now,
        )
    )
    return replace(paper, asked=graded)

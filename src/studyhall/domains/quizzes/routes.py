"""Quizzes over HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query

from studyhall.domains.courses import public as courses
from studyhall.domains.questions import public as questions
from studyhall.domains.quizzes import queries
from studyhall.domains.quizzes.errors import (
    AlreadyGraded,
    NoAttemptLeft,
    NotYourAttempts,
    QuizEmpty,
    QuizNotFound,
    TimeIsUp,
)
from studyhall.domains.quizzes.models import Quiz
from studyhall.domains.quizzes.queries import Mine, standing
from studyhall.domains.quizzes.schemas import (
    AnswersBody,
    AskedOut,
    AttemptAnswer,
    AttemptData,
    AttemptList,
    AttemptOut,
    Deleted,
    GeneratedQuiz,
    NewQuiz,
    QuizAnswer,
    QuizChanges,
    QuizList,
    QuizOut,
    Saved,
    Submission,
)
from studyhall.domains.quizzes.service import authoring, generating, taking
from studyhall.domains.quizzes.service.taking import Paper
from studyhall.platform.errors import NotFound
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import CurrentActor, Envelope, Listing, MaybeActor, Page, Router, Uow, created, ok

router = Router("quizzes")
course_router = Router("courses")

VIEW_ANY = "quizzes.view_any"


@course_router.get(
    "/courses/{course_id}/quizzes", access="user", summary="Quizzes of a course that I may take", limit="quiz"
)
async def list_course_quizzes(course_id: UUID, uow: Uow, actor: CurrentActor, listing: Listing) -> Envelope[QuizList]:
    await courses.require_visible(uow, actor.user_id, course_id)
    page = await queries.page_of_course(uow, actor, course_id, listing)
    shown = [QuizOut.of(*standing(row)) for row in page.rows]
    return ok(QuizList(quizzes=shown, pagination=page.pagination))


@router.post(
    "/quizzes", access="user", summary="Make a quiz in a course of mine", status=201, errors=[courses.CourseNotFound]
)
async def create_quiz(body: NewQuiz, uow: Uow, actor: CurrentActor) -> Envelope[QuizAnswer]:
    """Publishing it needs the right to author courses. Nothing is made unless every question is whole."""
    fields = body.model_dump(exclude={"questions", "course_id"})
    quiz = await authoring.create(uow, actor, body.course_id, fields, [one.item() for one in body.questions])
    return created(QuizAnswer(quiz=QuizOut.of(quiz, Mine())), "The quiz is made.")


@router.post(
    "/quizzes/generate",
    access="user",
    summary="Make a quiz on a chapter or topic, for me alone",
    status=201,
    errors=[NotFound],
)
async def generate_quiz(body: GeneratedQuiz, uow: Uow, actor: CurrentActor) -> Envelope[QuizAnswer]:
    """Without any model: half from the question bank, the rest gaps and definitions from the text; after grading each
    of those tells the sentence that it came from."""
    quiz = await generating.generate(uow, actor, generating.Wish(**body.model_dump()))
    return created(QuizAnswer(quiz=QuizOut.of(quiz, Mine())), "The quiz is made.")


@router.get("/quizzes/history", access="user", summary="My attempts", limit="quiz")
async def list_my_attempts(
    uow: Uow,
    actor: CurrentActor,
    listing: Listing,
    *,
    quiz_id: Annotated[UUID | None, Query(description="Only at that quiz.")] = None,
    course_id: Annotated[UUID | None, Query(description="Only at quizzes of that course.")] = None,
) -> Envelope[AttemptList]:
    page = await queries.page_of_attempts(uow, actor.user_id, listing, quiz_id=quiz_id, course_id=course_id)
    return ok(_attempts(page))


@router.post(
    "/quizzes/submit",
    access="user",
    summary="Take a quiz in one go: start and submit",
    limit="quiz_submit",
    errors=[NoAttemptLeft, QuizEmpty, AlreadyGraded, QuizNotFound],
)
async def take_quiz(body: Submission, uow: Uow, actor: CurrentActor) -> Envelope[AttemptAnswer]:
    """An attempt that is open is the one submitted."""
    return await _graded(uow, await taking.take(uow, actor, body.quiz_id, body.answers))


@router.get("/quizzes/{quiz_id}", access="optional", summary="A quiz with its questions, without answers", limit="quiz")
async def get_quiz(quiz_id: UUID, uow: Uow, actor: MaybeActor) -> Envelope[QuizAnswer]:
    """A timed quiz shows no questions here; an attempt does. A premium one needs the entitlement."""
    quiz, mine = await taking.visible(uow, actor, quiz_id)
    asked = None if quiz.time_limit_seconds is not None else await _asked(uow, quiz)
    return ok(QuizAnswer(quiz=QuizOut.of(quiz, mine, asked)))


@router.put("/quizzes/{quiz_id}", access="user", summary="Change a quiz")
async def change_quiz(quiz_id: UUID, body: QuizChanges, uow: Uow, actor: CurrentActor) -> Envelope[QuizAnswer]:
    """Only the fields sent. Attempts that were begun go on with the questions they were begun with."""
    fields = body.model_dump(exclude_unset=True, exclude={"questions"})
    items = [one.item() for one in body.questions] if "questions" in body.model_fields_set else None
    quiz = await authoring.change(uow, actor, quiz_id, fields, items)
    found = await queries.quiz_seen(uow, actor, quiz_id)
    return ok(QuizAnswer(quiz=QuizOut.of(quiz, found[1] if found else Mine())), "The quiz is changed.")


@router.delete("/quizzes/{quiz_id}", access="user", summary="Delete a quiz")
async def delete_quiz(quiz_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[Deleted]:
    """Within ten minutes it can be taken back. Attempts stay in the history of whoever made them."""
    return ok(Deleted(undo_token=await authoring.delete_quiz(uow, actor, quiz_id)), "The quiz is deleted.")


@router.post(
    "/quizzes/{quiz_id}/attempts",
    access="user",
    summary="Start my attempt, or go on with it",
    errors=[NoAttemptLeft, QuizEmpty, AlreadyGraded],
)
async def start_attempt(quiz_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[AttemptAnswer]:
    """Questions and deadline; the same however often it is asked until it is submitted."""
    paper = await taking.start(uow, actor, quiz_id)
    return ok(AttemptAnswer(attempt=AttemptData.of_paper(paper)))


@router.put(
    "/quizzes/attempts/{attempt_id}/answers",
    access="user",
    summary="Save my answers so far",
    errors=[AlreadyGraded, TimeIsUp],
)
async def save_answers(attempt_id: UUID, body: AnswersBody, uow: Uow, actor: CurrentActor) -> Envelope[Saved]:
    """Those not named stay as they are."""
    paper = await taking.save(uow, actor, attempt_id, body.answers)
    answered = sum(one.answer is not None for one in paper.asked)
    return ok(Saved(attempt=AttemptOut.of(paper.attempt, paper.quiz), answered=answered), "Saved.")


@router.post(
    "/quizzes/attempts/{attempt_id}/submit",
    access="user",
    summary="Submit my attempt; it is graded once",
    limit="quiz_submit",
    errors=[AlreadyGraded],
)
async def submit_attempt(
    attempt_id: UUID, uow: Uow, actor: CurrentActor, body: AnswersBody | None = None
) -> Envelope[AttemptAnswer]:
    """After the time is up, what was saved in time counts and nothing else."""
    return await _graded(uow, await taking.submit(uow, actor, attempt_id, body.answers if body else {}))


@router.get("/quizzes/attempts/{attempt_id}", access="user", summary="One attempt; with feedback once it is graded")
async def get_attempt(attempt_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[AttemptAnswer]:
    paper = await taking.one(uow, actor, attempt_id, any_person=actor.may(VIEW_ANY))
    return ok(AttemptAnswer(attempt=AttemptData.of_paper(paper)))


@router.get(
    "/quizzes/attempts/{user}/{quiz_id}",
    access="user",
    summary="Somebody's attempts at one quiz",
    limit="quiz_attempts",
    errors=[NotYourAttempts],
)
async def list_attempts_at_quiz(
    user: Literal["me"] | UUID, quiz_id: UUID, uow: Uow, actor: CurrentActor, listing: Listing
) -> Envelope[AttemptList]:
    """Mine (`me`); those of others need the right `quizzes.view_any`."""
    user_id = actor.user_id if user == "me" else user
    if user_id != actor.user_id and not actor.may(VIEW_ANY):
        raise NotYourAttempts
    return ok(_attempts(await queries.page_of_attempts(uow, user_id, listing, quiz_id=quiz_id)))


async def _asked(uow: UnitOfWork, quiz: Quiz) -> list[AskedOut]:
    placed = await queries.questions_of(uow, quiz.id)
    bank = await questions.questions(uow, [one.question_id for one in placed])
    return [AskedOut.of(bank[one.question_id], one, str(quiz.id)) for one in placed if one.question_id in bank]


async def _graded(uow: UnitOfWork, paper: Paper) -> Envelope[AttemptAnswer]:
    effects = await uow.settle()
    answer = AttemptAnswer(attempt=AttemptData.of_paper(paper), is_late=paper.was_late, effects=effects)
    said = "The time was up: what was saved in time counts." if paper.was_late else "Graded."
    return ok(answer, said)


def _attempts(page: Page[Any]) -> AttemptList:
    shown = [AttemptOut.of(*row) for row in page.rows]
    return AttemptList(attempts=shown, pagination=page.pagination)

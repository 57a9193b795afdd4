"""What quizzes and attempts look like from outside."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from studyhall.domains.questions import public as questions
from studyhall.domains.questions.public import NewQuestion
from studyhall.domains.quizzes.models import DEFAULT_PASSING, Quiz, QuizAttempt
from studyhall.domains.quizzes.queries import Asked, Mine
from studyhall.domains.quizzes.rules import attempts as rules
from studyhall.domains.quizzes.service.authoring import Item
from studyhall.domains.quizzes.service.taking import Paper
from studyhall.domains.undo.public import Deleted
from studyhall.platform import clock
from studyhall.platform.web import Pagination, Schema

__all__ = [
    "AnswersBody", "AttemptAnswer", "AttemptData", "AttemptList", "Deleted", "GeneratedQuiz", "NewQuiz", "QuizAnswer",
    "QuizChanges", "QuizList", "QuizOut", "Saved", "Submission",
]  # fmt: skip

MOST_QUESTIONS = 200
LONGEST_LIMIT = 7 * 24 * 3600
_MOST_PARTS = 500

Text = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")]
Key = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$")]
Given = (
    bool
    | Annotated[int, Field(ge=-(10**18), le=10**18)]
    | Annotated[float, Field(allow_inf_nan=False)]
    | Text
    | Annotated[list[Key], Field(max_length=_MOST_PARTS)]
    | Annotated[dict[Key, Key | None], Field(max_length=_MOST_PARTS)]
    | None
)
GivenAnswers = Annotated[
    dict[UUID, Given],
    Field(
        max_length=MOST_QUESTIONS,
        description="By question: the key of a choice, a list of keys, true or false, a text, a number, prompt keys "
        "with option keys, or all item keys in order. null takes an answer back.",
        examples=[{}],
    ),
]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=r"^[^\x00]*$")]
LongText = Annotated[str, StringConstraints(max_length=10_000, pattern=r"^[^\x00]*$")]
Share = Annotated[Decimal, Field(ge=0, le=1, max_digits=4, decimal_places=3)]
Seconds = Annotated[int, Field(ge=10, le=LONGEST_LIMIT)]
Attempts = Annotated[int, Field(ge=1, le=1_000)]
Points = Annotated[Decimal, Field(ge=0, le=10_000, max_digits=9, decimal_places=4)]


class QuizItem(Schema):
    """A question of a quiz: a new one, or the id of one that I wrote or that is of the same course."""

    question: NewQuestion | None = Field(None, examples=[None])
    question_id: UUID | None = None
    points: Points | None = Field(None, description="What it counts here; the question's own points if left out.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.question is None) == (self.question_id is None):
            raise ValueError("send either `question` or `question_id`")
        return self

    def item(self) -> Item:
        return Item(self.question, self.question_id, self.points)


Items = Annotated[list[QuizItem], Field(max_length=MOST_QUESTIONS, examples=[[]])]


class _Questions(Schema):
    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = [one.question_id for one in getattr(self, "questions", None) or [] if one.question_id is not None]
        if len(set(named)) < len(named):
            raise ValueError("each question may be asked only once")
        return self


class NewQuiz(_Questions):
    """A quiz to make."""

    course_id: UUID
    chapter_id: UUID | None = Field(None, examples=[None])
    title: Title
    description: LongText = ""
    passing_score: Share = DEFAULT_PASSING
    time_limit_seconds: Seconds | None = None
    attempts_allowed: Attempts | None = None
    shuffle: bool = True
    is_published: bool = Field(False, description="Needs the right to author courses.")
    is_premium: bool = False
    questions: Items = Field(default_factory=list)


class GeneratedQuiz(Schema):
    """What to make a quiz on: a chapter, or a topic."""

    chapter_id: UUID | None = None
    topic_id: UUID | None = Field(None, examples=[None])
    title: Title | None = None
    number: Annotated[int, Field(ge=1, le=50, description="How many questions at most.")] = 10
    time_limit_seconds: Seconds | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.chapter_id is None) == (self.topic_id is None):
            raise ValueError("send either `chapter_id` or `topic_id`")
        return self


class QuizChanges(_Questions):
    """What is to be different; questions, when sent, replace those before."""

    chapter_id: UUID | None = Field(None, examples=[None])
    title: Title = ""
    description: LongText = ""
    passing_score: Share = DEFAULT_PASSING
    time_limit_seconds: Seconds | None = None
    attempts_allowed: Attempts | None = None
    shuffle: bool = True
    is_published: bool = False
    is_premium: bool = False
    questions: Items = Field(default_factory=list)


class AnswersBody(Schema):
    """Answers to keep."""

    answers: GivenAnswers = Field(default_factory=dict)


class Submission(AnswersBody):
    """A quiz taken in one go."""

    quiz_id: UUID


class ShownOut(Schema):
    """Something to choose, match or order."""

    key: str
    text: str
    html: str


class AskedOut(Schema):
    """A question as it is asked; nothing of it tells the answer."""

    id: UUID
    type: str
    text: str
    html: str
    points: Decimal
    choices: list[ShownOut]
    prompts: list[ShownOut]
    options: list[ShownOut]
    items: list[ShownOut]
    answer: Any = Field(None, description="My answer so far.")

    @classmethod
    def of(cls, question: questions.Question, place: Asked, seed: str) -> Self:
        shown = questions.ask(question, seed)
        return cls(
            id=shown.id,
            type=shown.type,
            text=shown.text,
            html=shown.html,
            points=place.points,
            choices=[ShownOut.model_validate(one) for one in shown.choices],
            prompts=[ShownOut.model_validate(one) for one in shown.prompts],
            options=[ShownOut.model_validate(one) for one in shown.options],
            items=[ShownOut.model_validate(one) for one in shown.items],
            answer=place.answer,
        )


class PartOut(Schema):
    """A part of an answer."""

    key: str
    is_right: bool | None
    feedback: str


class GradedOut(AskedOut):
    """A question after grading."""

    score: float = Field(description="0 to 1.")
    is_right: bool
    solution: Any = Field(description="A wholly right answer.")
    feedback: list[str] = Field(description="HTML.")
    parts: list[PartOut]
    problem: str | None = Field(description="Why the answer could not be read.")

    @classmethod
    def of(cls, question: questions.Question, place: Asked, seed: str) -> Self:
        grade = questions.grade(question, place.answer)
        return cls(
            **AskedOut.of(question, place, seed).model_dump(),
            score=float(place.score or rules.NOTHING),
            is_right=place.score == 1,
            solution=questions.solution(question),
            feedback=list(questions.feedback_html(question, grade)),
            parts=[PartOut.model_validate(one) for one in grade.parts],
            problem=grade.problem,
        )


class TopicOut(Schema):
    """How an attempt went on a topic."""

    topic_id: UUID
    score: float
    questions: int


class AttemptOut(Schema):
    """An attempt; `status` is open, time_up (not graded yet) or graded."""

    id: UUID
    user_id: UUID
    quiz_id: UUID
    quiz_title: str
    course_id: UUID | None
    number: int
    status: str
    started_at: datetime
    deadline_at: datetime | None
    seconds_left: int | None
    graded_at: datetime | None
    score: float | None = Field(description="0 to 1.")
    percentage: float | None
    passed: bool | None
    topics: list[TopicOut]

    @classmethod
    def of(cls, attempt: QuizAttempt, quiz: Quiz) -> Self:
        now = clock.now()
        over = rules.is_over(attempt.deadline_at, now)
        is_open = attempt.graded_at is None
        left = None if attempt.deadline_at is None else max(0, int((attempt.deadline_at - now).total_seconds()))
        score = None if attempt.score is None else float(attempt.score)
        return cls(
            id=attempt.id,
            user_id=attempt.user_id,
            quiz_id=quiz.id,
            quiz_title=quiz.title,
            course_id=quiz.course_id,
            number=attempt.number,
            status="graded" if not is_open else "time_up" if over else "open",
            started_at=attempt.started_at,
            deadline_at=attempt.deadline_at,
            seconds_left=left if is_open else None,
            graded_at=attempt.graded_at,
            score=score,
            percentage=None if score is None else round(score * 100, 2),
            passed=attempt.passed,
            topics=[TopicOut.model_validate(one) for one in attempt.topics],
        )


class AttemptData(AttemptOut):
    """An attempt with its questions: with solutions and feedback once it is graded."""

    questions: list[GradedOut | AskedOut]

    @classmethod
    def of_paper(cls, paper: Paper) -> Self:
        how: type[AskedOut] = AskedOut if paper.attempt.graded_at is None else GradedOut
        seed = str(paper.attempt.id)
        shown = [how.of(paper.bank[one.question_id], one, seed) for one in paper.asked if one.question_id in paper.bank]
        return cls(**AttemptOut.of(paper.attempt, paper.quiz).model_dump(), questions=shown)


class QuizOut(Schema):
    """A quiz; `attempts`, `best_score` and `open_attempt_id` are mine."""

    id: UUID
    course_id: UUID | None
    chapter_id: UUID | None
    title: str
    description: str
    source: str
    passing_score: float
    time_limit_seconds: int | None
    attempts_allowed: int | None
    shuffle: bool
    is_published: bool
    is_premium: bool
    questions_count: int
    attempts: int
    best_score: float | None
    open_attempt_id: UUID | None
    created_at: datetime
    updated_at: datetime
    questions: list[AskedOut] | None = Field(
        None, description="Without answers; null in lists, and for a timed quiz, whose attempt shows them."
    )

    @classmethod
    def of(cls, quiz: Quiz, mine: Mine, asked: list[AskedOut] | None = None) -> Self:
        return cls(
            id=quiz.id,
            course_id=quiz.course_id,
            chapter_id=quiz.chapter_id,
            title=quiz.title,
            description=quiz.description,
            source=quiz.source,
            passing_score=float(quiz.passing_score),
            time_limit_seconds=quiz.time_limit_seconds,
            attempts_allowed=quiz.attempts_allowed,
            shuffle=quiz.shuffle,
            is_published=quiz.is_published,
            is_premium=quiz.is_premium,
            questions_count=quiz.questions_count,
            attempts=mine.attempts,
            best_score=None if mine.best_score is None else float(mine.best_score),
            open_attempt_id=mine.open_attempt_id,
            created_at=quiz.created_at,
            updated_at=quiz.updated_at,
            questions=asked,
        )


class QuizAnswer(Schema):
    """One quiz."""

    quiz: QuizOut


class QuizList(Schema):
    """A page of quizzes."""

    quizzes: list[QuizOut]
    pagination: Pagination


class AttemptAnswer(Schema):
    """One attempt; `effects` tells what else followed from grading it."""

    attempt: AttemptData
    is_late: bool = Field(False, description="Answers came after the time was up and do not count.")
    effects: dict[str, Any] = Field(default_factory=dict)


class Saved(Schema):
    """What was kept."""

    attempt: AttemptOut
    answered: int


class AttemptList(Schema):
    """A page of attempts, the latest first."""

    attempts: list[AttemptOut]
    pagination: Pagination

"""A question as an author sends it: one flat shape for all types, so that forms are easy."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from studyhall.domains.questions.errors import QuestionNotValid
from studyhall.domains.questions.rules import checks
from studyhall.domains.questions.rules.checks import Fault, Ready, ready
from studyhall.domains.questions.rules.drafts import (
    NOTHING,
    WHOLE,
    AcceptedNumber,
    AcceptedText,
    Body,
    Draft,
    Feedback,
    Matching,
    Numeric,
    Ordering,
    Pair,
    QuestionType,
    ShortAnswer,
    TrueFalse,
    even_credits,
    with_credits,
)
from studyhall.domains.questions.rules.drafts import Choice as DraftChoice
from studyhall.domains.questions.rules.drafts import Choices as DraftChoices
from studyhall.platform.web.schemas import Choice, Schema

Words = Annotated[str, Field(max_length=checks.LONGEST_PART)]
Told = Annotated[str, Field(max_length=checks.LONGEST_FEEDBACK)]
Percent = Annotated[Decimal, Field(ge=-100, le=100, max_digits=10)]
Number = Annotated[Decimal, Field(max_digits=100)]
# Past this a request is nonsense; up to it the answer names the limit of the bank.
MOST_SENT = 2_000


class QuestionKind(Choice):
    """The seven types."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TRUE_FALSE = "true_false"
    SHORT_ANSWER = "short_answer"
    NUMERIC = "numeric"
    MATCHING = "matching"
    ORDERING = "ordering"


class NewChoice(Schema):
    """A choice: `is_right` where all right ones count the same, else `credit` for every one."""

    text: Words
    is_right: bool = False
    credit: Percent | None = None
    feedback: Told = ""


class NewAnswer(Schema):
    """An accepted short answer; `*` stands for any text."""

    text: Annotated[str, Field(max_length=checks.LONGEST_PATTERN)]
    credit: Annotated[Decimal, Field(ge=0, le=100)] = WHOLE
    feedback: Told = ""


class NewNumber(Schema):
    """An accepted number: a value with a tolerance (absolute, or percent of it), or the bounds `low` and `high`."""

    value: Number | None = None
    tolerance: Annotated[Decimal, Field(ge=0, max_digits=100)] = Decimal(0)
    percent: bool = False
    low: Number | None = None
    high: Number | None = None
    credit: Annotated[Decimal, Field(ge=0, le=100)] = WHOLE
    feedback: Told = ""


class NewPair(Schema):
    """A prompt with the option that belongs to it."""

    prompt: Words
    option: Words
    feedback: Told = ""


class NewFeedback(Schema):
    """What is told after grading."""

    general: Told = ""
    correct: Told = ""
    partial: Told = ""
    incorrect: Told = ""


class NewQuestion(Schema):
    """A question of any type; the fields of other types are left out. Texts are Markdown."""

    type: QuestionKind
    text: Annotated[str, Field(min_length=1, max_length=checks.LONGEST_TEXT)]
    title: Annotated[str, Field(max_length=checks.LONGEST_TITLE)] = ""
    points: Annotated[Decimal, Field(ge=0, le=10_000, max_digits=9, decimal_places=4)] = Decimal(1)
    tags: Annotated[list[Annotated[str, Field(max_length=checks.LONGEST_TAG)]], Field(max_length=checks.MOST_TAGS)] = (
        Field(default_factory=list)
    )
    chapter_id: UUID | None = None
    topic_ids: Annotated[list[UUID], Field(max_length=50)] = Field(default_factory=list)
    feedback: NewFeedback = Field(default_factory=NewFeedback)
    choices: Annotated[list[NewChoice], Field(max_length=MOST_SENT)] = Field(default_factory=list)
    shuffle: bool = True
    is_true: bool | None = None
    feedback_true: Told = ""
    feedback_false: Told = ""
    answers: Annotated[list[NewAnswer], Field(max_length=MOST_SENT)] = Field(default_factory=list)
    case_sensitive: bool = False
    numbers: Annotated[list[NewNumber], Field(max_length=MOST_SENT)] = Field(default_factory=list)
    pairs: Annotated[list[NewPair], Field(max_length=MOST_SENT)] = Field(default_factory=list)
    distractors: Annotated[list[Words], Field(max_length=MOST_SENT)] = Field(default_factory=list)
    items: Annotated[list[Words], Field(max_length=MOST_SENT)] = Field(default_factory=list)

    def checked(self) -> Ready | list[Fault]:
        """The question as the bank takes it, or what is wrong with it, each with its field."""
        if self.type is QuestionKind.TRUE_FALSE and self.is_true is None:
            return [("is_true", "Say whether the statement is true.")]
        return ready(self._draft())

    def required(self, prefix: str = "") -> Ready:
        """The same, raising QuestionNotValid (422) with `prefix` before each field."""
        made = self.checked()
        if isinstance(made, Ready):
            return made
        raise QuestionNotValid.of(made, prefix)

    def _draft(self) -> Draft:
        return Draft(
            type=QuestionType(self.type),
            text=self.text,
            body=self._body(),
            title=self.title,
            feedback=Feedback(**self.feedback.model_dump()),
            points=self.points,
            tags=tuple(self.tags),
        )

    def _body(self) -> Body:
        match QuestionType(self.type):
            case QuestionType.SINGLE_CHOICE | QuestionType.MULTIPLE_CHOICE:
                return self._choices()
            case QuestionType.TRUE_FALSE:
                return TrueFalse(bool(self.is_true), self.feedback_true, self.feedback_false)
            case QuestionType.SHORT_ANSWER:
                accepted = tuple(AcceptedText(one.text, one.credit, one.feedback) for one in self.answers)
                return ShortAnswer(accepted, self.case_sensitive)
            case QuestionType.NUMERIC:
                return Numeric(tuple(AcceptedNumber(**one.model_dump()) for one in self.numbers))
            case QuestionType.MATCHING:
                pairs = tuple(Pair(one.prompt, one.option, one.feedback) for one in self.pairs)
                return Matching(pairs, tuple(self.distractors), self.shuffle)
            case QuestionType.ORDERING:
                return Ordering(tuple(self.items))

    def _choices(self) -> DraftChoices:
        right = [one.is_right for one in self.choices]
        body = DraftChoices(tuple(DraftChoice(one.text, WHOLE, one.feedback) for one in self.choices), self.shuffle)
        if all(one.credit is None for one in self.choices):
            return even_credits(body, right, penalty=self.type is QuestionKind.MULTIPLE_CHOICE)
        given = [one.credit if one.credit is not None else NOTHING for one in self.choices]
        return with_credits(body, given)

"""A question as its author wrote it. All texts are Markdown, except accepted short answers, which are plain."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from pydantic import TypeAdapter

WHOLE = Decimal(100)
NOTHING = Decimal(0)


class QuestionType(StrEnum):
    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TRUE_FALSE = "true_false"
    SHORT_ANSWER = "short_answer"
    NUMERIC = "numeric"
    MATCHING = "matching"
    ORDERING = "ordering"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the choices.

    Attributes:
        credit: percent. Single choice: exactly one has 100, others may earn a part. Multiple choice: relative to the
            sum of the positive ones, so that choosing just those is the whole; negative ones are penalties.
    """

    text: str
    credit: Decimal = NOTHING
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Body of single and multiple choice."""

    choices: tuple[Choice, ...]
    shuffle: bool = True


@dataclass(frozen=True, slots=True)
class TrueFalse:
    """Body of true or false; each feedback is for whom answered so."""

    right: bool
    feedback_true: str = ""
    feedback_false: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedText:
    """An accepted short answer; `*` stands for any text, `\\*` for a star."""

    pattern: str
    credit: Decimal = WHOLE
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """Body of short answer. The first that matches counts."""

    answers: tuple[AcceptedText, ...]
    case_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class AcceptedNumber:
    """An accepted number: `value` with a tolerance, or the closed interval `low` to `high`, or (all None) any number.

    Attributes:
        tolerance: how far off is still accepted: absolute, or percent of the value.
    """

    value: Decimal | None = None
    tolerance: Decimal = NOTHING
    percent: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    credit: Decimal = WHOLE
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Numeric:
    """Body of numeric. The first that fits counts."""

    answers: tuple[AcceptedNumber, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    prompt: str
    option: str
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Matching:
    """Body of matching; `distractors` are options that belong to no prompt."""

    pairs: tuple[Pair, ...]
    distractors: tuple[str, ...] = ()
    shuffle: bool = True


@dataclass(frozen=True, slots=True)
class Ordering:
    """Body of ordering, in the right order. Two items with the same text may stand for each other."""

    items: tuple[str, ...]


Body = Choices | TrueFalse | ShortAnswer | Numeric | Matching | Ordering

BODIES: Mapping[QuestionType, type[Body]] = {
    QuestionType.SINGLE_CHOICE: Choices,
    QuestionType.MULTIPLE_CHOICE: Choices,
    QuestionType.TRUE_FALSE: TrueFalse,
    QuestionType.SHORT_ANSWER: ShortAnswer,
    QuestionType.NUMERIC: Numeric,
    QuestionType.MATCHING: Matching,
    QuestionType.ORDERING: Ordering,
}
_ADAPTERS: Mapping[QuestionType, TypeAdapter[Any]] = {type_: TypeAdapter(body) for type_, body in BODIES.items()}


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is told after grading: always, and by how right the answer was."""

    general: str = ""
    correct: str = ""
    partial: str = ""
    incorrect: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question before it is in the bank; also what the readers of question files make and the writers take.

    Attributes:
        category: where it stood in its source, as a path with `/`.
        external_id: its name in the source it came from; the same one again is the same question.
    """

    type: QuestionType
    text: str
    body: Body
    title: str = ""
    feedback: Feedback = field(default_factory=Feedback)
    points: Decimal = Decimal(1)
    tags: tuple[str, ...] = ()
    category: str = ""
    external_id: str | None = None


def body_json(type_: QuestionType, body: Body) -> dict[str, Any]:
    """The body as plain JSON; numbers as texts, so that they stay exact."""
    dumped: dict[str, Any] = _ADAPTERS[type_].dump_python(body, mode="json")
    return dumped


def body_of(type_: QuestionType, data: Any) -> Body:
    """The body that `body_json` wrote. Raises pydantic.ValidationError for anything else."""
    body: Body = _ADAPTERS[type_].validate_python(data)
    return body


def keys(texts: Sequence[str], kind: str) -> list[str]:
    """A key for each text: the same text always has the same one, whichever its place.

    Only a second, third... equal text gets a key of its own by its number.
    """
    seen: dict[str, int] = {}
    made = []
    for text in texts:
        seen[text] = number = seen.get(text, 0) + 1
        made.append(blake2b(f"{kind}\0{number}\0{text}".encode(), digest_size=6).hexdigest())
    return made


def options(matching: Matching) -> list[str]:
    """The texts to choose from, each once."""
    return list(dict.fromkeys([*(pair.option for pair in matching.pairs), *matching.distractors]))


def with_credits(body: Choices, credits: Iterable[Decimal]) -> Choices:
    """The choices with those credits, in their order."""
    return replace(
        body, choices=tuple(replace(one, credit=credit) for one, credit in zip(body.choices, credits, strict=True))
    )


def even_credits(body: Choices, right: Sequence[bool], *, penalty: bool) -> Choices:
    """Credits for choices that are only right or wrong.

    Args:
        penalty: whether a wrong one takes away what a right one gives, as in multiple choice; else it earns nothing.
    """
    share = Decimal(1) if penalty else WHOLE
    return with_credits(body, (share if is_right else -share if penalty else NOTHING for is_right in right))

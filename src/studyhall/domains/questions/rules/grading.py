"""What an answer earns. Pure, exact, and never an error: an answer of the wrong shape earns nothing and says why.

Standards:
    multiple choice: sum of the chosen credits over the sum of the positive ones, never below 0 (Moodle's fractions;
        with even credits it is Canvas's "right minus wrong").
    matching: each prompt the same share (Moodle, Canvas).
    ordering: the longest subsequence in right order, a single item being none: (L - 1) / (n - 1). This is Moodle's
        "longest ordered subset", moved so that the reversed order earns nothing.
    short answer, numeric: the credit of the first accepted answer that fits (Moodle).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from studyhall.domains.questions.rules import numbers, texts
from studyhall.domains.questions.rules.drafts import (
    NOTHING,
    WHOLE,
    Body,
    Choices,
    Matching,
    Numeric,
    Ordering,
    QuestionType,
    ShortAnswer,
    TrueFalse,
    keys,
    options,
)

PLACES = Decimal("0.000001")
LONGEST_ANSWER = 2_000
_WHOLE = Fraction(100)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an answer.

    Attributes:
        key: of the choice, prompt or item; `true`, `false`, `answer` where there are none.
        is_right: None where the part alone is neither.
        feedback: Markdown of the author for this part, or empty.
    """

    key: str
    is_right: bool | None
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """What an answer earned.

    Attributes:
        score: 0 to 1, six places; 1 only for a wholly right answer.
        parts: of what was answered, in its order.
        problem: why the answer could not be read, as a sentence; None where it could.
    """

    score: Decimal
    parts: tuple[Part, ...] = ()
    problem: str | None = None

    @property
    def is_right(self) -> bool:
        return self.score == 1


def grade(type_: QuestionType, body: Body, answer: Any) -> Grade:
    """Grade an answer of any shape.

    Args:
        answer: single choice: key; multiple choice: list of keys; true or false: bool; short answer: text; numeric:
            number or text; matching: object of prompt key to option key; ordering: list of all item keys. None or
            empty: not answered.
    """
    if answer is None or answer in ("", [], {}):
        return Grade(NOTHING)
    return _HOW[type_](body, answer)


def _score(share: Fraction) -> Decimal:
    """Within 0 and 1; a share short of the whole never rounds up to it."""
    if share >= 1:
        return Decimal(1)
    exact = Decimal(max(share, Fraction(0)).numerator) / Decimal(share.denominator)
    return min(exact.quantize(PLACES, ROUND_HALF_UP), 1 - PLACES)


def _unread(problem: str) -> Grade:
    return Grade(NOTHING, problem=problem)


def _single(body: Choices, answer: Any) -> Grade:
    named = dict(zip(keys([one.text for one in body.choices], "choice"), body.choices, strict=True))
    choice = named.get(answer) if isinstance(answer, str) else None
    if choice is None:
        return _unread("The answer must be the key of one of the choices.")
    share = Fraction(choice.credit) / _WHOLE
    return Grade(_score(share), (Part(answer, share >= 1, choice.feedback),))


def _multiple(body: Choices, answer: Any) -> Grade:
    named = dict(zip(keys([one.text for one in body.choices], "choice"), body.choices, strict=True))
    if not isinstance(answer, list) or not all(isinstance(key, str) and key in named for key in answer):
        return _unread("The answer must be a list of keys of choices.")
    chosen = [(key, named[key]) for key in dict.fromkeys(answer)]
    positive = sum((Fraction(one.credit) for one in body.choices if one.credit > 0), Fraction(0))
    earned = sum((Fraction(one.credit) for _, one in chosen), Fraction(0))
    share = earned / positive if positive else Fraction(0)
    return Grade(_score(share), tuple(Part(key, one.credit > 0, one.feedback) for key, one in chosen))


def _true_false(body: TrueFalse, answer: Any) -> Grade:
    if not isinstance(answer, bool):
        return _unread("The answer must be true or false.")
    is_right = answer is body.right
    feedback = body.feedback_true if answer else body.feedback_false
    return Grade(Decimal(int(is_right)), (Part(str(answer).lower(), is_right, feedback),))


def _short(body: ShortAnswer, answer: Any) -> Grade:
    # A number is taken as it would be written; one too long to be written is no answer.
    written = answer if numbers.read(answer) is None else str(answer)
    if not isinstance(written, str) or len(written) > LONGEST_ANSWER:
        return _unread(f"The answer must be a text of at most {LONGEST_ANSWER} characters.")
    if not texts.normal(written):
        return Grade(NOTHING)
    for one in body.answers:
        if texts.matches(one.pattern, written, case_sensitive=body.case_sensitive):
            share = Fraction(one.credit) / _WHOLE
            return Grade(_score(share), (Part("answer", share >= 1, one.feedback),))
    return Grade(NOTHING, (Part("answer", False),))


def _numeric(body: Numeric, answer: Any) -> Grade:
    number = numbers.read(answer)
    if number is None:
        return _unread("The answer must be a number.")
    for one in body.answers:
        if numbers.fits(one, number):
            share = Fraction(one.credit) / _WHOLE
            return Grade(_score(share), (Part("answer", share >= 1, one.feedback),))
    return Grade(NOTHING, (Part("answer", False),))


def _matching(body: Matching, answer: Any) -> Grade:
    prompts = keys([pair.prompt for pair in body.pairs], "prompt")
    offered = options(body)
    named = dict(zip(keys(offered, "option"), offered, strict=True))
    if not isinstance(answer, dict) or not all(
        key in prompts and (option is None or (isinstance(option, str) and option in named))
        for key, option in answer.items()
    ):
        return _unread("The answer must be an object that gives prompt keys an option key each.")
    parts = []
    for key, pair in zip(prompts, body.pairs, strict=True):
        if answer.get(key) is not None:
            parts.append(Part(key, named[answer[key]] == pair.option, pair.feedback))
    right = sum(1 for part in parts if part.is_right)
    return Grade(_score(Fraction(right, max(1, len(prompts)))), tuple(parts))


def _ordering(body: Ordering, answer: Any) -> Grade:
    named = dict(zip(keys(body.items, "item"), body.items, strict=True))
    if not isinstance(answer, list) or not all(isinstance(key, str) for key in answer):
        return _unread("The answer must be a list of keys of items.")
    if sorted(answer) != sorted(named):
        return _unread("The answer must be a list of the keys of all items, each once.")
    given = [named[key] for key in answer]
    longest = _longest_common(given, body.items)
    share = Fraction(longest - 1, len(given) - 1) if len(given) > 1 else Fraction(1)
    parts = tuple(Part(key, text == right) for key, text, right in zip(answer, given, body.items, strict=True))
    return Grade(_score(share), parts)


def _longest_common(given: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest common subsequence (the textbook table, one row kept)."""
    row = [0] * (len(right) + 1)
    for text in given:
        diagonal = 0
        for at, other in enumerate(right, 1):
            above = row[at]
            row[at] = diagonal + 1 if text == other else max(above, row[at - 1])
            diagonal = above
    return row[-1]


def solution(type_: QuestionType, body: Body) -> Any:
    """An answer that earns everything, in the shape that `grade` takes. Only for whom may see it."""
    right: Any = None
    match body:
        case Choices(choices):
            named = list(zip(keys([one.text for one in choices], "choice"), choices, strict=True))
            right = [key for key, one in named if one.credit > 0]
            if type_ is QuestionType.SINGLE_CHOICE:
                right = next((key for key, one in named if one.credit >= WHOLE), None)
        case TrueFalse():
            right = body.right
        case ShortAnswer():
            right = _first_that_counts(type_, body, [texts.example(one.pattern) for one in body.answers])
        case Numeric():
            given = [one.value if one.value is not None else one.low for one in body.answers]
            right = _first_that_counts(type_, body, [str(number) for number in given if number is not None])
        case Matching():
            offered = options(body)
            by_text = dict(zip(offered, keys(offered, "option"), strict=True))
            prompts = keys([pair.prompt for pair in body.pairs], "prompt")
            right = {key: by_text[pair.option] for key, pair in zip(prompts, body.pairs, strict=True)}
        case Ordering():
            right = keys(body.items, "item")
    return right


def _first_that_counts(type_: QuestionType, body: Body, answers: Sequence[str]) -> str | None:
    """Whichever earns everything: an earlier accepted answer may catch one that is meant to."""
    return next((answer for answer in answers if grade(type_, body, answer).is_right), None)


_HOW: Mapping[QuestionType, Callable[[Any, Any], Grade]] = {
    QuestionType.SINGLE_CHOICE: _single,
    QuestionType.MULTIPLE_CHOICE: _multiple,
    QuestionType.TRUE_FALSE: _true_false,
    QuestionType.SHORT_ANSWER: _short,
    QuestionType.NUMERIC: _numeric,
    QuestionType.MATCHING: _matching,
    QuestionType.ORDERING: _ordering,
}

"""What a question must have before it may be asked. Every fault is named, with the field it stands in."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from studyhall.domains.questions.rules import markup, numbers, texts
from studyhall.domains.questions.rules.drafts import (
    BODIES,
    NOTHING,
    WHOLE,
    Body,
    Choices,
    Draft,
    Matching,
    Numeric,
    Ordering,
    QuestionType,
    ShortAnswer,
    TrueFalse,
    options,
)
from studyhall.domains.questions.rules.grading import solution

LONGEST_TEXT = 50_000
LONGEST_PART = 10_000
LONGEST_FEEDBACK = 10_000
LONGEST_PATTERN = 1_000
LONGEST_TITLE = 255
LONGEST_CATEGORY = 500
LONGEST_EXTERNAL_ID = 255
LONGEST_TAG = 100
MOST_TAGS = 50
MOST_PARTS = 100
MOST_POINTS = Decimal(10_000)

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

Fault = tuple[str, str]
"""The field, and a sentence about it."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A draft without a fault, rendered. Made by `ready` only."""

    draft: Draft
    html: Mapping[str, str]


def ready(draft: Draft) -> Ready | list[Fault]:
    """The question as the bank takes it, or all that is wrong with it. Rendering is slow: keep it off the loop."""
    draft = _tidied(draft)
    return faults(draft) or Ready(draft, markup.rendered_texts(draft))


def faults(draft: Draft) -> list[Fault]:
    """Everything that is wrong with the draft."""
    return list(_faults(draft))


def _tidied(draft: Draft) -> Draft:
    tags = tuple(dict.fromkeys(tag.strip() for tag in draft.tags if tag.strip()))
    return replace(draft, text=draft.text.strip(), title=" ".join(draft.title.split()), tags=tags)


def _faults(draft: Draft) -> Iterator[Fault]:
    if not isinstance(draft.body, BODIES[draft.type]):
        yield "type", f"This is no {draft.type.replace('_', ' ')} question."
        return
    if not draft.text:
        yield "text", "The question has no text."
    for field, text, longest in _lengths(draft):
        if len(text) > longest:
            yield field, f"{len(text):,} characters are too many; {longest:,} are allowed."
        if _UNSTORABLE.search(text):
            yield field, "The text holds a NUL or a half of a surrogate pair, which no text may."
    if not (draft.points.is_finite() and 0 <= draft.points <= MOST_POINTS):
        yield "points", f"Points must be from 0 to {MOST_POINTS:,}."
    if len(draft.tags) > MOST_TAGS:
        yield "tags", f"{len(draft.tags):,} tags are too many; {MOST_TAGS} are allowed."
    yield from _faults_of_body(draft.type, draft.body)


def _lengths(draft: Draft) -> Iterator[tuple[str, str, int]]:
    yield "text", draft.text, LONGEST_TEXT
    yield "title", draft.title, LONGEST_TITLE
    yield "category", draft.category, LONGEST_CATEGORY
    yield "external_id", draft.external_id or "", LONGEST_EXTERNAL_ID
    yield from (("tags", tag, LONGEST_TAG) for tag in draft.tags)
    for name in ("general", "correct", "partial", "incorrect"):
        yield f"feedback.{name}", getattr(draft.feedback, name), LONGEST_FEEDBACK
    match draft.body:
        case Choices(choices):
            for one in choices:
                yield "choices", one.text, LONGEST_PART
                yield "choices", one.feedback, LONGEST_FEEDBACK
        case TrueFalse(_, true, false):
            yield "feedback_true", true, LONGEST_FEEDBACK
            yield "feedback_false", false, LONGEST_FEEDBACK
        case ShortAnswer(answers):
            for accepted in answers:
                yield "answers", accepted.pattern, LONGEST_PATTERN
                yield "answers", accepted.feedback, LONGEST_FEEDBACK
        case Numeric(near):
            yield from (("numbers", number.feedback, LONGEST_FEEDBACK) for number in near)
        case Matching(pairs, distractors):
            for pair in pairs:
                yield "pairs", pair.prompt, LONGEST_PART
                yield "pairs", pair.option, LONGEST_PART
                yield "pairs", pair.feedback, LONGEST_FEEDBACK
            yield from (("distractors", text, LONGEST_PART) for text in distractors)
        case Ordering(items):
            yield from (("items", text, LONGEST_PART) for text in items)


def _faults_of_body(type_: QuestionType, body: Body) -> Iterator[Fault]:
    field, parts = _parts(body)
    if len(parts) > MOST_PARTS:
        yield field, f"{len(parts):,} {field} are too many; {MOST_PARTS} are allowed."
        return
    checks: Mapping[type[Any], Callable[[Any], Iterator[Fault]]] = {
        Choices: _single if type_ is QuestionType.SINGLE_CHOICE else _multiple,
        ShortAnswer: _short,
        Numeric: _numeric,
        Matching: _matching,
        Ordering: _ordering,
    }
    if type(body) in checks:
        yield from checks[type(body)](body)


def _parts(body: Body) -> tuple[str, Sequence[object]]:
    match body:
        case Choices(choices):
            return "choices", choices
        case ShortAnswer(answers):
            return "answers", answers
        case Numeric(near):
            return "numbers", near
        case Matching(pairs, distractors):
            return "pairs", (*pairs, *distractors)
        case Ordering(items):
            return "items", items
        case TrueFalse():
            return "is_true", ()


def _choices(body: Choices) -> Iterator[Fault]:
    if len(body.choices) < 2:
        yield "choices", "There must be at least two choices."
    if any(not one.text.strip() for one in body.choices):
        yield "choices", "A choice has no text."
    if _repeated([one.text for one in body.choices]):
        yield "choices", "Two choices say the same."
    if any(not (one.credit.is_finite() and -WHOLE <= one.credit <= WHOLE) for one in body.choices):
        yield "choices", "The credit of a choice must be from -100 to 100 percent."


def _single(body: Choices) -> Iterator[Fault]:
    yield from _choices(body)
    right = sum(1 for one in body.choices if one.credit == WHOLE)
    if right == 0:
        yield "choices", "No choice is right."
    elif right > 1:
        yield "choices", f"{right} choices are right, but only one can be chosen. Make it a multiple choice question."


def _multiple(body: Choices) -> Iterator[Fault]:
    yield from _choices(body)
    if not any(one.credit > 0 for one in body.choices):
        yield "choices", "No choice is right."


def _credits(field: str, credits: Sequence[Decimal]) -> Iterator[Fault]:
    if not credits:
        yield field, "There is no accepted answer."
    elif any(not (credit.is_finite() and NOTHING <= credit <= WHOLE) for credit in credits):
        yield field, "The credit of an answer must be from 0 to 100 percent."
    elif WHOLE not in credits:
        yield field, "No answer is wholly right."


def _short(body: ShortAnswer) -> Iterator[Fault]:
    yield from _credits("answers", [one.credit for one in body.answers])
    if any(not texts.normal(one.pattern) for one in body.answers):
        yield "answers", "An accepted answer has no text."
    elif any(one.credit == WHOLE for one in body.answers) and solution(QuestionType.SHORT_ANSWER, body) is None:
        yield "answers", "Another answer stands before the right one and catches it."


def _numeric(body: Numeric) -> Iterator[Fault]:
    yield from _credits("numbers", [one.credit for one in body.answers])
    for one in body.answers:
        given = [number for number in (one.value, one.low, one.high, one.tolerance) if number is not None]
        if not all(numbers.bounded(number) for number in given):
            yield "numbers", "A number is too large or has too many digits."
        elif (one.low is None) != (one.high is None) or (one.value is not None and one.low is not None):
            yield "numbers", "Give either a value with a tolerance, or both a low and a high bound."
        elif one.low is not None and one.high is not None and one.low > one.high:
            yield "numbers", "The low bound is above the high one."
        elif one.tolerance < 0:
            yield "numbers", "A tolerance cannot be negative."
        elif one.value is None and one.low is None and one.credit > 0:
            yield "numbers", "An answer that any number fits cannot earn anything."
        else:
            continue
        return
    if any(one.credit == WHOLE for one in body.answers) and solution(QuestionType.NUMERIC, body) is None:
        yield "numbers", "Another answer stands before the right one and catches it."


def _matching(body: Matching) -> Iterator[Fault]:
    if not body.pairs:
        yield "pairs", "There must be at least one pair."
    if any(not pair.prompt.strip() or not pair.option.strip() for pair in body.pairs):
        yield "pairs", "A pair lacks one of its texts."
    if any(not text.strip() for text in body.distractors):
        yield "distractors", "A distractor has no text."
    if len(options(body)) < 2:
        yield "pairs", "There must be at least two options to choose from."
    if _repeated([pair.prompt for pair in body.pairs]):
        yield "pairs", "Two prompts say the same."


def _ordering(body: Ordering) -> Iterator[Fault]:
    if len(set(body.items)) < 2:
        yield "items", "There must be at least two different items."
    if any(not text.strip() for text in body.items):
        yield "items", "An item has no text."


def _repeated(shown: Sequence[str]) -> bool:
    stripped = [" ".join(text.split()) for text in shown]
    return len(set(stripped)) < len(stripped)

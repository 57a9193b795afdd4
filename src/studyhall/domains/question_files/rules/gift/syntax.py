"""One GIFT question as its parts, before anybody asks what they mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from studyhall.domains.question_files.rules.gift.blocks import Block

_TITLE = re.compile(r"\s*::((?:\\.|(?!::)[^\\])*)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"\s*%\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*%")
_TRUTH = re.compile(r"\s*(TRUE|FALSE|T|F)\s*(?:#|$)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(\\|[~=#{}:n])")
_ANSWER = re.compile(r"(?<!\\)(?:\\\\)*([=~])")
_HASH = re.compile(r"(?<!\\)((?:\\\\)*)#")
_GENERAL = re.compile(r"(?<!\\)((?:\\\\)*)####")
_BRACE = re.compile(r"(?<!\\)((?:\\\\)*)([{}])")
MOST_ANSWERS = 2_000
DEFAULT = "moodle"
BLANK = " _____ "


class GiftType(StrEnum):
    CHOICE = "choice"
    TRUE_FALSE = "true_false"
    SHORT = "short"
    NUMERICAL = "numerical"
    MATCHING = "matching"
    ESSAY = "essay"
    DESCRIPTION = "description"


class NotGift(ValueError):
    """The question cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text with its notation: `moodle`, `html`, `markdown` or `plain`."""

    text: str
    format: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    Attributes:
        is_right: written with `=`.
        weight: the percentage, or None where none stands.
        option: what belongs to it, in matching.
    """

    is_right: bool
    weight: Decimal | None
    words: Words
    feedback: Words | None
    option: str | None = None


@dataclass(frozen=True, slots=True)
class GiftQuestion:
    """A question as written.

    Attributes:
        has_blank: the answers stood within the text, which has a blank there now.
        first_feedback, second_feedback: of true or false, in the order written.
    """

    type: GiftType
    title: str | None
    stem: Words
    has_blank: bool = False
    answers: tuple[Answer, ...] = ()
    is_true: bool | None = None
    first_feedback: Words | None = None
    second_feedback: Words | None = None
    feedback: Words | None = None


def parse(block: Block) -> GiftQuestion:
    """The parts of the question. Raises NotGift, with a sentence, where the braces do not fit."""
    rest, title = block.text, None
    head = _TITLE.match(rest)
    if head is not None:
        title, rest = unescaped(" ".join(head.group(1).split())), rest[head.end() :]
    notation, rest = _format(rest, DEFAULT)
    before, inside, after = _apart(rest)
    if inside is None:
        return GiftQuestion(GiftType.DESCRIPTION, title, words(before, notation))
    has_blank = bool(after.strip())
    stem = words(f"{before.strip()}{BLANK}{after.strip()}" if has_blank else before, notation)
    body, feedback = _general(inside, notation)
    return _answered(body, title, stem, has_blank, feedback)


def _apart(text: str) -> tuple[str, str | None, str]:
    """Before, inside of and after the first braces; a second pair is text like any other."""
    start = _BRACE.search(text)
    if start is None:
        return text, None, ""
    if start.group(2) == "}":
        raise NotGift("A closing brace stands without an opening one. Write it as \\}.")
    for end in _BRACE.finditer(text, start.end()):
        if end.group(2) == "}":
            return text[: start.end(2) - 1], text[start.end() : end.end(2) - 1], text[end.end() :]
        raise NotGift("A brace is opened within the answers. Write it as \\{.")
    raise NotGift("The answers have no closing brace.")


def _general(inside: str, notation: str) -> tuple[str, Words | None]:
    found = _GENERAL.search(inside)
    if found is None:
        return inside, None
    body = inside[: found.end() - 4]
    return body, _told(inside[found.end() :], notation)


def _answered(body: str, title: str | None, stem: Words, has_blank: bool, feedback: Words | None) -> GiftQuestion:
    def made(type_: GiftType, answers: tuple[Answer, ...] = ()) -> GiftQuestion:
        return GiftQuestion(type_, title, stem, has_blank, answers, feedback=feedback)

    notation = stem.format
    if not body.strip():
        return made(GiftType.ESSAY)
    if body.lstrip().startswith("#"):
        return made(GiftType.NUMERICAL, tuple(_numbers(body.lstrip()[1:], notation)))
    truth = _TRUTH.match(body)
    if truth is not None:
        return _truth(body, truth.group(1).upper().startswith("T"), made(GiftType.TRUE_FALSE))
    answers = list(_split(body))
    if any(mark == "~" for mark, _ in answers):
        return made(GiftType.CHOICE, tuple(_answer(mark, text, notation) for mark, text in answers))
    if answers and all("->" in text for _, text in answers):
        return made(GiftType.MATCHING, tuple(_pair(text, notation) for _, text in answers))
    if not answers:
        answers = [("=", body)]  # Moodle takes {four} as {=four}
    return made(GiftType.SHORT, tuple(_answer("=", text, notation) for _, text in answers))


def _truth(body: str, is_true: bool, question: GiftQuestion) -> GiftQuestion:
    told = _by_hash(body)[1:]
    first, second = ([_told(text, question.stem.format) for text in told] + [None, None])[:2]
    return GiftQuestion(
        question.type,
        question.title,
        question.stem,
        question.has_blank,
        is_true=is_true,
        first_feedback=first,
        second_feedback=second,
        feedback=question.feedback,
    )


def _split(body: str) -> Iterator[tuple[str, str]]:
    """Each answer with its mark; what stands before the first one belongs to none."""
    marks = list(_ANSWER.finditer(body))
    if len(marks) > MOST_ANSWERS:
        raise NotGift(f"{len(marks):,} answers are too many.")
    for at, mark in enumerate(marks):
        end = marks[at + 1].end() - 1 if at + 1 < len(marks) else len(body)
        yield mark.group(1), body[mark.end() : end]


def _numbers(body: str, notation: str) -> Iterator[Answer]:
    marked = list(_split(body))
    if not marked or body[: body.find(marked[0][0])].strip(" \t\n#"):
        # {#3.14:0.01 #feedback ~#feedback for other numbers}: the first answer needs no mark.
        first = next(_ANSWER.finditer(body), None)
        yield _answer("=", body[: first.end() - 1] if first else body, notation)
    for mark, text in marked:
        yield _answer(mark, text, notation)


def _answer(mark: str, text: str, notation: str) -> Answer:
    weight = _WEIGHT.match(text)
    if weight is not None:
        text = text[weight.end() :]
    own, *told = _by_hash(text)
    own_notation, own = _format(own, notation)
    feedback = _told("#".join(told), notation) if told else None
    return Answer(mark == "=", Decimal(weight.group(1)) if weight else None, words(own, own_notation), feedback)


def _pair(text: str, notation: str) -> Answer:
    prompt, _, option = text.partition("->")
    own_notation, prompt = _format(prompt, notation)
    own, *told = _by_hash(option)
    feedback = _told("#".join(told), notation) if told else None
    return Answer(True, None, words(prompt, own_notation), feedback, words(own, DEFAULT).text)


def _by_hash(text: str) -> list[str]:
    """The text apart at its unescaped hashes."""
    parts, at = [], 0
    for mark in _HASH.finditer(text):
        parts.append(text[at : mark.end() - 1])
        at = mark.end()
    return [*parts, text[at:]]


def _told(text: str, notation: str) -> Words | None:
    notation, text = _format(text, notation)
    told = words(text, notation)
    return told if told.text else None


def _format(text: str, notation: str) -> tuple[str, str]:
    named = _FORMAT.match(text)
    return (named.group(1).lower(), text[named.end() :]) if named else (notation, text)


def words(text: str, notation: str) -> Words:
    """The text without escapes; line ends count only where the notation has them."""
    stripped = text.strip()
    if notation not in ("html", "markdown"):
        stripped = " ".join(stripped.split())
    return Words(unescaped(stripped), notation)


def unescaped(text: str) -> str:
    """`\\n` is a line end; a backslash before a control character or another backslash goes."""
    return _ESCAPED.sub(lambda sign: "\n" if sign.group(1) == "n" else sign.group(1), text)

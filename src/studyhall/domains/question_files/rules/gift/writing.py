"""Drafts to GIFT. Texts are written as Markdown, which is what they are."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from studyhall.domains.question_files.rules.encodings import plain
from studyhall.domains.question_files.rules.numbers import percents
from studyhall.domains.question_files.rules.outcome import Kind, Loss, Written, named
from studyhall.domains.questions.public import (
    AcceptedNumber,
    Choices,
    Draft,
    Matching,
    Numeric,
    Ordering,
    QuestionType,
    ShortAnswer,
    TrueFalse,
)

WHOLE = Decimal(100)
_CONTROL = re.compile(r"[\\~=#{}:]")


def write(drafts: Iterable[Draft]) -> Written:
    """A GIFT file of the questions, and what of them GIFT has no place for."""
    parts, losses, category = list[str](), list[Loss](), ""
    for draft in drafts:
        why = _impossible(draft)
        if why is not None:
            losses.append(Loss(Kind.QUESTION, named(draft), why))
            continue
        losses += [Loss(Kind.PART, named(draft), why) for why in _lost(draft)]
        if draft.category != category:
            category = draft.category
            parts.append(f"$CATEGORY: {' '.join(category.split()) or 'top'}")
        parts.append(_question(draft))
    return Written(("\n\n".join(parts) + "\n").encode(), tuple(losses))


def _impossible(draft: Draft) -> str | None:
    """Why GIFT cannot say it: an arrow is its one sign that cannot be escaped."""
    match draft.body:
        case Ordering():
            return "GIFT has no ordering questions."
        case ShortAnswer(answers) if all("->" in one.pattern for one in answers):
            return "GIFT would take answers with an arrow (->) for pairs."
        case Matching(pairs) if any("->" in pair.prompt for pair in pairs):
            return "GIFT has no way to write an arrow (->) within a prompt."
        case _:
            return None


def _lost(draft: Draft) -> Iterator[str]:
    if draft.points != 1:
        yield "GIFT has no points."
    if draft.feedback.correct or draft.feedback.partial or draft.feedback.incorrect:
        yield "GIFT has no feedback by how right the answer was."
    match draft.body:
        case Choices(shuffle=False) | Matching(shuffle=False):
            yield "GIFT cannot keep choices in their order."
        case ShortAnswer(case_sensitive=True):
            yield "GIFT cannot say that case counts."
        case Matching(pairs) if any(pair.feedback for pair in pairs):
            yield "GIFT has no feedback for a pair."
        case Numeric(numbers) if any(number.percent for number in numbers):
            yield "A tolerance in percent is written as an absolute one."
        case _:
            pass


def escaped(text: str) -> str:
    """With control characters escaped, and on one line."""
    return _CONTROL.sub(r"\\\g<0>", plain(text).strip()).replace("\n", "\\n")


def _question(draft: Draft) -> str:
    comments = [f"[id:{_bracketed(draft.external_id)}]"] if draft.external_id else []
    comments += [f"[tag:{_bracketed(tag)}]" for tag in draft.tags]
    head = f"// {' '.join(comments)}\n" if comments else ""
    title = f"::{escaped(draft.title)}::" if draft.title else ""
    return f"{head}{title}[markdown]{escaped(draft.text)} {{{_answers(draft)}{_told('####', draft.feedback.general)}}}"


def _bracketed(text: str) -> str:
    return re.sub(r"[\\\]]", r"\\\g<0>", " ".join(text.split()))


def _told(mark: str, text: str) -> str:
    return f" {mark}{_guarded(text)}" if text else ""


def _guarded(text: str) -> str:
    """A text that begins like a notation or a weight gets its own in front."""
    return f"[markdown]{escaped(text)}" if text.startswith("[") else escaped(text)


def _answers(draft: Draft) -> str:
    match draft.body:
        case TrueFalse(right, on_true, on_false):
            wrong, told = (on_false, on_true) if right else (on_true, on_false)
            feedback = f" #{_guarded(wrong)} #{_guarded(told)}" if wrong or told else ""
            return f"{'TRUE' if right else 'FALSE'}{feedback}"
        case Choices(choices):
            single = draft.type is QuestionType.SINGLE_CHOICE
            credits = [one.credit for one in choices] if single else percents(draft.body)
            lines = [
                f"{_choice(single, credit, one.text)}{_told('#', one.feedback)}"
                for one, credit in zip(choices, credits, strict=True)
            ]
        case ShortAnswer(answers):
            lines = [f"={_weighted(one.credit, WHOLE, one.pattern)}{_told('#', one.feedback)}" for one in answers]
        case Numeric(numbers):
            lines = [
                f"={_weighted(one.credit, WHOLE, _number(one), raw=True)}{_told('#', one.feedback)}" for one in numbers
            ]
            return f"#\n{_indented(lines)}"
        case Matching(pairs, distractors):
            lines = [f"={_guarded(pair.prompt)} -> {escaped(pair.option)}" for pair in pairs]
            lines += [f"= -> {escaped(text)}" for text in distractors]
        case _:
            lines = []
    return f"\n{_indented(lines)}"


def _indented(lines: Sequence[str]) -> str:
    return "".join(f"  {line}\n" for line in lines)


def _choice(single: bool, credit: Decimal, text: str) -> str:
    """Single choice: `=` for the right one; multiple choice: weights alone."""
    if single and credit == WHOLE:
        return f"={_weighted(credit, WHOLE, text)}"
    return f"~{_weighted(credit, Decimal(0), text)}" if single else f"~%{credit:f}%{_guarded(text)}"


def _weighted(credit: Decimal, usual: Decimal, text: str, *, raw: bool = False) -> str:
    """The text with its weight, unless that is the usual one and the text does not look like one."""
    weight = "" if credit == usual and not text.startswith("%") else f"%{credit:f}%"
    return f"{weight}{text if raw else _guarded(text)}"


def _number(one: AcceptedNumber) -> str:
    if one.value is not None:
        off = one.tolerance * abs(one.value) / 100 if one.percent else one.tolerance
        return f"{one.value:f}:{off:f}"
    return "*" if one.low is None or one.high is None else f"{one.low:f}..{one.high:f}"

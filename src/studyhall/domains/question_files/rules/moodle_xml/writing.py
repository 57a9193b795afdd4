"""Drafts to Moodle XML. Texts are written as Markdown, which Moodle knows."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

from studyhall.domains.question_files.rules.encodings import plain
from studyhall.domains.question_files.rules.numbers import centred, percents
from studyhall.domains.question_files.rules.outcome import Kind, Loss, Written, named, shortened
from studyhall.domains.questions.public import (
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
_TYPES = {
    QuestionType.SINGLE_CHOICE: "multichoice",
    QuestionType.MULTIPLE_CHOICE: "multichoice",
    QuestionType.TRUE_FALSE: "truefalse",
    QuestionType.SHORT_ANSWER: "shortanswer",
    QuestionType.NUMERIC: "numerical",
    QuestionType.MATCHING: "matching",
    QuestionType.ORDERING: "ordering",
}
_WITH_OVERALL = (Choices, Matching, Ordering)


def write(drafts: Iterable[Draft]) -> Written:
    """A Moodle XML file of the questions, and what of them it has no place for."""
    losses: list[Loss] = []
    root, category = Element("quiz"), ""
    for draft in drafts:
        losses += [Loss(Kind.PART, named(draft), why) for why in _lost(draft)]
        if draft.category != category:
            category = draft.category
            path = "/".join(filter(None, ("$course$", "top", category)))
            _text(SubElement(SubElement(root, "question", type="category"), "category"), path)
        _question(root, draft)
    return Written(b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8"), tuple(losses))


def _lost(draft: Draft) -> Iterator[str]:
    told = draft.feedback
    if (told.correct or told.partial or told.incorrect) and not isinstance(draft.body, _WITH_OVERALL):
        yield "Moodle has no feedback by how right the answer was for this type."
    match draft.body:
        case Matching(pairs) if any(pair.feedback for pair in pairs):
            yield "Moodle has no feedback for a pair."
        case Numeric(numbers) if any(one.percent for one in numbers):
            yield "A tolerance in percent is written as an absolute one."
        case _:
            pass


def _text(parent: Element, text: str) -> None:
    SubElement(parent, "text").text = plain(text)


def _told(parent: Element, tag: str, markdown: str) -> None:
    _text(SubElement(parent, tag, format="markdown"), markdown)


def _question(root: Element, draft: Draft) -> None:
    question = SubElement(root, "question", type=_TYPES[draft.type])
    _text(SubElement(question, "name"), draft.title or shortened(draft.text))
    _told(question, "questiontext", draft.text)
    _told(question, "generalfeedback", draft.feedback.general)
    SubElement(question, "defaultgrade").text = f"{draft.points:f}"
    SubElement(question, "idnumber").text = plain(draft.external_id or "")
    if isinstance(draft.body, _WITH_OVERALL):
        _told(question, "correctfeedback", draft.feedback.correct)
        _told(question, "partiallycorrectfeedback", draft.feedback.partial)
        _told(question, "incorrectfeedback", draft.feedback.incorrect)
    _body(question, draft)
    if draft.tags:
        tags = SubElement(question, "tags")
        for tag in draft.tags:
            _text(SubElement(tags, "tag"), tag)


def _answer(question: Element, text: str, credit: Decimal, feedback: str = "", notation: str = "markdown") -> Element:
    answer = SubElement(question, "answer", fraction=f"{credit:f}", format=notation)
    _text(answer, text)
    _told(answer, "feedback", feedback)
    return answer


def _body(question: Element, draft: Draft) -> None:
    match draft.body:
        case Choices(choices, shuffle):
            single = draft.type is QuestionType.SINGLE_CHOICE
            SubElement(question, "single").text = str(single).lower()
            SubElement(question, "shuffleanswers").text = str(shuffle).lower()
            credits = [one.credit for one in choices] if single else percents(draft.body)
            for one, credit in zip(choices, credits, strict=True):
                _answer(question, one.text, credit, one.feedback)
        case TrueFalse(right, on_true, on_false):
            _answer(question, "true", WHOLE * right, on_true, "moodle_auto_format")
            _answer(question, "false", WHOLE * (not right), on_false, "moodle_auto_format")
        case ShortAnswer(answers, case_sensitive):
            SubElement(question, "usecase").text = str(int(case_sensitive))
            for accepted in answers:
                _answer(question, accepted.pattern, accepted.credit, accepted.feedback, "moodle_auto_format")
        case Numeric(numbers):
            for number in numbers:
                near = centred(number)
                written = "*" if near is None else f"{near[0]:f}"
                answer = _answer(question, written, number.credit, number.feedback, "moodle_auto_format")
                SubElement(answer, "tolerance").text = "0" if near is None else f"{near[1]:f}"
        case Matching(pairs, distractors, shuffle):
            SubElement(question, "shuffleanswers").text = str(shuffle).lower()
            for prompt, option in [
                *((pair.prompt, pair.option) for pair in pairs),
                *(("", one) for one in distractors),
            ]:
                subquestion = SubElement(question, "subquestion", format="markdown")
                _text(subquestion, prompt)
                _text(SubElement(subquestion, "answer", format="markdown"), option)
        case Ordering(items):
            for place, item in enumerate(items, 1):
                _answer(question, item, Decimal(place))

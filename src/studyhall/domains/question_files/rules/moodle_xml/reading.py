"""Moodle XML to drafts."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from xml.etree.ElementTree import Element

from studyhall.domains.question_files.rules.notations import HTML, MARKDOWN, MOODLE, PLAIN, as_markdown, left_behind
from studyhall.domains.question_files.rules.outcome import Kind, Outcome, Report, TooMany, shortened, too_large
from studyhall.domains.question_files.rules.trees import NotXml, child_text, each, parsed, text_of
from studyhall.domains.questions.public import (
    AcceptedNumber,
    AcceptedText,
    Body,
    Choice,
    Choices,
    Draft,
    Feedback,
    Matching,
    Numeric,
    Ordering,
    Pair,
    QuestionType,
    ShortAnswer,
    TrueFalse,
    number_of,
)

WHOLE = Decimal(100)
_NOTATIONS = {"html": HTML, "markdown": MARKDOWN, "plain_text": PLAIN, "moodle_auto_format": MOODLE}
_NOT_CARRIED = {
    "essay": "Essay questions are not carried: their answers cannot be graded here.",
    "description": "This is a description without a question; it is not carried.",
    "cloze": "Questions with embedded answers (Cloze) are not carried.",
    "multianswer": "Questions with embedded answers (Cloze) are not carried.",
}
# What Moodle writes into every question, and means nothing where a question is tried once.
_USUAL_PENALTIES = frozenset({"", "0", "0.1", "0.3333333", "1"})
_USUAL_NUMBERING = frozenset({"", "abc", "none"})


class Unreadable(ValueError):
    """The question cannot be carried; the text says why."""


def read(content: bytes) -> Outcome:
    """The questions of a Moodle XML file. Never raises."""
    refused = too_large(content)
    if refused is not None:
        return refused
    try:
        root, remark = parsed(content)
    except NotXml as error:
        return Outcome(problem=str(error))
    if root.tag != "quiz":
        return Outcome(problem=f"This is no Moodle XML: its outermost element is <{root.tag[:60]}>, not <quiz>.")
    report = Report()
    if remark is not None:
        report.lose(Kind.FILE, "encoding", remark)
    try:
        _read_all(root, report)
    except TooMany as error:
        return Outcome(problem=str(error))
    return report.outcome()


def _read_all(root: Element, report: Report) -> None:
    category = ""
    for number, element in enumerate(root.findall("question"), 1):
        if element.get("type") == "category":
            category = _category(child_text(element, "category"))
        else:
            _read_question(element, category, f"question {number}", report)


def _category(path: str) -> str:
    """Moodle's path without the names of its contexts."""
    return re.sub(r"^(?:\$\w{1,20}\$/)?(?:top(?:/|$))?", "", path)[:500]


def _read_question(element: Element, category: str, where: str, report: Report) -> None:
    type_, text = element.get("type", ""), _markdown(element.find("questiontext"))
    name = child_text(element, "name") or shortened(child_text(element, "questiontext"))
    how = _HOW.get(type_)
    if how is None:
        why = _NOT_CARRIED.get(type_, f"Questions of the type “{type_[:60]}” are not carried.")
        report.lose(Kind.QUESTION, name, why, where)
        return
    try:
        kind, body = how(element)
    except Unreadable as error:
        report.lose(Kind.QUESTION, name, str(error), where)
        return
    draft = Draft(
        type=kind,
        text=text,
        body=body,
        title="" if name == shortened(text) else name,
        feedback=Feedback(*(_markdown(element.find(tag)) for tag in _TOLD)),
        points=_number(child_text(element, "defaultgrade"), Decimal(1)),
        tags=tuple(text_of(tag) for tag in element.findall("tags/tag")),
        category=category,
        external_id=child_text(element, "idnumber")[:255] or None,
    )
    if report.keep(draft, where):
        for remark in dict.fromkeys(_lost(element)):
            report.lose(Kind.PART, name, remark, where)


_TOLD = ("generalfeedback", "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")


def _lost(element: Element) -> Iterator[str]:
    """What of a question that is carried does not come along."""
    files = [one.get("name", "without a name") for one in each(element, "file")]
    yield from (f"The embedded file {name[:100]} is not carried." for name in files)
    for text in each(element, "text"):
        for remark in left_behind(text_of(text)):
            if not any(name in remark for name in files):
                yield remark
    if any(text_of(one) for one in element.findall("hint")):
        yield "Its hints for a second try are not carried."
    if child_text(element, "hidden") == "1":
        yield "It was hidden in Moodle; here it is not."
    if child_text(element, "penalty").rstrip("0").rstrip(".") not in _USUAL_PENALTIES:
        yield f"The penalty for further tries ({child_text(element, 'penalty')[:20]}) is not carried."
    if child_text(element, "answernumbering") not in _USUAL_NUMBERING:
        yield f"The numbering of choices ({child_text(element, 'answernumbering')[:20]}) is not carried."
    if any(text_of(one) for one in element.findall("units/unit/unit_name")):
        yield "Units of numbers are not carried."


def _markdown(element: Element | None, usual: str = "html") -> str:
    """The text in an element, from its notation."""
    if element is None:
        return ""
    said = element.findtext("text") or ""
    return as_markdown(said, _NOTATIONS.get(element.get("format", usual), HTML))


def _number(written: str, otherwise: Decimal) -> Decimal:
    number = number_of(written)
    return otherwise if number is None else number


def _credit(answer: Element) -> Decimal:
    return _number(answer.get("fraction", ""), Decimal(0))


def _is_on(element: Element, tag: str, usual: str) -> bool:
    return (child_text(element, tag) or usual).lower() in ("1", "true")


def _multichoice(element: Element) -> tuple[QuestionType, Body]:
    choices = [
        Choice(_markdown(one), _credit(one), _markdown(one.find("feedback"))) for one in element.findall("answer")
    ]
    body = Choices(tuple(choices), _is_on(element, "shuffleanswers", "1"))
    single = _is_on(element, "single", "true")
    return (QuestionType.SINGLE_CHOICE if single else QuestionType.MULTIPLE_CHOICE), body


def _true_false(element: Element) -> tuple[QuestionType, Body]:
    answers = {child_text(one, "text").lower(): one for one in element.findall("answer")}
    if answers.keys() != {"true", "false"}:
        raise Unreadable("Its answers are not “true” and “false”.")
    right = [word for word, one in answers.items() if _credit(one) == WHOLE]
    if len(right) != 1:
        raise Unreadable("Neither true nor false is right, or both are.")
    told = {word: _markdown(one.find("feedback")) for word, one in answers.items()}
    return QuestionType.TRUE_FALSE, TrueFalse(right == ["true"], told["true"], told["false"])


def _short(element: Element) -> tuple[QuestionType, Body]:
    answers = [
        AcceptedText(child_text(one, "text"), _credit(one), _markdown(one.find("feedback")))
        for one in element.findall("answer")
    ]
    return QuestionType.SHORT_ANSWER, ShortAnswer(tuple(answers), _is_on(element, "usecase", "0"))


def _numerical(element: Element) -> tuple[QuestionType, Body]:
    answers = []
    for one in element.findall("answer"):
        written, feedback = child_text(one, "text"), _markdown(one.find("feedback"))
        value = number_of(written)
        if value is None and written != "*":
            raise Unreadable(f"“{shortened(written)}” is no number.")
        tolerance = Decimal(0) if value is None else abs(_number(child_text(one, "tolerance"), Decimal(0)))
        answers.append(AcceptedNumber(value, tolerance, credit=_credit(one), feedback=feedback))
    return QuestionType.NUMERIC, Numeric(tuple(answers))


def _matching(element: Element) -> tuple[QuestionType, Body]:
    """A subquestion without a text is an answer that belongs to none."""
    found = [(_markdown(one), _option(one)) for one in element.findall("subquestion")]
    pairs = tuple(Pair(prompt, option) for prompt, option in found if prompt)
    used = {pair.option for pair in pairs}
    others = tuple(dict.fromkeys(option for prompt, option in found if not prompt and option not in used))
    return QuestionType.MATCHING, Matching(pairs, others, _is_on(element, "shuffleanswers", "1"))


def _option(subquestion: Element) -> str:
    answer = subquestion.find("answer")
    return _markdown(answer, "markdown" if answer is not None and answer.get("format") == "markdown" else "plain_text")


def _ordering(element: Element) -> tuple[QuestionType, Body]:
    """The plugin keeps the place of an item as its fraction; older files have them in order."""
    answers = element.findall("answer")
    places = [_credit(one) for one in answers]
    if len(set(places)) == len(places):
        answers = [one for _, one in sorted(zip(places, answers, strict=True), key=lambda pair: pair[0])]
    return QuestionType.ORDERING, Ordering(tuple(_markdown(one) for one in answers))


_HOW: Mapping[str, Callable[[Element], tuple[QuestionType, Body]]] = {
    "multichoice": _multichoice,
    "truefalse": _true_false,
    "shortanswer": _short,
    "numerical": _numerical,
    "matching": _matching,
    "ddmatch": _matching,
    "ordering": _ordering,
}

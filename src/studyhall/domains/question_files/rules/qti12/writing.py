"""Drafts to QTI 1.2 as Canvas reads it; each text as HTML, with its Markdown as the alternative."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

from studyhall.domains.question_files.rules.encodings import plain
from studyhall.domains.question_files.rules.outcome import Kind, Loss, Written, named
from studyhall.domains.question_files.rules.qti12.items import MARKDOWN_TYPE
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
    bounds,
    identified,
    rendered,
)

NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
WHOLE = Decimal(100)
_KINDS = {
    QuestionType.SINGLE_CHOICE: "multiple_choice_question",
    QuestionType.MULTIPLE_CHOICE: "multiple_answers_question",
    QuestionType.TRUE_FALSE: "true_false_question",
    QuestionType.SHORT_ANSWER: "short_answer_question",
    QuestionType.NUMERIC: "numerical_question",
    QuestionType.MATCHING: "matching_question",
    QuestionType.ORDERING: "ordering_question",
}
_RESPONSE = "response1"


def write(drafts: Iterable[Draft], title: str = "Questions", ident: str = "studyhall") -> Written:
    """One assessment with the questions in their order, a section for each category."""
    losses: list[Loss] = []
    root = Element("questestinterop", xmlns=NAMESPACE)
    assessment = SubElement(root, "assessment", ident=ident, title=title)
    section, category = SubElement(assessment, "section", ident="root_section"), ""
    for number, draft in enumerate(identified(list(drafts)), 1):
        if draft.category != category:
            category = draft.category
            section = SubElement(assessment, "section", ident=f"section_{number}", title=plain(category))
        losses += [Loss(Kind.PART, named(draft), why) for why in _lost(draft)]
        _item(section, draft)
    return Written(b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8"), tuple(losses))


def _lost(draft: Draft) -> Iterator[str]:
    if draft.tags:
        yield "QTI 1.2 has no tags."
    match draft.body:
        case ShortAnswer(answers) if any("*" in one.pattern.replace("\\*", "") for one in answers):
            yield "QTI 1.2 has no wildcards; stars are written as they stand."
        case Choices(shuffle=False) | Matching(shuffle=False):
            yield "Canvas keeps the order of choices for a whole test, not for a question."
        case Numeric(numbers) if any(one.percent for one in numbers):
            yield "A tolerance in percent is written as an absolute one."
        case Numeric(numbers) if any(bounds(one) is None for one in numbers):
            yield "Feedback for any other number has no place in QTI 1.2."
        case _:
            pass


def _item(section: Element, draft: Draft) -> None:
    item = SubElement(section, "item", ident=plain(draft.external_id or ""), title=plain(draft.title))
    fields = SubElement(SubElement(item, "itemmetadata"), "qtimetadata")
    for label, entry in (("question_type", _KINDS[draft.type]), ("points_possible", f"{draft.points:f}")):
        field = SubElement(fields, "qtimetadatafield")
        SubElement(field, "fieldlabel").text = label
        SubElement(field, "fieldentry").text = entry
    presentation = SubElement(item, "presentation")
    _material(presentation, draft.text)
    processing = SubElement(item, "resprocessing")
    outcomes = SubElement(processing, "outcomes")
    SubElement(outcomes, "decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    told: dict[str, str] = {
        "general_fb": draft.feedback.general,
        "correct_fb": draft.feedback.correct,
        "partial_fb": draft.feedback.partial,
        "general_incorrect_fb": draft.feedback.incorrect,
    }
    _shown(_condition(processing, goes_on=True, otherwise=True)[0], "general_fb" if told["general_fb"] else "")
    _answers(draft, presentation, processing, told)
    for ident, text in told.items():
        if text:
            flow = SubElement(SubElement(item, "itemfeedback", ident=ident), "flow_mat")
            _material(flow, text)


def _material(parent: Element, markdown: str) -> None:
    material = SubElement(parent, "material")
    SubElement(material, "mattext", texttype="text/html").text = rendered(plain(markdown))
    alternative = SubElement(material, "altmaterial")
    SubElement(alternative, "mattext", texttype=MARKDOWN_TYPE).text = plain(markdown)


def _condition(processing: Element, *, goes_on: bool = False, otherwise: bool = False) -> tuple[Element, Element]:
    rule = SubElement(processing, "respcondition", {"continue": "Yes" if goes_on else "No"})
    variables = SubElement(rule, "conditionvar")
    if otherwise:
        SubElement(variables, "other")
    return rule, variables


def _shown(rule: Element, ident: str) -> None:
    if ident:
        SubElement(rule, "displayfeedback", feedbacktype="Response", linkrefid=ident)


def _equal(parent: Element, value: str, response: str = _RESPONSE, case: bool = False) -> None:
    SubElement(parent, "varequal", {"respident": response} | ({"case": "Yes"} if case else {})).text = value


def _sets(rule: Element, value: Decimal, action: str = "Set") -> None:
    SubElement(rule, "setvar", action=action, varname="SCORE").text = f"{value:f}"


def _answers(draft: Draft, presentation: Element, processing: Element, told: dict[str, str]) -> None:
    match draft.body:
        case Choices(choices):
            labels = [f"c{number}" for number in range(1, len(choices) + 1)]
            many = draft.type is QuestionType.MULTIPLE_CHOICE
            _choose(presentation, labels, [one.text for one in choices], "Multiple" if many else "Single")
            _tell(processing, told, zip(labels, (one.feedback for one in choices), strict=True))
            credits = [one.credit for one in choices]
            (_score_many if many else _score_one)(processing, labels, credits)
        case TrueFalse(right, on_true, on_false):
            _choose(presentation, ["true", "false"], ["True", "False"], "Single")
            _tell(processing, told, [("true", on_true), ("false", on_false)])
            _score_one(processing, ["true", "false"], [WHOLE * right, WHOLE * (not right)])
        case Ordering(items):
            labels = [f"c{number}" for number in range(1, len(items) + 1)]
            _choose(presentation, labels, items, "Ordered")
            rule, variables = _condition(processing)
            both = SubElement(variables, "and")
            for label in labels:
                _equal(both, label)
            _sets(rule, WHOLE)
        case Matching():
            _match(draft.body, presentation, processing, told)
        case ShortAnswer() | Numeric():
            _write(draft.body, presentation, processing, told)


def _choose(presentation: Element, labels: Sequence[str], texts: Sequence[str], cardinality: str) -> None:
    response = SubElement(presentation, "response_lid", ident=_RESPONSE, rcardinality=cardinality)
    choice = SubElement(response, "render_choice")
    for label, text in zip(labels, texts, strict=True):
        _material(SubElement(choice, "response_label", ident=label), text)


def _tell(processing: Element, told: dict[str, str], feedback: Iterable[tuple[str, str]]) -> None:
    for label, text in feedback:
        if text:
            rule, variables = _condition(processing, goes_on=True)
            _equal(variables, label)
            _shown(rule, f"{label}_fb")
            told[f"{label}_fb"] = text


def _score_one(processing: Element, labels: Sequence[str], credits: Sequence[Decimal]) -> None:
    for label, credit in zip(labels, credits, strict=True):
        if credit:
            rule, variables = _condition(processing)
            _equal(variables, label)
            _sets(rule, credit)


def _score_many(processing: Element, labels: Sequence[str], credits: Sequence[Decimal]) -> None:
    """As Canvas writes it where right and wrong weigh the same, else what each adds."""
    if {abs(credit) for credit in credits} == {1}:
        rule, variables = _condition(processing)
        both = SubElement(variables, "and")
        for label, credit in zip(labels, credits, strict=True):
            _equal(both if credit > 0 else SubElement(both, "not"), label)
        _sets(rule, WHOLE)
        return
    for label, credit in zip(labels, credits, strict=True):
        rule, variables = _condition(processing, goes_on=True)
        _equal(variables, label)
        _sets(rule, credit, "Add")


def _match(body: Matching, presentation: Element, processing: Element, told: dict[str, str]) -> None:
    offered = list(dict.fromkeys([*(pair.option for pair in body.pairs), *body.distractors]))
    share = WHOLE / len(body.pairs)
    for number, pair in enumerate(body.pairs, 1):
        response = SubElement(presentation, "response_lid", ident=f"response_{number}")
        _material(response, pair.prompt)
        choice = SubElement(response, "render_choice")
        for at, text in enumerate(offered, 1):
            _material(SubElement(choice, "response_label", ident=f"o{at}"), text)
        rule, variables = _condition(processing, goes_on=True)
        _equal(variables, f"o{offered.index(pair.option) + 1}", f"response_{number}")
        _sets(rule, share.quantize(Decimal("0.01")), "Add")
        if pair.feedback:
            told[f"{number}_fb"] = pair.feedback


def _write(body: ShortAnswer | Numeric, presentation: Element, processing: Element, told: dict[str, str]) -> None:
    response = SubElement(presentation, "response_str", ident=_RESPONSE, rcardinality="Single")
    blank = SubElement(response, "render_fib", {} if isinstance(body, ShortAnswer) else {"fibtype": "Decimal"})
    SubElement(blank, "response_label", ident="answer1")
    if isinstance(body, ShortAnswer):
        for number, accepted in enumerate(body.answers, 1):
            rule, variables = _condition(processing)
            _equal(variables, plain(accepted.pattern).replace("\\*", "*"), case=body.case_sensitive)
            _earns(rule, accepted.credit, number, accepted.feedback, told)
        return
    for number, near in enumerate(body.answers, 1):
        if bounds(near) is not None:
            rule, variables = _condition(processing)
            _near(variables, near)
            _earns(rule, near.credit, number, near.feedback, told)


def _earns(rule: Element, credit: Decimal, number: int, feedback: str, told: dict[str, str]) -> None:
    _sets(rule, credit)
    if feedback:
        _shown(rule, f"answer{number}_fb")
        told[f"answer{number}_fb"] = feedback


def _near(variables: Element, number: AcceptedNumber) -> None:
    """Exact, or within bounds."""
    low, high = bounds(number) or (Decimal(0), Decimal(0))
    if number.value is not None and low == high:
        _equal(variables, f"{number.value:f}")
        return
    parent = variables
    if number.value is not None:
        parent = SubElement(variables, "or")
        _equal(parent, f"{number.value:f}")
        parent = SubElement(parent, "and")
    SubElement(parent, "vargte", respident=_RESPONSE).text = f"{low:f}"
    SubElement(parent, "varlte", respident=_RESPONSE).text = f"{high:f}"

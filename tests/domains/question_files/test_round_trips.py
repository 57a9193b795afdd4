"""What goes out comes in again, as far as the format has a place for it; and nothing that comes in does harm."""

import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from studyhall.domains.question_files.public import Format, Kind, guessed, read, write
from studyhall.domains.question_files.rules.outcome import shortened
from studyhall.domains.questions.public import (
    AcceptedNumber,
    AcceptedText,
    Choices,
    Draft,
    Feedback,
    Matching,
    Numeric,
    Ordering,
    QuestionType,
    ShortAnswer,
    TrueFalse,
    bounds,
    identified,
)
from tests.domains.questions.strategies import drafts

SHARED = Path(__file__).parents[4] / "shared" / "data"
REAL: list[tuple[Format, Path]] = [
    *((Format.GIFT, path) for path in sorted(SHARED.glob("gift/*.gift"))),
    *((Format.QTI12, path) for path in sorted(SHARED.glob("qti/*.xml"))),
    *((Format.QTI12, path) for path in sorted(SHARED.glob("qti/canvas_cartridge/*/*qti*"))),
]


def _shared(draft: Draft) -> Draft:
    """What every format carries: numbers as their bounds, several right choices by what they count for each other."""
    match draft.body:
        case Choices(choices) if draft.type is QuestionType.MULTIPLE_CHOICE:
            positive = sum((one.credit for one in choices if one.credit > 0), Decimal(0))
            even = tuple(
                replace(one, credit=max(Decimal(-1), one.credit / positive).quantize(Decimal("0.0001")))
                for one in choices
            )
            return replace(draft, body=replace(draft.body, choices=even))
        case Numeric(numbers):
            return replace(draft, body=Numeric(tuple(_spanned(one) for one in numbers)))
        case _:
            return draft


def _spanned(number: AcceptedNumber) -> AcceptedNumber:
    span = bounds(number)
    low, high = span if span is not None else (None, None)
    return AcceptedNumber(low=low, high=high, credit=number.credit, feedback=number.feedback)


def _gift(draft: Draft) -> Draft:
    body = draft.body
    match body:
        case Choices():
            body = replace(body, shuffle=True)
        case Matching():
            body = replace(_without_feedback(body), shuffle=True)
        case ShortAnswer():
            body = replace(body, case_sensitive=False)
    return replace(draft, body=body, feedback=Feedback(draft.feedback.general), points=Decimal(1))


def _without_feedback(body: Matching) -> Matching:
    return replace(body, pairs=tuple(replace(pair, feedback="") for pair in body.pairs))


def _moodle(draft: Draft) -> Draft:
    if draft.title == shortened(draft.text):  # it must have a name there, so this is what one without a title gets
        draft = replace(draft, title="")
    if isinstance(draft.body, Matching):
        draft = replace(draft, body=_without_feedback(draft.body))
    if isinstance(draft.body, Choices | Matching | Ordering):
        return draft
    return replace(draft, feedback=Feedback(draft.feedback.general))


def _qti(draft: Draft) -> Draft:
    body = draft.body
    match body:
        case Choices() | Matching():
            body = replace(body, shuffle=True)
        case ShortAnswer(answers):
            # A star has no meaning there, so it comes back as a star.
            plain = (replace(one, pattern=one.pattern.replace("\\*", "*").replace("*", "\\*")) for one in answers)
            body = replace(body, answers=tuple(plain))
    return replace(draft, body=body, tags=())


KEPT: dict[Format, Callable[[Draft], Draft]] = {Format.GIFT: _gift, Format.MOODLE_XML: _moodle, Format.QTI12: _qti}


def _comes_back(format_: Format, given_drafts: list[Draft]) -> None:
    named = identified(given_drafts)
    written = write(format_, named)
    impossible = sum(1 for loss in written.losses if loss.kind is Kind.QUESTION)
    again = read(format_, written.content)
    assert again.problem is None or impossible == len(named)
    wanted = {one.external_id: one for one in (_shared(KEPT[format_](draft)) for draft in named)}
    found = {one.external_id: one for one in (_shared(draft) for draft in again.drafts)}
    assert len(wanted.keys() - found.keys()) == impossible, again.losses
    assert found == {name: one for name, one in wanted.items() if name in found}


@pytest.mark.parametrize("format_", list(Format))
@settings(max_examples=150)
@given(given_drafts=st.lists(drafts, min_size=1, max_size=3))
@example([Draft(QuestionType.TRUE_FALSE, "#x", TrueFalse(True, "", "##"), "::", Feedback("####"))])
def test_made_up_questions_come_back(format_: Format, given_drafts: list[Draft]) -> None:
    tagged = [replace(one, category="A b/c" if at else "", tags=("x ] y",)) for at, one in enumerate(given_drafts)]
    _comes_back(format_, tagged)


@pytest.mark.skipif(not REAL, reason="the folders of real question files are not beside the checkout")
@pytest.mark.parametrize("format_", list(Format))
def test_the_real_questions_come_back(format_: Format) -> None:
    found = [draft for source, path in REAL for draft in read(source, path.read_bytes()).drafts]
    assert len(found) > 60
    _comes_back(format_, found)


@pytest.mark.parametrize("format_", list(Format))
def test_what_has_no_place_is_told(format_: Format) -> None:
    draft = Draft(
        QuestionType.SHORT_ANSWER,
        "Which animal?",
        ShortAnswer((AcceptedText("frog"),), True),
        feedback=Feedback(correct="Yes"),
        points=Decimal(3),
        tags=("frog",),
    )
    whys = {loss.why for loss in write(format_, [draft]).losses}
    assert len(whys) == {Format.GIFT: 3, Format.MOODLE_XML: 1, Format.QTI12: 1}[format_]


@pytest.mark.parametrize("format_", list(Format))
@settings(max_examples=80)
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_nonsense_is_an_outcome(format_: Format, content: bytes) -> None:
    found = read(format_, content)
    assert found.problem is None or found.drafts == ()


@settings(max_examples=1500)
@given(st.text("{}~=#:\\%[]\n T/a0.>-", max_size=60))
def test_near_gift_is_an_outcome(text: str) -> None:
    assert read(Format.GIFT, text.encode()) is not None


@pytest.mark.parametrize("root", ["quiz", "questestinterop"])
@pytest.mark.parametrize(
    ("doctype", "body", "words"),
    [
        ('<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>', "&b;", "declares entities"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;", "declares entities"),
        ('<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/x"> %a;]>', "", "declares entities"),
        ("", "<a>" * 200 + "</a>" * 200, "deeper"),
        ("", "<question", "broken"),
        ("", "\x01", "not a text file"),
    ],
)
def test_hostile_xml_is_refused_in_words(root: str, doctype: str, body: str, words: str) -> None:
    content = f"{doctype}<{root}>{body}</{root}>".encode()
    found = read(guessed(content), content)
    assert found.problem is not None and words in found.problem


def test_a_plain_doctype_and_names_of_characters_are_no_harm() -> None:
    content = b"""<!DOCTYPE questestinterop SYSTEM "ims_qtiasiv1p2.dtd">
<questestinterop><item ident="a"><presentation><material><mattext>1&nbsp;&lt; 2&eacute;</mattext></material>
<response_lid ident="r"><render_choice><response_label ident="T"><material><mattext>True</mattext></material>
</response_label><response_label ident="F"><material><mattext>False</mattext></material></response_label>
</render_choice></response_lid></presentation><resprocessing><respcondition><conditionvar>
<varequal respident="r">T</varequal></conditionvar><setvar>100</setvar></respcondition></resprocessing></item>
</questestinterop>"""
    [draft] = read(Format.QTI12, content).drafts
    assert draft.type is QuestionType.TRUE_FALSE and draft.text == "1\u00a0< 2é"


HUGE = 500_000


@pytest.mark.parametrize(
    ("format_", "content"),
    [
        (Format.GIFT, b"Is it?{T}\n\n" * (HUGE // 40)),
        (Format.GIFT, b"Is it?{T}\n\n" * (HUGE * 10 // 11)),
        (Format.GIFT, b"{" * HUGE),
        (Format.GIFT, b"\\" * HUGE),
        (Format.GIFT, b"::" + b"a:" * (HUGE // 2)),
        (Format.GIFT, b"a{\n\n" * (HUGE // 4)),
        (Format.GIFT, b"[html]" + b"<div>" * (HUGE // 5) + b"{T}"),
        (Format.GIFT, b"a{" + b"~%" * (HUGE // 2) + b"}"),
        (Format.GIFT, b"[markdown]" + b"[" * 49_000 + b"{T}"),
        (Format.GIFT, b"[html]" + b"<b>" * 16_000 + b"{T}"),
        (Format.MOODLE_XML, b"<quiz>" + b"<question type='x'/>" * (HUGE // 20) + b"</quiz>"),
        (Format.MOODLE_XML, b"<quiz>" + b"<a>" * (HUGE // 3)),
        (Format.QTI12, b"<questestinterop>" + b"<item/>" * (HUGE // 7) + b"</questestinterop>"),
    ],
    ids=lambda value: value[:12].decode() if isinstance(value, bytes) else value,
)
def test_large_files_end_in_bounded_time(format_: Format, content: bytes) -> None:
    began = time.perf_counter()
    found = read(format_, content)
    assert time.perf_counter() - began < 10
    assert found.problem or found.losses or found.drafts


def test_what_is_too_large_is_not_looked_at() -> None:
    problem = read(Format.GIFT, b" " * 20_000_001).problem
    assert problem is not None and "20 MB" in problem

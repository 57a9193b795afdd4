"""QTI 1.2 as Canvas writes it: the real files, and by name what is lost of them."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from studyhall.domains.question_files.public import Kind, Outcome
from studyhall.domains.question_files.rules.qti12 import read
from studyhall.domains.questions.public import AcceptedNumber, Choices, Matching, Numeric, QuestionType, ShortAnswer

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "qti"
needs_real_files = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the folder of real QTI files is not beside the checkout"
)
BANK = "canvas_cartridge/non_cc_assessments/i2ae4df242d342169dae37f9f08dfc5a6.xml.qti"
QUIZ = "canvas_cartridge/non_cc_assessments/ib5281f3537a06f58877107a2501a4e2d.xml.qti"
COMMON = "canvas_cartridge/ib5281f3537a06f58877107a2501a4e2d/assessment_qti.xml"


def real(name: str) -> Outcome:
    return read((FOLDER / name).read_bytes())


@needs_real_files
@pytest.mark.parametrize(
    ("name", "items", "types"),
    [
        ("all_canvas_simple_1.2.xml", 10, "single_choice:2 true_false:1 short_answer:3 multiple_choice:1 numeric:1"),
        (BANK, 12, "single_choice:2 true_false:1 short_answer:3 multiple_choice:1 numeric:1 matching:1"),
        (QUIZ, 12, "single_choice:2 true_false:1 short_answer:3 multiple_choice:1 numeric:1 matching:1"),
        (COMMON, 5, "single_choice:1 true_false:1 short_answer:1 multiple_choice:1"),
    ],
)
def test_every_item_is_a_question_or_a_loss(name: str, items: int, types: str) -> None:
    found = real(name)
    counted = Counter(draft.type.value for draft in found.drafts)
    assert counted == Counter({kind: int(number) for kind, number in (one.split(":") for one in types.split())})
    lost = [loss for loss in found.losses if loss.kind is Kind.QUESTION]
    split = sum(1 for draft in found.drafts if (draft.external_id or "").endswith(":Blanks"))
    assert len(found.drafts) - split + len(lost) == items


@needs_real_files
def test_the_losses_of_the_real_quiz_are_named() -> None:
    lost = {loss.name.split(":")[0]: loss.why for loss in real(QUIZ).losses if loss.kind is Kind.QUESTION}
    assert sorted(lost) == ["Question 10", "Question 11", "Question 12", "Question 9"]
    assert "Formula" in lost["Question 9"] and "Essay" in lost["Question 10"] and "file" in lost["Question 11"]


@needs_real_files
def test_answers_and_feedback_of_the_real_quiz() -> None:
    by_title = {draft.title: draft for draft in real(QUIZ).drafts}
    single = by_title["Question 1"]
    assert isinstance(single.body, Choices)
    assert [one.text for one in single.body.choices if one.credit == 100] == ["C"]
    assert single.body.choices[0].feedback == "Answer feedback for C, correct"
    assert (
        single.feedback.correct == "Item Feedback, Correct" and single.feedback.incorrect == "Item Feedback, Incorrect"
    )
    several = by_title["Question 5"]
    assert isinstance(several.body, Choices)
    assert [one.text for one in several.body.choices if one.credit > 0] == ["A", "B", "C"]
    match = by_title["Question 7"]
    assert isinstance(match.body, Matching)
    assert [(pair.prompt, pair.option) for pair in match.body.pairs] == [("A", "1"), ("B", "2")]
    assert all(pair.feedback for pair in match.body.pairs)
    number = by_title["Question 8"]
    assert isinstance(number.body, Numeric)
    assert [(one.value, one.low, one.high) for one in number.body.answers][1] == (
        None,
        Decimal("41.5"),
        Decimal("42.5"),
    )
    blank = by_title["Question 4 Blanks"]
    assert isinstance(blank.body, ShortAnswer) and blank.points == Decimal("0.5")
    assert [one.pattern for one in blank.body.answers] == ["Blanks", "blanks"]


@needs_real_files
def test_a_bank_and_the_quiz_made_of_it_name_the_same_questions() -> None:
    bank, quiz = real(BANK), real(QUIZ)
    assert {draft.external_id for draft in bank.drafts} == {draft.external_id for draft in quiz.drafts}
    [paper] = quiz.papers
    assert paper.title == "Every Canvas Interaction"
    assert list(paper.questions) == [draft.external_id for draft in quiz.drafts]


def item(responses: str, processing: str, kind: str = "") -> bytes:
    about = (
        f"<qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>{kind}</fieldentry></qtimetadatafield>"
    )
    return (
        '<questestinterop><assessment ident="a" title="A"><section ident="root"><item ident="i" title="T">'
        f"<itemmetadata><qtimetadata>{about if kind else ''}</qtimetadata></itemmetadata><presentation><flow>"
        f"<material><mattext>What?</mattext></material>{responses}</flow></presentation><resprocessing>{processing}</resprocessing>"
        "</item></section></assessment></questestinterop>"
    ).encode()


def choices(cardinality: str) -> str:
    labels = "".join(
        f'<response_label ident="{name}"><material><mattext>{name}</mattext></material></response_label>'
        for name in "abc"
    )
    return (
        f'<response_lid ident="r" rcardinality="{cardinality}"><render_choice>{labels}</render_choice></response_lid>'
    )


def rule(conditions: str, value: str = "100", action: str = "Set") -> str:
    return (
        f"<respcondition><conditionvar>{conditions}</conditionvar>"
        f'<setvar action="{action}">{value}</setvar></respcondition>'
    )


def equal(*values: str) -> str:
    return "".join(f'<varequal respident="r">{value}</varequal>' for value in values)


def test_types_are_seen_without_being_named() -> None:
    fib = '<response_str ident="r"><render_fib{}><response_label ident="x"/></render_fib></response_str>'
    bounds = '<vargte respident="r">1</vargte><varlte respident="r">3</varlte>'
    cases = [
        (choices("Single"), rule(equal("b")), QuestionType.SINGLE_CHOICE),
        (choices("Multiple"), rule(f"<and>{equal('a', 'b')}</and>"), QuestionType.MULTIPLE_CHOICE),
        (choices("Ordered"), rule(f"<and>{equal('c', 'a', 'b')}</and>"), QuestionType.ORDERING),
        (fib.format(""), rule(equal("x")), QuestionType.SHORT_ANSWER),
        (fib.format(' fibtype="Integer"'), rule(bounds), QuestionType.NUMERIC),
    ]
    for responses, processing, type_ in cases:
        [draft] = read(item(responses, processing)).drafts
        assert draft.type is type_
    [draft] = read(item(*cases[4][:2])).drafts
    assert draft.body == Numeric((AcceptedNumber(low=Decimal(1), high=Decimal(3)),))


def test_points_added_up_become_credits() -> None:
    added = rule(equal("a"), "60", "Add") + rule(equal("b"), "40", "Add") + rule(equal("c"), "50", "Subtract")
    [draft] = read(item(choices("Multiple"), added)).drafts
    assert isinstance(draft.body, Choices)
    assert [one.credit for one in draft.body.choices] == [60, 40, -50]


@pytest.mark.parametrize(
    ("responses", "processing", "kind", "why"),
    [
        (choices("Single"), "", "", "No choice is right"),
        (choices("Single"), rule(equal("a")) + rule(equal("b")), "", "2 choices are right"),
        (choices("Ordered"), "", "", "order is not given"),
        ("", "", "", "nothing to answer"),
        ("", "", "essay_question", "Essay"),
        ("<response_xy ident='r'/>", "", "", "response_xy"),
    ],
)
def test_what_cannot_be_carried_says_why(responses: str, processing: str, kind: str, why: str) -> None:
    found = read(item(responses, processing, kind))
    assert found.drafts == ()
    assert why in found.losses[0].why and found.losses[0].where == "item i"

"""GIFT: the real files beside their reference parses, Moodle's list of features, and what goes wrong."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from studyhall.domains.question_files.rules.gift import read
from studyhall.domains.question_files.rules.gift.blocks import Block, blocks
from studyhall.domains.question_files.rules.gift.syntax import Answer, GiftQuestion, GiftType, Words, parse
from studyhall.domains.question_files.rules.numbers import number_range
from studyhall.domains.question_files.rules.outcome import Kind
from studyhall.domains.questions.public import (
    AcceptedNumber,
    Choices,
    Draft,
    Matching,
    Numeric,
    QuestionType,
    ShortAnswer,
    TrueFalse,
)

REAL = Path(__file__).parents[4] / "shared" / "data" / "gift"
FILES = sorted(REAL.glob("*.gift")) if REAL.is_dir() else []
YEAR = AcceptedNumber(Decimal(1822))
TYPES = {
    GiftType.CHOICE: "MC",
    GiftType.TRUE_FALSE: "TF",
    GiftType.SHORT: "Short",
    GiftType.NUMERICAL: "Numerical",
    GiftType.MATCHING: "Matching",
    GiftType.ESSAY: "Essay",
    GiftType.DESCRIPTION: "Description",
}


def _words(words: Words | None) -> dict[str, str] | None:
    return None if words is None else {"format": words.format, "text": words.text}


def _weight(weight: Decimal | None) -> float | None:
    return None if weight is None else float(weight)


def _number(text: str) -> dict[str, Any]:
    found = number_range(text)
    assert found is not None
    if found.low is not None and found.high is not None:
        return {"type": "high-low", "numberHigh": float(found.high), "numberLow": float(found.low)}
    assert found.value is not None
    if ":" not in text:
        return {"type": "simple", "number": float(found.value)}
    return {"type": "range", "number": float(found.value), "range": float(found.tolerance)}


def _choice(answer: Answer, *, number: bool = False) -> dict[str, Any]:
    return {
        "isCorrect": answer.is_right,
        "weight": _weight(answer.weight),
        "text": _number(answer.words.text) if number else _words(answer.words),
        "feedback": _words(answer.feedback),
    }


def _as_reference(block: Block) -> dict[str, Any]:
    """Our parse in the reference parser's words."""
    if not block.text:
        return {"type": "Category", "title": block.category}
    question = parse(block)
    said: dict[str, Any] = {
        "id": block.id,
        "tags": list(block.tags) or None,
        "type": TYPES[question.type],
        "title": question.title,
        "stem": _words(question.stem),
        "hasEmbeddedAnswers": question.has_blank,
    }
    if question.type is not GiftType.DESCRIPTION:
        said["globalFeedback"] = _words(question.feedback)
    return said | _answers(question)


def _answers(question: GiftQuestion) -> dict[str, Any]:
    match question.type:
        case GiftType.TRUE_FALSE:
            first, second = _words(question.first_feedback), _words(question.second_feedback)
            return {"isTrue": question.is_true, "trueFeedback": first, "falseFeedback": second}
        case GiftType.MATCHING:
            pairs = [{"subquestion": _words(one.words), "subanswer": one.option} for one in question.answers]
            return {"matchPairs": pairs}
        case GiftType.NUMERICAL:
            single = len(question.answers) == 1 and question.answers[0].weight is None
            many = [_choice(one, number=True) for one in question.answers]
            return {"choices": many[0]["text"] if single else many}
        case GiftType.CHOICE | GiftType.SHORT:
            return {"choices": [_choice(one) for one in question.answers]}
        case _:
            return {}


@pytest.mark.skipif(not FILES, reason="the folder of real GIFT files is not beside the checkout")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_parse_is_that_of_the_reference_parser(path: Path) -> None:
    ours = [_as_reference(block) for block in blocks(path.read_text())]
    assert ours == json.loads(path.with_suffix(".json").read_text())


@pytest.mark.skipif(not FILES, reason="the folder of real GIFT files is not beside the checkout")
def test_nothing_of_the_real_files_vanishes() -> None:
    """Every question becomes a draft or a loss; descriptions and essays are all that is lost whole."""
    for path in FILES:
        parts = [one for one in json.loads(path.with_suffix(".json").read_text()) if one["type"] != "Category"]
        found = read(path.read_bytes())
        lost = [loss for loss in found.losses if loss.kind is Kind.QUESTION]
        assert len(found.drafts) + len(lost) == len(parts), path.name
        assert len(lost) == sum(one["type"] in ("Essay", "Description") for one in parts), path.name


def one(text: str) -> Draft:
    found = read(text.encode())
    assert found.problem is None and [loss for loss in found.losses if loss.kind is Kind.QUESTION] == []
    [draft] = found.drafts
    return draft


def test_two_feedbacks_of_true_or_false_are_for_wrong_and_right() -> None:
    """As Moodle has it: {T#wrong answer#right answer}."""
    assert one("Sky is blue.{T#Look up!#Yes.}").body == TrueFalse(True, "Yes.", "Look up!")
    assert one("Sky is green.{false#Look up!#Yes.}").body == TrueFalse(False, "Look up!", "Yes.")


def test_a_missing_word_leaves_a_blank() -> None:
    draft = one("Moodle costs {~lots of money =nothing ~little} to download.")
    assert draft.type is QuestionType.SINGLE_CHOICE
    assert draft.text.replace("\\", "") == "Moodle costs _____ to download."


def test_weights_alone_make_several_choices() -> None:
    draft = one("Who?{~%-50%Nobody ~%50%Grant ~%50%His wife ~%-50%His father}")
    assert draft.type is QuestionType.MULTIPLE_CHOICE and isinstance(draft.body, Choices)
    assert [choice.credit for choice in draft.body.choices] == [-50, 50, 50, -50]


def test_an_equals_sign_makes_one_choice_with_parts() -> None:
    draft = one("Jesus' hometown?{~Jerusalem#No ~%25%Bethlehem#Born here ~%50%Galilee#More exact =Nazareth#Yes}")
    assert draft.type is QuestionType.SINGLE_CHOICE and isinstance(draft.body, Choices)
    assert [(choice.credit, choice.feedback) for choice in draft.body.choices] == [
        (0, "No"),
        (25, "Born here"),
        (50, "More exact"),
        (100, "Yes"),
    ]


@pytest.mark.parametrize(
    ("answers", "accepted"),
    [
        ("#3.14159:0.0005", [AcceptedNumber(Decimal("3.14159"), Decimal("0.0005"))]),
        ("#3.141..3.142", [AcceptedNumber(low=Decimal("3.141"), high=Decimal("3.142"))]),
        ("#-5", [AcceptedNumber(Decimal(-5))]),
        ("#=1822:0 =%50%1822:2", [YEAR, AcceptedNumber(Decimal(1822), Decimal(2), credit=Decimal(50))]),
        ("#1822 ~#Wrong.", [YEAR, AcceptedNumber(credit=Decimal(0), feedback="Wrong.")]),
        ("#1822#Right!", [AcceptedNumber(Decimal(1822), feedback="Right!")]),
        ("#=1822 =%0%*#Wrong.", [YEAR, AcceptedNumber(credit=Decimal(0), feedback="Wrong.")]),
    ],
)  # fmt: skip
def test_numbers(answers: str, accepted: list[AcceptedNumber]) -> None:
    assert one(f"When?{{{answers}}}").body == Numeric(tuple(accepted))


def test_matching_keeps_what_belongs_to_none() -> None:
    draft = one("Match.{=Canada -> Ottawa =Italy -> Rome = -> Oslo ####Well done}")
    assert isinstance(draft.body, Matching) and draft.feedback.general == "Well done"
    assert [(pair.prompt, pair.option) for pair in draft.body.pairs] == [("Canada", "Ottawa"), ("Italy", "Rome")]
    assert draft.body.distractors == ("Oslo",)


def test_short_answers_without_a_mark() -> None:
    body = one("Two plus two?{four}").body
    assert isinstance(body, ShortAnswer) and body.answers[0].pattern == "four"


def test_categories_ids_and_tags() -> None:
    text = """$CATEGORY: $course$/top/Animals/Frogs

// question: 7  name: Frog
// [id:frog\\]1] [tag:green] [tag:pond life]
::Frog::Is it a frog?{T}
$CATEGORY: $course$/top
::Top::Is it?{T}
"""
    first, second = read(text.encode()).drafts
    assert (first.category, first.external_id, first.tags) == ("Animals/Frogs", "frog]1", ("green", "pond life"))
    assert (second.category, second.external_id, second.title) == ("", None, "Top")


def test_formats_of_the_parts() -> None:
    draft = one("[html]<p>What is <b>it</b>?</p>{=[plain]a * b ~[markdown]a *b* ~<i>c</i>#[moodle]no &lt;}")
    assert isinstance(draft.body, Choices)
    assert draft.text == "<div><p>What is <b>it</b>?</p></div>"
    assert [choice.text for choice in draft.body.choices] == ["a \\* b", "a *b*", "<div><i>c</i></div>"]


def test_blank_lines_within_answers_do_not_end_them() -> None:
    draft = one("Which?{\n\n=a\n\n~b\n\n}\n")
    assert isinstance(draft.body, Choices) and len(draft.body.choices) == 2


def test_a_brace_that_is_never_closed_costs_only_its_question() -> None:
    found = read(b"First{T}\n\nBroken{=a\n\nLast{F}\n")
    assert [draft.text for draft in found.drafts] == ["First", "Last"]
    [loss] = found.losses
    assert loss.where == "line 3" and "no closing brace" in loss.why and "Broken" in loss.name


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Which?{=a =b ~c}", "2 choices are right"),
        ("Which?{~a ~b}", "No choice is right"),
        ("Which?{=a}}", None),
        ("Which?{=a {b} }", "opened within the answers"),
        ("Which} is?{=a}", "without an opening one"),
        ("When?{#soon}", "no number"),
        ("{T}", "has no text"),
        ("Match?{=a -> b}", "two options"),
        ("Essay?{}", "Essay"),
        ("Essay?{####told}", "Essay"),
        ("Just text.", "description"),
        ("Which?{" + "".join(f"~{n} " for n in range(1000)) + "=x}", "1,001 choices"),
    ],
)
def test_what_cannot_be_carried_says_why(text: str, why: str | None) -> None:
    found = read(text.encode())
    if why is None:
        assert len(found.drafts) == 1
        return
    assert found.drafts == () and why in found.losses[0].why and found.losses[0].where == "line 1"


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_any_encoding_of_unicode(codec: str) -> None:
    found = read("Größe?{=groß}".encode(codec))
    assert found.drafts[0].text == "Größe?" and found.losses == ()


def test_an_old_encoding_is_guessed_and_told() -> None:
    found = read("Größe?{=groß}\r\n\r\nTwo?{T}".encode("latin-1"))
    assert [draft.text for draft in found.drafts] == ["Größe?", "Two?"]
    assert found.losses[0].kind is Kind.FILE and "Windows-1252" in found.losses[0].why


def test_pictures_left_behind_are_named() -> None:
    found = read(b'[html]<p>See <img src\\="@@PLUGINFILE@@/frog.png"></p>{T}')
    assert len(found.drafts) == 1
    assert [loss.why for loss in found.losses] == ["The file frog.png is not carried."]

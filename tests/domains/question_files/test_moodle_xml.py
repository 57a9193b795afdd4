"""Moodle XML as Moodle writes it: every type that is carried, and by name what is not."""

from decimal import Decimal

import pytest

from studyhall.domains.question_files.public import Format, Kind, guessed
from studyhall.domains.question_files.rules.moodle_xml import read
from studyhall.domains.questions.public import (
    AcceptedNumber,
    Choices,
    Matching,
    Numeric,
    Ordering,
    QuestionType,
    ShortAnswer,
    TrueFalse,
)


def quiz(*questions: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>{"".join(questions)}</quiz>'.encode()


def question(type_: str, inside: str = "", text: str = "<![CDATA[<p>What?</p>]]>", name: str = "A name") -> str:
    return (
        f'<question type="{type_}"><name><text>{name}</text></name>'
        f'<questiontext format="html"><text>{text}</text></questiontext>'
        f"<defaultgrade>2.5000000</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden>{inside}</question>"
    )


def answer(text: str, fraction: str = "0", more: str = "", feedback: str = "") -> str:
    told = f'<feedback format="html"><text>{feedback}</text></feedback>'
    return f'<answer fraction="{fraction}" format="html"><text>{text}</text>{told}{more}</answer>'


CATEGORY = '<question type="category"><category><text>$course$/top/Default for C/Topology</text></category></question>'


def test_several_choices_with_all_that_belongs_to_them() -> None:
    inside = (
        "<idnumber>q-7</idnumber><single>false</single><shuffleanswers>0</shuffleanswers>"
        "<generalfeedback format='html'><text>See p. 3</text></generalfeedback>"
        "<correctfeedback format='html'><text>Yes</text></correctfeedback>"
        "<partiallycorrectfeedback format='html'><text>Partly</text></partiallycorrectfeedback>"
        "<incorrectfeedback format='html'><text>No</text></incorrectfeedback>"
        + answer("a", "50", feedback="good")
        + answer("b", "50")
        + answer("c", "-100")
        + "<tags><tag><text>one</text></tag><tag><text>two</text></tag></tags>"
    )
    found = read(quiz(CATEGORY, question("multichoice", inside)))
    [draft] = found.drafts
    assert draft.type is QuestionType.MULTIPLE_CHOICE and isinstance(draft.body, Choices)
    assert [(one.text, one.credit, one.feedback) for one in draft.body.choices] == [
        ("a", 50, "good"),
        ("b", 50, ""),
        ("c", -100, ""),
    ]
    assert not draft.body.shuffle
    assert (draft.text, draft.title, draft.points) == ("What?", "A name", Decimal("2.5"))
    assert (draft.category, draft.external_id, draft.tags) == ("Default for C/Topology", "q-7", ("one", "two"))
    told = draft.feedback
    assert (told.general, told.correct, told.partial, told.incorrect) == ("See p. 3", "Yes", "Partly", "No")
    assert found.losses == ()


def test_every_other_type() -> None:
    pairs = "".join(
        f'<subquestion format="html"><text>{prompt}</text><answer><text>{option}</text></answer></subquestion>'
        for prompt, option in (("France", "Paris"), ("Japan", "Tokyo"), ("", "Oslo"))
    )
    found = read(
        quiz(
            question("multichoice", "<single>true</single>" + answer("a", "100") + answer("b")),
            question("truefalse", answer("true") + answer("false", "100", feedback="indeed")),
            question("shortanswer", "<usecase>1</usecase>" + answer("Fr*g", "100") + answer("*")),
            question("numerical", answer("3.14", "100", "<tolerance>0.01</tolerance>") + answer("*", feedback="no")),
            question("matching", pairs),
            question("ddmatch", pairs),
            question("ordering", answer("second", "2.0") + answer("first", "1.0") + answer("third", "3.0")),
        )
    )
    single, truth, short, number, match, dragged, order = found.drafts
    assert single.type is QuestionType.SINGLE_CHOICE
    assert truth.body == TrueFalse(False, "", "indeed")
    assert isinstance(short.body, ShortAnswer) and short.body.case_sensitive
    assert number.body == Numeric(
        (
            AcceptedNumber(Decimal("3.14"), Decimal("0.01")),
            AcceptedNumber(credit=Decimal(0), feedback="no"),
        )
    )
    assert isinstance(match.body, Matching) and match.body.distractors == ("Oslo",) and dragged.body == match.body
    assert order.body == Ordering(("first", "second", "third"))


@pytest.mark.parametrize(
    ("type_", "inside", "why"),
    [
        ("essay", "", "Essay"),
        ("description", "", "description"),
        ("cloze", "", "Cloze"),
        ("calculated", "", "“calculated”"),
        ("multichoice", "<single>true</single>" + answer("a", "100") + answer("b", "100"), "2 choices are right"),
        ("multichoice", "<single>true</single>" + answer("a") + answer("b"), "No choice is right"),
        ("truefalse", answer("true") + answer("false"), "Neither"),
        ("truefalse", answer("yes", "100") + answer("no"), "“true” and “false”"),
        ("numerical", answer("many", "100"), "no number"),
        ("shortanswer", "", "no accepted answer"),
    ],
)
def test_what_cannot_be_carried_says_why(type_: str, inside: str, why: str) -> None:
    found = read(quiz(question("truefalse", answer("true", "100") + answer("false")), question(type_, inside)))
    assert len(found.drafts) == 1
    [loss] = found.losses
    assert loss.kind is Kind.QUESTION and why in loss.why and loss.where == "question 2" and loss.name == "A name"


def test_parts_left_behind_are_named() -> None:
    inside = (
        answer("true", "100")
        + answer("false")
        + "<hint format='html'><text>Think</text></hint><hidden>1</hidden><penalty>0.5</penalty>"
        + '<file name="frog.png" path="/" encoding="base64">aGk=</file>'
    )
    text = (
        '<![CDATA[<p style="color:red">See <img src="@@PLUGINFILE@@/frog.png"> <img src="data:image/png;base64,x">]]>'
    )
    whole = (
        question("truefalse", inside, text)
        .replace("<hidden>0</hidden>", "")
        .replace("<penalty>0.3333333</penalty>", "")
    )
    found = read(quiz(whole))
    assert len(found.drafts) == 1
    whys = " ".join(loss.why for loss in found.losses)
    for part in ("frog.png", "image/png", "styling", "hints", "hidden", "penalty"):
        assert part in whys
    assert all(loss.kind is Kind.PART for loss in found.losses)


def test_scripts_do_not_come_in() -> None:
    text = "<![CDATA[<p>Hi<script>alert(1)</script><b onclick='x()'>you</b></p>]]>"
    found = read(quiz(question("truefalse", answer("true", "100") + answer("false"), text)))
    assert "script" not in found.drafts[0].text and "onclick" not in found.drafts[0].text
    assert "Active content (<script>) is removed." in [loss.why for loss in found.losses]


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "iso-8859-1", "cp1252"])
def test_encodings_that_are_declared(codec: str) -> None:
    whole = question("truefalse", answer("true", "100") + answer("false"), "Größe?")
    content = f'<?xml version="1.0" encoding="{codec}"?><quiz>{whole}</quiz>'.encode(codec)
    found = read(content)
    assert found.drafts[0].text == "Größe?" and found.losses == ()


def test_an_encoding_that_is_not_declared_is_guessed_and_told() -> None:
    content = quiz(question("truefalse", answer("true", "100") + answer("false"), "Größe?")).decode().encode("latin-1")
    found = read(content)
    assert found.drafts[0].text == "Größe?" and found.losses[0].kind is Kind.FILE


def test_other_xml_is_told() -> None:
    problem = read(b"<rss/>").problem
    assert problem is not None and "<rss>" in problem
    assert guessed(quiz()) is Format.MOODLE_XML and guessed(b"Is it?{T}") is Format.GIFT

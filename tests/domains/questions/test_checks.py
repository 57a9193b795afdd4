"""What is no whole question is told, with the field."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from studyhall.domains.questions.public import (
    AcceptedNumber,
    AcceptedText,
    Body,
    Choice,
    Choices,
    Draft,
    Matching,
    NewQuestion,
    Numeric,
    Ordering,
    Pair,
    QuestionNotValid,
    QuestionType,
    Ready,
    ShortAnswer,
    TrueFalse,
    html_as_markdown,
    identified,
    plain_as_markdown,
    ready,
    rendered,
)
from tests.domains.questions.strategies import any_draft, drafts

RIGHT, WRONG = Choice("right", Decimal(100)), Choice("wrong")
TRUE = Draft(QuestionType.TRUE_FALSE, "Water is wet.", TrueFalse(True))


def _faults(type_: QuestionType, body: Body) -> dict[str, str]:
    found = ready(Draft(type_, "What?", body))
    assert not isinstance(found, Ready)
    return dict(found)


@pytest.mark.parametrize(
    ("type_", "body", "field", "words"),
    [
        ("single_choice", Choices((WRONG, Choice("no"))), "choices", "No choice is right"),
        ("single_choice", Choices((RIGHT, Choice("also", Decimal(100)))), "choices", "2 choices are right"),
        ("single_choice", Choices((RIGHT,)), "choices", "at least two"),
        ("single_choice", Choices((RIGHT, Choice("  "))), "choices", "no text"),
        ("single_choice", Choices((RIGHT, Choice(" right "))), "choices", "the same"),
        ("single_choice", Choices((RIGHT, Choice("x", Decimal("NaN")))), "choices", "from -100 to 100"),
        ("single_choice", Choices((RIGHT, *(Choice(f"{n}") for n in range(999)))), "choices", "1,000 choices"),
        ("multiple_choice", Choices((WRONG, Choice("no", Decimal(-5)))), "choices", "No choice is right"),
        ("multiple_choice", TrueFalse(True), "type", "no multiple choice"),
        ("short_answer", ShortAnswer(()), "answers", "no accepted answer"),
        ("short_answer", ShortAnswer((AcceptedText("a", Decimal(50)),)), "answers", "wholly right"),
        ("short_answer", ShortAnswer((AcceptedText(" "),)), "answers", "no text"),
        ("short_answer", ShortAnswer((AcceptedText("*", Decimal(0)), AcceptedText("a"))), "answers", "catches it"),
        ("numeric", Numeric(()), "numbers", "no accepted answer"),
        ("numeric", Numeric((AcceptedNumber(low=Decimal(2), high=Decimal(1)),)), "numbers", "above"),
        ("numeric", Numeric((AcceptedNumber(low=Decimal(2)),)), "numbers", "both"),
        ("numeric", Numeric((AcceptedNumber(Decimal("1e900")),)), "numbers", "too large"),
        ("numeric", Numeric((AcceptedNumber(Decimal("Infinity")),)), "numbers", "too large"),
        ("numeric", Numeric((AcceptedNumber(Decimal(1), Decimal(-1)),)), "numbers", "negative"),
        ("numeric", Numeric((AcceptedNumber(),)), "numbers", "any number"),
        ("matching", Matching((), ("a", "b")), "pairs", "at least one"),
        ("matching", Matching((Pair("a", "1"),)), "pairs", "two options"),
        ("matching", Matching((Pair("a", "1"), Pair("", "2"))), "pairs", "lacks"),
        ("matching", Matching((Pair("a", "1"), Pair("a", "2"))), "pairs", "Two prompts"),
        ("ordering", Ordering(("a", "a")), "items", "two different"),
        ("ordering", Ordering(("a", "")), "items", "no text"),
    ],
)
def test_a_question_that_is_not_whole_says_why(type_: str, body: Body, field: str, words: str) -> None:
    found = _faults(QuestionType(type_), body)
    assert words in found[field]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": " \n"}, "text"),
        ({"text": "x" * 50_001}, "text"),
        ({"text": "nul \0"}, "text"),
        ({"text": "half \ud800"}, "text"),
        ({"title": "x" * 256}, "title"),
        ({"points": Decimal(-1)}, "points"),
        ({"points": Decimal("NaN")}, "points"),
        ({"tags": tuple(str(n) for n in range(51))}, "tags"),
    ],
)
def test_texts_and_figures_have_bounds(change: dict[str, Any], field: str) -> None:
    found = ready(replace(TRUE, **change))
    assert not isinstance(found, Ready) and field in dict(found)


@given(any_draft())
def test_checking_never_fails(draft: Draft) -> None:
    assert isinstance(ready(draft), Ready | list)


@given(drafts)
def test_nothing_rendered_can_do_harm(draft: Draft) -> None:
    made = ready(replace(draft, text=draft.text + "<script>alert(1)</script><img src=x onerror=alert(1)>"))
    if isinstance(made, Ready):
        told = " ".join(made.html.values())
        assert "<script" not in told and not (
            "onerror" in told and "<img" in told and "onerror=" in told.split("&lt;")[0]
        )


def test_scripts_in_markdown_are_gone() -> None:
    shown = rendered(
        "<script>alert(1)</script> [a](javascript:alert(1)) <a href='javascript:x'>b</a> <b onclick=x>c</b>"
    )
    assert "script>" not in shown and "href" not in shown and "onclick" not in shown


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=80))
def test_plain_text_shows_as_it_is(text: str) -> None:
    """Markdown signs in plain text are escaped: what is read back from the HTML is the text."""
    from html import unescape
    from re import sub

    shown = unescape(sub(r"<br>|</?p>", " ", rendered(plain_as_markdown(text))))
    assert shown.split() == text.split()


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Two &lt; three &lt;b&gt;</p>", "Two < three \\<b>"),
        ("plain", "plain"),
        ("<p>a</p><p>b</p>", "<div><p>a</p><p>b</p></div>"),
        ("<div><b>x</b>\n\ny</div>", "<div><b>x</b>&#10;\ny</div>"),
        ("<p>a<script>x</script></p>", "a"),
    ],
)
def test_html_becomes_markdown_that_shows_the_same(html: str, markdown: str) -> None:
    assert html_as_markdown(html) == markdown


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"type": "true_false", "text": "x"}, "is_true"),
        ({"type": "single-choice", "text": "x", "choices": [{"text": "a"}, {"text": "b"}]}, "choices"),
        (
            {"type": "single_choice", "text": "x", "choices": [{"text": t, "is_right": True} for t in "ab"]},
            "choices",
        ),
        ({"type": "multiple_choice", "text": "x", "choices": [{"text": str(n)} for n in range(1000)]}, "choices"),
        ({"type": "ordering", "text": "x"}, "items"),
    ],
)  # fmt: skip
def test_what_an_author_sends_is_checked(body: dict[str, Any], field: str) -> None:
    with pytest.raises(QuestionNotValid) as refused:
        NewQuestion.model_validate(body).required("questions.0.")
    assert f"questions.0.{field}" in refused.value.errors


def test_what_an_author_sends_becomes_a_question() -> None:
    sent = {
        "type": "multiple_choice",
        "text": "Which are even?",
        "choices": [{"text": "2", "is_right": True}, {"text": "3"}, {"text": "4", "is_right": True}],
    }
    made = NewQuestion.model_validate(sent).required()
    assert isinstance(made.draft.body, Choices)
    assert [one.credit for one in made.draft.body.choices] == [1, -1, 1]
    assert made.html["text"] == "<p>Which are even?</p>"
    with pytest.raises(ValidationError):
        NewQuestion.model_validate({**sent, "correct": 1})


def test_questions_without_a_name_are_found_again() -> None:
    named = replace(TRUE, title="Water")
    first = identified([TRUE, TRUE, named, replace(TRUE, external_id="mine")])
    assert len({one.external_id for one in first}) == 4
    assert identified([TRUE, TRUE]) == first[:2]
    assert identified([replace(named, text="Water is very wet.")])[0].external_id == first[2].external_id
    assert first[3].external_id == "mine"

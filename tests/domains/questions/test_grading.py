"""What answers earn: properties over questions of every type, and the cases that people argue about."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studyhall.domains.questions.public import (
    AcceptedNumber,
    AcceptedText,
    Choice,
    Choices,
    Draft,
    Matching,
    Numeric,
    Ordering,
    Pair,
    QuestionType,
    ShortAnswer,
    TrueFalse,
    even_credits,
)
from studyhall.domains.questions.rules import numbers, texts
from studyhall.domains.questions.rules.asking import Offer, offer
from studyhall.domains.questions.rules.drafts import body_json, body_of, keys, options
from studyhall.domains.questions.rules.grading import grade, solution
from tests.domains.questions.strategies import drafts, json

SINGLE, MULTIPLE = QuestionType.SINGLE_CHOICE, QuestionType.MULTIPLE_CHOICE


def _answers_from(draft: Draft) -> st.SearchStrategy[Any]:
    """Answers of the right shape."""
    match draft.body:
        case Choices(choices) if draft.type is SINGLE:
            return st.sampled_from(keys([one.text for one in choices], "choice"))
        case Choices(choices):
            return st.lists(st.sampled_from(keys([one.text for one in choices], "choice")))
        case Matching(pairs):
            prompts = keys([pair.prompt for pair in pairs], "prompt")
            offered = keys(options(draft.body), "option")
            return st.dictionaries(st.sampled_from(prompts), st.sampled_from(offered))
        case Ordering(items):
            return st.permutations(keys(items, "item"))
        case TrueFalse():
            return st.booleans()
        case _:
            return st.text(max_size=30) | st.integers() | st.floats()


@given(drafts, st.data())
def test_a_score_lies_between_nothing_and_everything(draft: Draft, data: st.DataObject) -> None:
    answer = data.draw(_answers_from(draft) | json)
    given_grade = grade(draft.type, draft.body, answer)
    assert 0 <= given_grade.score <= 1
    assert given_grade.is_right == (given_grade.score == 1)


@given(drafts)
def test_the_right_answer_earns_everything(draft: Draft) -> None:
    assert grade(draft.type, draft.body, solution(draft.type, draft.body)).score == 1


@given(drafts)
def test_the_body_survives_as_json(draft: Draft) -> None:
    assert body_of(draft.type, body_json(draft.type, draft.body)) == draft.body


@given(drafts, st.data())
def test_the_order_in_which_choices_are_stored_counts_for_nothing(draft: Draft, data: st.DataObject) -> None:
    assume(isinstance(draft.body, Choices | Matching))
    answer = data.draw(_answers_from(draft))
    mixed: Choices | Matching
    if isinstance(draft.body, Choices):
        mixed = Choices(tuple(data.draw(st.permutations(draft.body.choices))))
    else:
        assert isinstance(draft.body, Matching)
        mixed = Matching(tuple(data.draw(st.permutations(draft.body.pairs))), draft.body.distractors)
    assert grade(draft.type, mixed, answer).score == grade(draft.type, draft.body, answer).score


@given(drafts, st.data())
def test_a_better_answer_never_earns_less(draft: Draft, data: st.DataObject) -> None:
    """One more right choice, one more right pair, one more neighbour in the right order."""
    assume(isinstance(draft.body, Matching | Ordering) or draft.type is MULTIPLE)
    answer = data.draw(_answers_from(draft))
    assert grade(draft.type, draft.body, answer).score <= grade(draft.type, draft.body, _bettered(draft, answer)).score


def _bettered(draft: Draft, answer: Any) -> Any:
    right = solution(draft.type, draft.body)
    if isinstance(draft.body, Matching):
        return {**answer, **dict(list(right.items())[:1])}
    if isinstance(draft.body, Choices):
        return [*answer, right[0]]
    named = dict(zip(right, draft.body.items, strict=True)) if isinstance(draft.body, Ordering) else {}
    assume(len(set(named.values())) == len(named))
    for at in range(len(answer) - 1):
        if right.index(answer[at]) > right.index(answer[at + 1]):
            return [*answer[:at], answer[at + 1], answer[at], *answer[at + 2 :]]
    return answer


@settings(max_examples=60)
@given(drafts, st.text(max_size=5))
def test_what_is_asked_tells_nothing(draft: Draft, seed: str) -> None:
    """The offer is the same whichever choice is right, however the options belong, whatever the right order."""
    shown = offer(draft.type, draft.body, {}, seed)
    if isinstance(draft.body, Choices) and draft.body.shuffle:
        turned = Choices(tuple(reversed(draft.body.choices)))
        assert offer(draft.type, turned, {}, seed) == shown
    if isinstance(draft.body, Matching) and draft.body.shuffle:
        dealt = [pair.option for pair in draft.body.pairs]
        pairs = zip(draft.body.pairs, [*dealt[1:], *dealt[:1]], strict=True)
        turned_pairs = tuple(Pair(pair.prompt, option) for pair, option in pairs)
        other = offer(draft.type, Matching(turned_pairs, draft.body.distractors), {}, seed)
        assert other == shown
    if isinstance(draft.body, Ordering):
        assert offer(draft.type, Ordering(tuple(reversed(draft.body.items))), {}, seed) == shown
    if not isinstance(draft.body, Choices | Matching | Ordering):
        assert shown == Offer()


def test_the_seed_shuffles() -> None:
    body = Ordering(tuple("abcdefgh"))
    orders = {offer(QuestionType.ORDERING, body, {}, str(seed)).items for seed in range(20)}
    assert len(orders) > 15


def _multi(*credits: str) -> Choices:
    return Choices(tuple(Choice(f"choice {at}", Decimal(credit)) for at, credit in enumerate(credits)))


@pytest.mark.parametrize(
    ("credits", "chosen", "score"),
    [
        (("33.33333", "33.33333", "-100", "33.33333", "-100"), (0, 1, 3), "1"),
        (("33.33333", "33.33333", "-100", "33.33333", "-100"), (0, 1), "0.666667"),
        (("33.33333", "33.33333", "-100", "33.33333", "-100"), (0, 1, 2, 3), "0"),
        (("50", "50", "0"), (0, 2), "0.5"),
        (("1", "1", "-1", "-1"), (0, 1, 2), "0.5"),
        (("1", "1", "-1", "-1"), (0, 1, 2, 3), "0"),
        (("1", "1", "-1", "-1"), (), "0"),
        (("1", "1", "-1", "-1"), (0, 0, 0), "0.5"),
    ],
)
def test_multiple_choice_adds_up_and_never_below_nothing(
    credits: tuple[str, ...], chosen: tuple[int, ...], score: str
) -> None:
    body = _multi(*credits)
    named = keys([one.text for one in body.choices], "choice")
    assert grade(MULTIPLE, body, [named[at] for at in chosen]).score == Decimal(score)


def test_authors_need_not_count() -> None:
    body = Choices(tuple(Choice(text) for text in "abcd"))
    assert [one.credit for one in even_credits(body, [True, False, True, False], penalty=True).choices] == [
        1,
        -1,
        1,
        -1,
    ]
    assert [one.credit for one in even_credits(body, [False, True, False, False], penalty=False).choices] == [
        0,
        100,
        0,
        0,
    ]


def test_single_choice_may_give_a_part() -> None:
    body = Choices((Choice("yes", Decimal(100)), Choice("nearly", Decimal(50), "Close!"), Choice("no", Decimal(-25))))
    right, nearly, wrong = keys(["yes", "nearly", "no"], "choice")
    assert grade(SINGLE, body, right).is_right
    half = grade(SINGLE, body, nearly)
    assert half.score == Decimal("0.5") and half.parts[0].feedback == "Close!"
    assert grade(SINGLE, body, wrong).score == 0


@pytest.mark.parametrize(
    ("order", "score"),
    [
        ("abcd", "1"),
        ("dcba", "0"),
        ("bacd", "0.666667"),
        ("bcda", "0.666667"),
        ("badc", "0.333333"),
        ("dabc", "0.666667"),
    ],
)
def test_ordering_counts_the_longest_run_in_order(order: str, score: str) -> None:
    named = dict(zip("abcd", keys(list("abcd"), "item"), strict=True))
    found = grade(QuestionType.ORDERING, Ordering(tuple("abcd")), [named[sign] for sign in order])
    assert found.score == Decimal(score)


def test_equal_items_stand_for_each_other() -> None:
    items = ("{", "x", "}", "{", "y", "}")
    named = keys(items, "item")
    exchanged = [named[3], named[1], named[5], named[0], named[4], named[2]]
    assert grade(QuestionType.ORDERING, Ordering(items), exchanged).is_right


def test_matching_counts_pairs() -> None:
    body = Matching((Pair("France", "Paris"), Pair("Japan", "Tokyo"), Pair("Texas", "Austin")), ("Oslo",))
    prompts, offered = keys(["France", "Japan", "Texas"], "prompt"), keys(options(body), "option")
    found = grade(QuestionType.MATCHING, body, {prompts[0]: offered[0], prompts[1]: offered[3], prompts[2]: None})
    assert found.score == Decimal("0.333333")
    assert [part.is_right for part in found.parts] == [True, False]


@pytest.mark.parametrize(
    ("pattern", "written", "fits"),
    [
        ("Paris", "  pArIs ", True),
        ("Straße", "STRASSE", True),
        ("caf\u00e9", "cafe\u0301", True),
        ("don't", "don\u2019t", True),
        ("two  words", "two\u00a0words", True),
        ("x²", "x2", False),
        ("*", "anything", True),
        ("a*c", "abc", True),
        ("a*c", "ac", True),
        ("a*c", "acd", False),
        ("a*a", "a", False),
        ("*b*b*", "abcb", True),
        ("*b*b*", "abc", False),
        (r"2 \* 3", "2 * 3", True),
        (r"2 \* 3", "2 x 3", False),
    ],
)
def test_short_answers_are_compared_as_people_mean_them(pattern: str, written: str, fits: bool) -> None:
    assert texts.matches(pattern, written) is fits


def test_case_counts_where_it_should() -> None:
    body = ShortAnswer((AcceptedText("NaCl"),), case_sensitive=True)
    assert grade(QuestionType.SHORT_ANSWER, body, "NaCl").is_right
    assert not grade(QuestionType.SHORT_ANSWER, body, "nacl").is_right


@given(st.text("abc", min_size=1), st.lists(st.text("abcé ß*", max_size=5), min_size=1, max_size=5))
def test_stars_match_whatever_stands_between(first: str, between: list[str]) -> None:
    pattern = "".join(f"{first}*" for _ in between) + first
    written = "".join(f"{first}{text}" for text in between) + first
    assert texts.matches(pattern, written)
    assert not texts.matches(f"{pattern}d", written)


def test_many_stars_take_no_time() -> None:
    assert not texts.matches("a*" * 400 + "b", "a" * 2_000)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("3.14", "3.14"), ("3,14", "3.14"), (" 1 000 ", "1000"), ("-2", "-2"), ("\u22122", "-2"), ("1e3", "1E+3"),
        (".5", "0.5"), ("5.", "5"), (42, "42"), (0.1, "0.1"), ("1,000.5", None), ("", None), ("two", None),
        ("NaN", None), ("Infinity", None), ("1e999999999", None), (True, None), (None, None), (float("inf"), None),
        ([1], None), ("1" * 61, None), ("\u0663", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(written: Any, number: str | None) -> None:
    assert numbers.read(written) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("accepted", "inside", "outside"),
    [
        (AcceptedNumber(Decimal("3.1415"), Decimal("0.0005")), ["3.141", "3.142"], ["3.1409999", "3.1420001"]),
        (AcceptedNumber(low=Decimal(1), high=Decimal(5)), ["1", "5", "2.5"], ["0.99", "5.01"]),
        (AcceptedNumber(Decimal(200), Decimal(5), percent=True), ["190", "210"], ["189.99", "210.01"]),
        (AcceptedNumber(Decimal(-200), Decimal(5), percent=True), ["-190", "-210"], ["-189.99", "200"]),
        (AcceptedNumber(Decimal("0.3")), ["0.30", "0,3", "3e-1"], ["0.30000000000000000000000000000001"]),
    ],
)
def test_tolerance_is_exact(accepted: AcceptedNumber, inside: list[str], outside: list[str]) -> None:
    body = Numeric((accepted,))
    assert all(grade(QuestionType.NUMERIC, body, one).is_right for one in inside)
    assert not any(grade(QuestionType.NUMERIC, body, one).is_right for one in outside)


def test_the_first_number_that_fits_counts() -> None:
    body = Numeric((AcceptedNumber(Decimal(1822)), AcceptedNumber(Decimal(1822), Decimal(2), credit=Decimal(50))))
    scores = [grade(QuestionType.NUMERIC, body, year).score for year in (1822, 1823, 1825)]
    assert scores == [1, Decimal("0.5"), 0]


@pytest.mark.parametrize("type_", list(QuestionType))
def test_no_answer_is_wrong_and_no_problem(type_: QuestionType) -> None:
    found = grade(type_, TrueFalse(True), None)
    assert found.score == 0 and found.problem is None

"""Properties of the rules of attempts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.quizzes.rules import attempts as rules
from studyhall.domains.quizzes.rules.attempts import Earned

SHARES = st.decimals(0, 1, places=6)
POINTS = st.decimals(0, 10_000, places=4)
TOPICS = st.lists(st.uuids(), max_size=3).map(tuple)
EARNED = st.builds(Earned, POINTS, SHARES, TOPICS)
BEGUN = datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC)


@given(st.lists(EARNED, max_size=20))
def test_a_total_is_a_share_between_worst_and_best(earned: list[Earned]) -> None:
    share = rules.total(earned)
    assert 0 <= share <= 1
    if earned:
        assert min(one.score for one in earned) <= share <= max(one.score for one in earned)


@given(st.lists(EARNED, min_size=1, max_size=20))
def test_only_a_wholly_right_attempt_earns_everything(earned: list[Earned]) -> None:
    counting = [one for one in earned if one.points] or earned
    assert (rules.total(earned) == 1) == all(one.score == 1 for one in counting)


@given(POINTS.filter(bool), SHARES)
def test_points_weigh(points: Decimal, score: Decimal) -> None:
    doubled = rules.total([Earned(points * 2, score), Earned(points, Decimal(0))])
    assert abs(doubled - score * 2 / 3) < Decimal("0.000002")


def test_nothing_asked_earns_nothing_and_worthless_questions_count_the_same() -> None:
    assert rules.total([]) == 0
    assert rules.total([Earned(Decimal(0), Decimal(1)), Earned(Decimal(0), Decimal(0))]) == Decimal("0.5")


@given(st.lists(EARNED, max_size=20))
def test_each_topic_is_told_once_with_all_its_questions(earned: list[Earned]) -> None:
    told = rules.by_topic(earned)
    ids = [one.topic_id for one in told]
    assert ids == sorted(set(ids))
    for one in told:
        about = [each for each in earned if one.topic_id in each.topic_ids]
        assert (one.questions, one.score) == (len(about), rules.total(about))


@given(st.lists(st.uuids(), unique=True, max_size=30), st.text(max_size=10), st.booleans())
def test_the_order_follows_from_the_seed_and_loses_nothing(ids: list[UUID], seed: str, shuffle: bool) -> None:
    order = rules.ordered(ids, seed, shuffle=shuffle)
    assert sorted(order) == sorted(ids)
    assert order == rules.ordered(ids, seed, shuffle=shuffle)
    assert shuffle or order == ids


@given(st.integers(1, 604_800), st.integers(-5, 5))
def test_the_last_moment_still_counts(limit: int, off: int) -> None:
    until = rules.deadline(BEGUN, limit)
    assert until is not None
    assert rules.is_over(until, BEGUN + timedelta(seconds=limit + off)) == (off > 0)
    assert rules.deadline(BEGUN, None) is None
    assert not rules.is_over(None, BEGUN)

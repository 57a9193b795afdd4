"""Periods, ranks and pseudonyms as pure rules."""

from datetime import date, timedelta
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.leaderboards.rules import Period, pseudonym, ranked, span_of, spans_of, whole_minutes, window

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(days, st.sampled_from(list(Period)))
def test_a_period_holds_its_day_and_all_its_days_agree(day: date, period: Period) -> None:
    span = span_of(period, day)
    assert span.first <= day <= span.last
    for other in (span.first, day, min(span.last, day + timedelta(days=400))):
        assert (span_of(period, other) == span) == (other <= span.last)
    if period is Period.WEEKLY:
        assert (span.first.weekday(), (span.last - span.first).days) == (0, 6)
    if period is Period.MONTHLY:
        assert span.first.day == (span.last + timedelta(days=1)).day == 1


def test_days_share_their_periods() -> None:
    assert len(spans_of([date(2026, 10, 20), date(2026, 10, 21)])) == 3
    assert len(spans_of([date(2026, 10, 31), date(2026, 11, 1)])) == 4  # a month ends within a week


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(0, 29), st.integers(1, 30))
def test_ranks_of_any_part_are_those_of_the_whole(lengths: list[int], start: int, count: int) -> None:
    rows = [(number, seconds) for number, seconds in enumerate(sorted(lengths, reverse=True))]
    whole = ranked(rows)
    for row in whole:
        assert row.rank == 1 + sum(seconds > row.seconds for _, seconds in rows)
    part = rows[start : start + count]
    if part:
        above = sum(seconds > part[0][1] for _, seconds in rows)
        assert ranked(part, position=start + 1, rank=above + 1) == whole[start : start + count]


@given(st.integers(1, 40), st.integers(0, 39), st.integers(0, 10))
def test_a_window_has_me_in_it(count: int, place: int, around: int) -> None:
    rows = ranked([(number, 100 - number) for number in range(count)])
    me = place % count
    seen = window(rows, me, around)
    assert me in [row.who for row in seen]
    assert len(seen) <= 2 * around + 1


def test_pseudonyms_are_stable_and_differ() -> None:
    names = {pseudonym(sha256(str(number).encode()).hexdigest()) for number in range(500)}
    assert len(names) > 495
    assert pseudonym("0" * 64) == "Amber Badger 0000"
    assert whole_minutes(119) == 60

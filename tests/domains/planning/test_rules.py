"""When a plan is, when it is missed, what it collides with."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.planning.rules import LONGEST_MINUTES, Span, last_day, overlapping, span_of, status_seen
from studyhall.platform import clock

BERLIN = clock.zone("Europe/Berlin")
_days = st.dates(date(2024, 1, 1), date(2026, 12, 31))
_times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
_minutes = st.integers(15, LONGEST_MINUTES)
_zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])


def test_a_plan_lasts_its_minutes_through_a_clock_change() -> None:
    span = span_of(date(2025, 3, 30), time(1, 30), 120, BERLIN)
    assert span == Span(datetime(2025, 3, 30, 0, 30, tzinfo=UTC), datetime(2025, 3, 30, 2, 30, tzinfo=UTC))


def test_a_start_that_a_clock_change_skips_moves_on() -> None:
    assert span_of(date(2025, 3, 30), time(2, 30), 15, BERLIN).starts_at == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)


def test_a_plan_that_ends_at_midnight_ends_on_its_own_day() -> None:
    assert last_day(date(2025, 3, 20), time(23, 0), 60) == date(2025, 3, 20)
    assert last_day(date(2025, 3, 20), time(23, 0), 61) == date(2025, 3, 21)


def test_open_plans_are_missed_once_their_last_day_is_over() -> None:
    ends_on = date(2025, 3, 20)
    for status in ("pending", "in_progress"):
        assert status_seen(status, ends_on, ends_on) == status
        assert status_seen(status, ends_on, ends_on + timedelta(days=1)) == "missed"
    assert status_seen("completed", ends_on, date(2026, 1, 1)) == "completed"
    assert status_seen("missed", ends_on, date(2025, 1, 1)) == "missed"


@given(_days, _times, _minutes, _zones)
def test_the_length_is_always_the_minutes_planned(day: date, start: time, minutes: int, zone: str) -> None:
    span = span_of(day, start, minutes, clock.zone(zone))
    assert span.ends_at - span.starts_at == timedelta(minutes=minutes)
    assert abs((span.starts_at.astimezone(clock.zone(zone)).date() - day).days) == 0


_spans = st.builds(
    lambda begin, minutes: Span(begin, begin + timedelta(minutes=minutes)),
    st.datetimes(datetime(2025, 1, 1), datetime(2025, 1, 3)).map(lambda at: at.replace(tzinfo=UTC)),
    st.integers(1, 600),
)


@given(_spans, st.lists(_spans, max_size=20))
def test_what_overlaps_shares_a_moment_and_what_does_not_shares_none(wanted: Span, others: list[Span]) -> None:
    found = overlapping(wanted, others)
    for other in others:
        shared = min(wanted.ends_at, other.ends_at) - max(wanted.starts_at, other.starts_at)
        assert (other in found) == (shared > timedelta(0))
    assert found == sorted(found, key=lambda one: (one.starts_at, one.ends_at))


@given(_spans, _spans)
def test_overlapping_goes_both_ways(one: Span, other: Span) -> None:
    assert bool(overlapping(one, [other])) == bool(overlapping(other, [one]))


@given(_spans, st.integers(1, 600))
def test_touching_ends_do_not_overlap(one: Span, minutes: int) -> None:
    assert overlapping(one, [Span(one.ends_at, one.ends_at + timedelta(minutes=minutes))]) == []

"""What a due date means, in every zone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.assignments.rules import NoSuchMoment, days_until, moment_of, status_seen
from studyhall.platform import clock

ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Cairo"]
)
WALL = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)).map(lambda at: at.replace(microsecond=0))


@given(WALL, ZONES)
def test_a_wall_time_is_the_one_moment_that_shows_it_or_is_refused(wall: datetime, name: str) -> None:
    zone = clock.zone(name)
    day = timedelta(days=1)
    # Every offset that the zone has around that day, applied to the wall time.
    offsets = {(wall.replace(tzinfo=UTC) + step).astimezone(zone).utcoffset() for step in (-day, day)}
    offsets |= {wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
    shown = {
        moment
        for offset in offsets
        if offset is not None
        for moment in ((wall - offset).replace(tzinfo=UTC),)
        if moment.astimezone(zone).replace(tzinfo=None) == wall
    }
    if len(shown) == 1:
        assert {moment_of(wall, zone)} == shown
    else:
        with pytest.raises(NoSuchMoment):
            moment_of(wall, zone)


@pytest.mark.parametrize(
    ("wall", "name", "text"),
    [
        (datetime(2025, 3, 30, 2, 30), "Europe/Berlin", "does not exist"),
        (datetime(2011, 12, 30, 12), "Pacific/Apia", "does not exist"),
        (datetime(2025, 10, 26, 2, 30), "Europe/Berlin", "2025-10-26T02:30:00+02:00 or 2025-10-26T02:30:00+01:00"),
        (datetime(2025, 4, 6, 1, 45), "Australia/Lord_Howe", "+11:00 or 2025-04-06T01:45:00+10:30"),
    ],
)
def test_what_a_clock_change_skips_or_repeats_is_refused_with_its_reason(wall: datetime, name: str, text: str) -> None:
    with pytest.raises(NoSuchMoment, match=text.replace("+", r"\+")):
        moment_of(wall, clock.zone(name))


@given(WALL, st.integers(-14 * 4, 14 * 4), ZONES)
def test_a_time_with_an_offset_is_taken_as_it_is(wall: datetime, quarters: int, name: str) -> None:
    given_moment = wall.replace(tzinfo=timezone(timedelta(minutes=15 * quarters)))
    assert moment_of(given_moment, clock.zone(name)) == given_moment


@given(st.sampled_from(["pending", "in_progress", "completed", "overdue"]), WALL, WALL)
def test_time_makes_open_ones_overdue_and_never_completed_ones(status: str, due: datetime, now: datetime) -> None:
    seen = status_seen(status, due, now)
    if status == "completed":
        assert seen == "completed"
    elif due < now:
        assert seen == "overdue"
    else:
        assert seen == status


@given(WALL, st.integers(-800, 800), ZONES)
def test_days_are_those_of_the_calendar(wall: datetime, days: int, name: str) -> None:
    zone = clock.zone(name)
    now = wall.replace(tzinfo=UTC)
    local = now.astimezone(zone)
    due = (local.replace(hour=12, minute=0, tzinfo=None) + timedelta(days=days)).replace(tzinfo=zone).astimezone(UTC)
    expected = (due.astimezone(zone).date() - local.date()).days
    assert days_until(due, now, zone) == expected
    assert days_until(now, now, zone) == 0


def test_a_minute_past_midnight_is_tomorrow() -> None:
    zone = clock.zone("Europe/Berlin")
    now = datetime(2025, 3, 20, 22, 59, tzinfo=UTC)
    assert days_until(datetime(2025, 3, 20, 22, 59, 30, tzinfo=UTC), now, zone) == 0
    assert days_until(datetime(2025, 3, 20, 23, 1, tzinfo=UTC), now, zone) == 1
    assert days_until(datetime(2025, 3, 19, 22, 59, tzinfo=UTC), now, zone) == -1

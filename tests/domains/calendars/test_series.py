"""Dates into series and back without losing or gaining one."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.calendars.rules.calendar_file import decode, read_calendar
from studyhall.domains.calendars.rules.series import Occurrence, Series, Weekly, expand, group, moved
from studyhall.domains.calendars.rules.times import day_of_week, instant
from studyhall.platform import clock
from tests.domains.calendars.texts import REAL_FILES, calendar, event, needs_real_files

UTC_ZONE = clock.zone("UTC")
FOREVER = (datetime(1990, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC))
BERLIN = clock.zone("Europe/Berlin")

Dates = set[tuple[datetime, datetime, str, str | None]]


def told(occurrences: list[Occurrence]) -> Dates:
    return {(one.start.astimezone(UTC), one.end.astimezone(UTC), one.title, one.location) for one in occurrences}


def expanded(
    series: list[Series], first: datetime = FOREVER[0], last: datetime = FOREVER[1]
) -> list[tuple[object, ...]]:
    return [
        (one.start, one.end, one.title, one.location) for each in series for one in expand(each, first, last, UTC_ZONE)
    ]


def weekly_dates(first: date, count: int, *, title: str = "OS - Operating Systems", hour: int = 9) -> list[Occurrence]:
    days = [first + timedelta(weeks=n) for n in range(count)]
    return [
        Occurrence(title, datetime(d.year, d.month, d.day, hour, tzinfo=BERLIN),
                   datetime(d.year, d.month, d.day, hour + 2, tzinfo=BERLIN))
        for d in days
    ]  # fmt: skip


def test_dates_of_one_weekday_and_time_are_one_pattern() -> None:
    dates = weekly_dates(date(2025, 3, 3), 10)
    del dates[4]
    (series,) = group(dates)
    assert series.weekly == Weekly(
        1, time(9), time(11), first=date(2025, 3, 3), last=date(2025, 5, 5), skipped=(date(2025, 3, 31),)
    )
    assert series.own_dates == ()


def test_every_other_week_is_a_pattern_of_its_own() -> None:
    (series,) = group(weekly_dates(date(2025, 3, 3), 10)[::2])
    assert series.weekly is not None
    assert series.weekly.every == 2
    assert series.weekly.skipped == ()


def test_a_moved_date_joins_the_pattern_as_its_own_date() -> None:
    dates = weekly_dates(date(2025, 3, 3), 8)
    moved = [*dates[:5], *weekly_dates(date(2025, 4, 9), 1, hour=14), *dates[6:]]
    (series,) = group(moved)
    assert series.weekly is not None
    assert series.weekly.skipped == (date(2025, 4, 7),)
    assert [own.day for own in series.own_dates] == [date(2025, 4, 9)]


def test_dates_without_a_pattern_stay_dates() -> None:
    (series,) = group([*weekly_dates(date(2025, 3, 3), 1), *weekly_dates(date(2025, 6, 4), 1)])
    assert series.weekly is None
    assert len(series.own_dates) == 2


def test_a_weekly_class_stays_at_nine_through_a_clock_change() -> None:
    (series,) = group(weekly_dates(date(2025, 3, 17), 4))
    starts = [one.start for one in expand(series, *FOREVER, UTC_ZONE)]
    assert [start.hour for start in starts] == [8, 8, 7, 7]
    assert {start.astimezone(BERLIN).hour for start in starts} == {9}


def test_both_two_thirties_of_an_autumn_night_are_kept() -> None:
    def at(fold: int) -> Occurrence:
        start = datetime(2025, 10, 26, 2, 30, tzinfo=BERLIN, fold=fold)
        return Occurrence("Night watch", start, start.astimezone(UTC) + timedelta(minutes=20))

    dates = [at(0), at(1)]
    assert sorted(expanded(group(dates))) == sorted(told(dates), key=lambda row: row[0])


def test_a_rule_without_end_stays_open() -> None:
    text = calendar(
        event("DTSTART;TZID=Europe/Berlin:20250303T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=MO,TH")
    )
    series = group(read_calendar(text, UTC_ZONE, date(2025, 3, 1)).occurrences)
    assert [one.weekly.last if one.weekly else "none" for one in series] == [None, None]
    week = (datetime(2031, 6, 2, tzinfo=UTC), datetime(2031, 6, 9, tzinfo=UTC))
    assert len(expanded(series, *week)) == 2


@needs_real_files
@pytest.mark.parametrize("path", REAL_FILES, ids=lambda path: path.name[:20])
@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Europe/Berlin"])
def test_every_date_of_a_real_file_is_kept_and_none_is_added(path: Path, zone: str) -> None:
    text = decode(path.read_bytes()).replace("Asia/Kolkata", zone)
    file = read_calendar(text, clock.zone("America/New_York"), date(2025, 2, 1))
    series = group(file.occurrences)
    dates = expanded(series)
    assert len(dates) == len(set(dates))
    assert set(dates) == told(file.occurrences)
    assert len(file.occurrences) == text.count("BEGIN:VEVENT")
    assert len(series) < len(dates) / 3
    for one in file.occurrences:
        assert str(one.start.tzinfo) == zone


_moments = st.datetimes(datetime(2025, 1, 1), datetime(2025, 12, 31)).map(lambda at: at.replace(microsecond=0))
_zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])


@st.composite
def occurrences(draw: st.DrawFn) -> Occurrence:
    zone = clock.zone(draw(_zones))
    start = draw(_moments).replace(tzinfo=UTC).astimezone(zone)
    end = (start.astimezone(UTC) + timedelta(minutes=draw(st.integers(1, 3000)))).astimezone(zone)
    title = draw(st.sampled_from(["OS (Lec) 1", "OS (Lec) 2", "OS 3", "CS201 - A", "CS201 - B", "Fair", "Übung 4"]))
    return Occurrence(title, start, end, draw(st.sampled_from([None, "Room 1", "Room 2"])))


@st.composite
def timetables(draw: st.DrawFn) -> list[Occurrence]:
    """Regular classes with holes and strays, the way real ones are."""
    found = draw(st.lists(occurrences(), max_size=6))
    for seed in list(found):
        weeks = draw(st.sets(st.integers(0, 20), max_size=15))
        for number in weeks:
            start, end = (moment.replace(tzinfo=None) + timedelta(weeks=number) for moment in (seed.start, seed.end))
            zone = seed.start.tzinfo
            at, until = start.replace(tzinfo=zone).astimezone(UTC), end.replace(tzinfo=zone).astimezone(UTC)
            if until > at:
                found.append(Occurrence(seed.title, at.astimezone(zone), until.astimezone(zone), seed.location))
    return draw(st.permutations(found))


@given(timetables())
def test_grouping_never_adds_drops_or_moves_a_date(dates: list[Occurrence]) -> None:
    series = group(dates)
    got = expanded(series)
    assert len(got) == len(set(got))
    assert set(got) == told(dates)


@given(timetables())
def test_grouping_does_not_depend_on_the_order(dates: list[Occurrence]) -> None:
    assert group(dates) == group(list(reversed(dates)))


@given(timetables(), _moments, st.integers(0, 60))
def test_a_window_shows_exactly_what_overlaps_it(dates: list[Occurrence], begin: datetime, days: int) -> None:
    first = begin.replace(tzinfo=UTC)
    last = first + timedelta(days=days)
    inside = {row for row in told(dates) if row[0] < last and row[1] > first}
    assert set(expanded(group(dates), first, last)) == inside


@given(
    st.builds(
        partial(Weekly, start=time(9), end=time(10)),
        day_of_week=st.integers(0, 6),
        first=st.dates(date(2024, 1, 1), date(2024, 12, 31)),
        last=st.dates(date(2025, 1, 1), date(2025, 12, 31)),
        every=st.integers(1, 4),
    ),
    st.dates(date(2023, 6, 1), date(2026, 6, 1)),
    st.integers(0, 200),
)
def test_the_dates_of_a_window_are_those_of_the_whole_pattern(weekly: Weekly, begin: date, days: int) -> None:
    assert weekly.first is not None
    assert weekly.last is not None
    whole = list(weekly.dates(weekly.first, weekly.last))
    window = list(weekly.dates(begin, begin + timedelta(days=days)))
    assert window == [day for day in whole if begin <= day <= begin + timedelta(days=days)]
    assert all(day_of_week(day) == weekly.day_of_week for day in whole)
    assert all((later - earlier).days == 7 * weekly.every for earlier, later in pairwise(whole))


def test_a_skipped_wall_time_counts_with_the_offset_before_the_change() -> None:
    assert instant(date(2025, 3, 30), time(2, 30), BERLIN) == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)


@given(timetables(), st.integers(0, 6), st.integers(0, 20))
def test_a_moved_pattern_takes_place_in_the_same_weeks(dates: list[Occurrence], weekday: int, hour: int) -> None:
    for series in group(dates):
        after = moved(series, weekday, time(hour), time(hour + 1))
        if series.weekly is None:
            assert after == series
            continue
        shift = timedelta(days=weekday - series.weekly.day_of_week)
        assert series.weekly.first is not None
        assert series.weekly.last is not None
        before_days = list(series.weekly.dates(series.weekly.first, series.weekly.last))
        span = FOREVER[0].date(), FOREVER[1].date()
        assert after.weekly is not None
        assert list(after.weekly.dates(*span)) == [day + shift for day in before_days]
        assert after.own_dates == series.own_dates

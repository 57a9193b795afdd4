"""Entries written as iCalendar text and read back by other people's libraries."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from studyhall.domains.calendars.public import Label, Meeting, OwnDate, Series, Weekly, day_of_week, expand, instant
from studyhall.domains.feeds.rules.classes import ShownClass, class_entries
from studyhall.domains.feeds.rules.entries import Entry, revision, span_of, uid
from studyhall.domains.feeds.rules.writing import calendar, fold, text
from studyhall.platform import clock

CLASS = UUID("01936f3e-7b1a-7c3d-9e2f-5a4b6c7d8e9f")
NOW = datetime(2025, 3, 20, 9, tzinfo=UTC)
SPAN = date(2025, 1, 1), date(2026, 3, 31)
# Where clocks change in the night, at midnight, by half an hour, on the other half of the Earth, and never.
ZONES = ["Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]


def written(series: Series, meetings: list[Meeting], zone: str = "Europe/Berlin") -> bytes:
    shown = ShownClass(CLASS, series, clock.zone(series.zone or zone), NOW, 3)
    entries = class_entries(shown, meetings)
    return calendar("Studyhall", entries, [], SPAN)


def read(body: bytes) -> list[tuple[datetime, datetime, str, str | None]]:
    """Every date that a calendar program shows, in UTC."""
    parsed = icalendar.Calendar.from_ical(body)
    found = recurring_ical_events.of(parsed).between(datetime(2024, 1, 1), datetime(2028, 1, 1))
    return sorted((_utc(one, "DTSTART"), _utc(one, "DTEND"), str(one["SUMMARY"]), one.get("LOCATION")) for one in found)


def _utc(component: Any, name: str) -> datetime:
    moment: datetime = component[name].dt
    return moment.astimezone(UTC)


def told(meetings: list[Meeting]) -> list[tuple[datetime, datetime, str, str | None]]:
    return sorted((one.start, one.end, one.title, one.location) for one in meetings)


def in_span(series: Series, zone: str) -> list[Meeting]:
    own = clock.zone(zone)
    begin, end = instant(SPAN[0], time.min, own), instant(SPAN[1] + timedelta(days=1), time.min, own)
    return expand(series, begin, end, own)


def series_of(weekly: Weekly | None, **more: Any) -> Series:
    return Series("algorithms", "Algorithms", "CS201", "Algorithms", weekly=weekly, location="Room 301", **more)


DAYS = st.dates(date(2025, 1, 5), date(2025, 12, 31))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None)) | st.sampled_from(
    [time(0), time(0, 30), time(1, 59), time(2), time(2, 30), time(3), time(23, 30)]
)


@st.composite
def patterns(draw: Any) -> Weekly:
    first = draw(DAYS)
    last = draw(st.none() | st.dates(first, date(2026, 6, 1)))
    start, end, days = draw(TIMES), draw(TIMES), draw(st.integers(0, 1))
    if end <= start:
        days = 1
    every = draw(st.integers(1, 3))
    grid = [first + timedelta(weeks=every * n) for n in range(20)]
    skipped = tuple(sorted(draw(st.sets(st.sampled_from(grid), max_size=4))))
    return Weekly(day_of_week(first), start, end, days, first, last, every, skipped)


@st.composite
def all_series(draw: Any) -> Series:
    weekly = draw(patterns())
    own = []
    for _ in range(draw(st.integers(0, 3))):
        day, start, end = draw(DAYS), draw(TIMES), draw(TIMES)
        if (day_of_week(day), start) == (weekly.day_of_week, weekly.start):
            continue  # a class is not twice at one moment; its date of the pattern is that date
        own.append(OwnDate(day, start, end, int(end <= start), draw(st.sampled_from(["Room 301", "Hall", None]))))
    labels = tuple(
        Label(weekly.first + timedelta(weeks=weekly.every * n), weekly.start, f"Algorithms {n + 1}")
        for n in draw(st.sets(st.integers(0, 8), max_size=3))
    )
    zone = draw(st.sampled_from([None, *ZONES]))
    return series_of(
        draw(st.sampled_from([weekly, weekly, weekly, None])), own_dates=tuple(own), labels=labels, zone=zone
    )


@settings(deadline=None, max_examples=150)
@given(all_series(), st.sampled_from(ZONES), st.data())
def test_programs_show_exactly_the_meetings(series: Series, zone: str, data: Any) -> None:
    meetings = in_span(series, zone)
    # Some do not take place, some are at another time: whatever the exceptions were, the meetings are the truth.
    kept = []
    for meeting in meetings[:60]:
        fate = data.draw(st.sampled_from(["as it is"] * 6 + ["off", "moved"]))
        if fate == "moved":
            shift = timedelta(hours=data.draw(st.integers(-30, 30)))
            kept.append(
                Meeting(meeting.day, meeting.start + shift, meeting.end + shift, meeting.title, meeting.location)
            )
        elif fate == "as it is":
            kept.append(meeting)
    assert read(written(series, kept, zone)) == told(kept)


def test_a_pattern_is_one_repeating_entry_in_its_zone() -> None:
    weekly = Weekly(1, time(10), time(11, 30), 0, date(2025, 3, 3), date(2025, 6, 30), 1, (date(2025, 4, 21),))
    series = series_of(weekly)
    body = written(series, in_span(series, "Europe/Berlin")).decode()
    assert body.count("BEGIN:VEVENT") == 1
    for line in (
        f"UID:class-{CLASS}@studyhall",
        "DTSTART;TZID=Europe/Berlin:20250303T100000",
        "DTEND;TZID=Europe/Berlin:20250303T113000",
        "RRULE:FREQ=WEEKLY;UNTIL=20250630T080000Z",
        "EXDATE;TZID=Europe/Berlin:20250421T100000",
        "BEGIN:VTIMEZONE",
        "DTSTAMP:20250320T090000Z",
        "LAST-MODIFIED:20250320T090000Z",
        "SEQUENCE:3",
    ):
        assert line in body.splitlines()


def test_a_moved_date_replaces_its_own_and_a_night_of_clock_change_is_spelled_out() -> None:
    weekly = Weekly(0, time(1), time(4), 0, date(2025, 3, 16), date(2025, 4, 13))
    series = series_of(weekly)
    meetings = in_span(series, "Europe/Berlin")
    body = written(series, meetings).decode()
    assert "RECURRENCE-ID;TZID=Europe/Berlin:20250330T010000" in body
    assert "DTSTART:20250330T000000Z" in body and "DTEND:20250330T020000Z" in body
    assert read(body.encode()) == told(meetings)


def test_uids_stay_when_dates_come_and_go() -> None:
    own = tuple(OwnDate(date(2025, 4, day), time(9), time(10)) for day in (1, 3, 8))
    before = series_of(None, own_dates=own)
    after = series_of(None, own_dates=(*own[1:], OwnDate(date(2025, 4, 9), time(9), time(10))))

    def uids(series: Series) -> set[str]:
        parsed = icalendar.Calendar.from_ical(written(series, in_span(series, "UTC")))
        return {str(one["UID"]) for one in parsed.walk("VEVENT")}

    assert uids(before) & uids(after) == {uid("class", f"{CLASS}-202504{day}") for day in ("03", "08")}
    assert len(uids(after)) == 3


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_text_survives(value: str) -> None:
    entry = Entry("x@studyhall", value, "Class", NOW, None, NOW, 0)
    body = calendar("Studyhall", [entry], [], SPAN)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    (event,) = icalendar.Calendar.from_ical(body).walk("VEVENT")
    shown = "".join(one for one in value.replace("\r\n", "\n").replace("\r", "\n") if one in "\t\n" or ord(one) > 31)
    assert str(event["SUMMARY"]) == shown.replace("\x7f", "")


def test_no_text_becomes_a_line_of_its_own() -> None:
    assert text("a\r\nEND:VCALENDAR;b,c\\d") == "a\\nEND:VCALENDAR\\;b\\,c\\\\d"
    assert fold("x" * 75) == b"x" * 75 + b"\r\n"
    assert fold("x" * 76) == b"x" * 75 + b"\r\n x\r\n"
    assert fold("x" * 74 + "ü") == b"x" * 74 + b"\r\n \xc3\xbc\r\n"


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2025, 3, 20), date(2024, 9, 1), date(2026, 3, 31)),
        (date(2025, 12, 31), date(2025, 6, 1), date(2026, 12, 31)),
        (date(2024, 2, 29), date(2023, 8, 1), date(2025, 2, 28)),
    ],
)
def test_the_span_is_of_whole_months(today: date, first: date, last: date) -> None:
    assert span_of(today) == (first, last)


@given(st.dates(date(1980, 1, 1), date(2190, 1, 1)))
def test_the_span_moves_once_a_month(today: date) -> None:
    assert (span_of(today) == span_of(today + timedelta(days=1))) == ((today + timedelta(days=1)).day != 1)


def test_a_revision_never_falls() -> None:
    assert [revision(NOW, NOW + timedelta(seconds=n)) for n in (-5, 0, 1, 90)] == [0, 0, 1, 90]

"""Reading iCalendar text: what is taken, and what is refused with a reason."""

from datetime import UTC, date, datetime, timedelta

import pytest

from studyhall.domains.calendars.rules.calendar_file import (
    MOST_BYTES,
    MOST_EVENTS,
    TimetableFile,
    UnreadableTimetable,
    decode,
    read_calendar,
)
from studyhall.platform import clock
from tests.domains.calendars.texts import calendar, event, timed

BERLIN = clock.zone("Europe/Berlin")
TODAY = date(2025, 3, 1)


def read(text: str, zone: str = "America/New_York") -> TimetableFile:
    return read_calendar(text, clock.zone(zone), TODAY)


def starts(text: str) -> list[datetime]:
    return sorted(one.start.astimezone(UTC) for one in read(text).occurrences)


def refused(text: str) -> list[str]:
    with pytest.raises(UnreadableTimetable) as caught:
        read(text)
    return caught.value.reasons


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def test_a_zone_is_kept_as_wall_time() -> None:
    (one,) = read(calendar(timed("20250310", "0900", "1100"))).occurrences
    assert (one.start, one.end) == (utc(2025, 3, 10, 8), utc(2025, 3, 10, 10))
    assert str(one.start.tzinfo) == "Europe/Berlin"


def test_a_floating_time_is_in_the_persons_zone() -> None:
    (one,) = read(calendar(timed("20250310", "0900", "1100", zone=None))).occurrences
    assert one.start == utc(2025, 3, 10, 13)
    assert str(one.start.tzinfo) == "America/New_York"


def test_windows_and_vendor_zone_names_are_understood() -> None:
    for name in ("W. Europe Standard Time", '"W. Europe Standard Time"'):
        assert starts(calendar(timed("20250310", "0900", "1100", zone=name))) == [utc(2025, 3, 10, 8)]


def test_a_utc_time_keeps_the_calendars_own_wall_time() -> None:
    text = calendar(event("DTSTART:20250310T080000Z", "DTEND:20250310T100000Z"), head=("X-WR-TIMEZONE:Europe/Berlin",))
    (one,) = read(text).occurrences
    assert (one.start, str(one.start.tzinfo)) == (utc(2025, 3, 10, 8), "Europe/Berlin")


def _home_made(offset: str) -> tuple[str, ...]:
    standard = ("BEGIN:STANDARD", "DTSTART:19700101T000000", f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}")
    return ("BEGIN:VTIMEZONE", "TZID:Campus", *standard, "END:STANDARD", "END:VTIMEZONE")


def test_a_zone_that_one_file_defines_is_not_remembered_for_the_next() -> None:
    lesson = timed("20250310", "0900", "1100", zone="Campus")
    assert starts(calendar(lesson, head=_home_made("+0530"))) == [utc(2025, 3, 10, 3, 30)]
    assert starts(calendar(lesson, head=_home_made("-0300"))) == [utc(2025, 3, 10, 12)]
    assert "time zone 'Campus' is unknown" in refused(calendar(lesson))[0]


def test_a_known_zone_name_wins_over_a_wrong_definition_in_the_file() -> None:
    head = tuple(line.replace("Campus", "Europe/Berlin") for line in _home_made("+0530"))
    assert starts(calendar(timed("20250331", "0900", "1000"), head=head)) == [utc(2025, 3, 31, 7)]


def test_a_duration_stands_for_an_end() -> None:
    text = calendar(event("DTSTART;TZID=Europe/Berlin:20250310T090000", "DURATION:PT90M"))
    assert read(text).occurrences[0].end == utc(2025, 3, 10, 9, 30)


def test_a_time_that_a_clock_change_skips_moves_on() -> None:
    assert starts(calendar(timed("20250330", "0230", "0430"))) == [utc(2025, 3, 30, 1, 30)]


def test_a_weekly_rule_keeps_its_wall_time_with_its_exceptions() -> None:
    weekly = event(
        "DTSTART;TZID=Europe/Berlin:20250320T090000",
        "DTEND;TZID=Europe/Berlin:20250320T103000",
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "EXDATE;TZID=Europe/Berlin:20250327T090000",
    )
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20250403T090000",
        "DTSTART;TZID=Europe/Berlin:20250404T140000",
        "DTEND;TZID=Europe/Berlin:20250404T153000",
    )
    assert starts(calendar(weekly, moved)) == [utc(2025, 3, 20, 8), utc(2025, 4, 4, 12), utc(2025, 4, 10, 7)]


def test_repeating_entries_that_share_a_uid_are_all_kept() -> None:
    rule = "RRULE:FREQ=WEEKLY;COUNT=2"
    text = calendar(
        event("DTSTART:20250310T090000", "DTEND:20250310T100000", rule),
        event("DTSTART:20250311T090000", "DTEND:20250311T100000", rule),
    )
    assert len(read(text).occurrences) == 4


def test_a_cancelled_date_does_not_take_place_and_is_told() -> None:
    file = read(calendar(timed("20250310", "0900", "1000"), event("STATUS:CANCELLED", "DTSTART:20250311T090000")))
    assert len(file.occurrences) == 1
    assert "cancelled" in file.warnings[0]


def test_an_endless_rule_is_listed_up_to_a_horizon_and_says_so() -> None:
    text = calendar(event("DTSTART:20250303T090000", "DTEND:20250303T100000", "RRULE:FREQ=WEEKLY"))
    found = read(text).occurrences
    assert found[-1].start.date() > TODAY + timedelta(days=390)
    assert all(one.endless_after is not None for one in found)
    monthly = read(text.replace("WEEKLY", "MONTHLY"))
    assert "repeats without end" in monthly.warnings[0]


def test_whole_days_become_notes_with_both_dates_included() -> None:
    file = read(
        calendar(
            event("DTSTART;VALUE=DATE:20250418", summary="Good Friday"),
            event("DTSTART;VALUE=DATE:20250421", "DTEND;VALUE=DATE:20250426", summary="Reading\\nweek"),
        )
    )
    assert [(note.title, note.first.day, note.last.day) for note in file.notes] == [
        ("Good Friday", 18, 18),
        ("Reading week", 21, 25),
    ]


def test_lines_may_end_anyhow_and_a_byte_order_mark_is_no_matter() -> None:
    text = calendar(timed("20250310", "0900", "1100", summary="Ökonomie"))
    for variant in (text, text.replace("\r\n", "\n"), text.replace("\r\n", "\r")):
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            assert read(decode(variant.encode(encoding))).occurrences[0].title == "Ökonomie"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not an iCalendar text"),
        ("hello there", "not a readable iCalendar"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20250310T0900", "not an iCalendar text"),
        (calendar(), "holds no events"),
        (calendar(event("STATUS:CANCELLED", "DTSTART:20250311T090000")), "no events that take place"),
        (calendar(event("DTEND:20250310T090000")), "no start"),
        (calendar(event("DTSTART:20250310T090000")), "no end"),
        (calendar(timed("20250310", "0900", "0800")), "ends before"),
        (calendar(timed("20250310", "0900", "0900")), "ends before or when"),
        (calendar(event("DTSTART:20250310T090000", "DURATION:-PT1H")), "duration is not positive"),
        (calendar(event("DTSTART:2025-03-10", "DTEND:2025-03-11")), "could not be read"),
        (calendar(event("DTSTART:20250231T090000", "DTEND:20250231T100000")), "could not be read"),
        (calendar(event("DTSTART:20250310T090000", "DTEND:20270310T100000")), "longer than a year"),
        (calendar(event("DTSTART:00010101T090000", "DTEND:00010101T100000")), "year 1"),
        (calendar(event("DTSTART:20250310T090000", "DTEND;VALUE=DATE:20250311")), "not of one kind"),
        (calendar(event("DTSTART:20250310T090000", "DTSTART:20250311T090000", "DURATION:PT1H")), "more than one"),
        (calendar(event("DTSTART;VALUE=PERIOD:20250310T090000/PT1H", "DURATION:PT1H")), "neither a date"),
        (calendar(timed("20250310", "0900", "1000", zone="Atlantis/Harbour")), "'Atlantis/Harbour' is unknown"),
        (calendar(timed("20250310", "0900", "1000", summary="a\x00b")), "NUL"),
    ],
)
def test_nonsense_is_refused_with_its_reason(text: str, reason: str) -> None:
    assert reason in refused(text)[0]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=NONSENSE",
        "FREQ=SECONDLY",
        "FREQ=HOURLY;COUNT=3",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=WEEKLY;BYSETPOS=900",
        "FREQ=DAILY;UNTIL=21990101T000000Z",
        "FREQ=DAILY;COUNT=999999",
    ],
)
def test_rules_that_would_run_for_ever_are_refused(rule: str) -> None:
    text = calendar(event("DTSTART:20250310T090000", "DTEND:20250310T100000", f"RRULE:{rule}"))
    assert refused(text)


def test_a_thousand_events_are_refused() -> None:
    events = [timed("20250310", "0900", "1000", uid=str(number)) for number in range(1000)]
    assert f"at most {MOST_EVENTS}" in refused(calendar(*events))[0]


def test_all_faults_are_told_at_once_by_title_and_day() -> None:
    text = calendar(
        timed("20250310", "0900", "1000"),
        timed("20250311", "0900", "0800", summary="Backwards"),
        event("DTSTART:20250312T090000", summary="Endless"),
    )
    reasons = refused(text)
    assert [reason.split("'")[1] for reason in reasons] == ["Backwards", "Endless"]
    assert "2025-03-11" in reasons[0]


def test_bytes_that_are_not_unicode_or_too_many_are_refused() -> None:
    with pytest.raises(UnreadableTimetable, match="not UTF-8"):
        decode("Ökonomie".encode("latin-1"))
    with pytest.raises(UnreadableTimetable, match="larger"):
        decode(b" " * (MOST_BYTES + 1))

"""Time zones as they are spelled out, compared with the time zone database."""

from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest

from studyhall.domains.feeds.rules.zones import clock_changes, time_zone
from studyhall.platform import clock

SPANS = [(date(2024, 9, 1), date(2026, 3, 31)), (date(2010, 6, 1), date(2012, 1, 31))]
# By rule, by decree around Ramadan, by half an hour, at midnight, over a whole day, never, with negative summer time.
ZONES = [
    "Europe/Berlin", "Africa/Casablanca", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia", "Asia/Kolkata",
    "Europe/Dublin", "Africa/Cairo", "America/St_Johns", "Antarctica/Troll",
]  # fmt: skip


@pytest.mark.parametrize("span", SPANS, ids=str)
@pytest.mark.parametrize("key", ZONES)
def test_a_reader_that_knows_no_zones_comes_to_the_same_moments(key: str, span: tuple[date, date]) -> None:
    lines = ("BEGIN:VCALENDAR", *time_zone(key, *span), "END:VCALENDAR")
    (written,) = icalendar.Calendar.from_ical("\r\n".join(lines) + "\r\n").walk("VTIMEZONE")
    read, zone = written.to_tz(lookup_tzid=False), clock.zone(key)
    begin, end = (datetime.combine(day, time.min) for day in span)
    changes = list(clock_changes(zone, begin.replace(tzinfo=UTC), end.replace(tzinfo=UTC)))
    wall = [begin + timedelta(hours=37 * n) for n in range((end - begin) // timedelta(hours=37))]
    wall += [
        moment.astimezone(zone).replace(tzinfo=None) + step
        for moment in changes
        for step in (timedelta(hours=-26), timedelta(hours=-3), timedelta(minutes=61), timedelta(hours=3))
    ]
    for local in wall:
        if local.replace(tzinfo=zone).utcoffset() == local.replace(tzinfo=zone, fold=1).utcoffset():
            assert local.replace(tzinfo=read).utcoffset() == local.replace(tzinfo=zone).utcoffset(), local


def test_clock_changes_are_found_to_the_second() -> None:
    def of(key: str, year: int) -> list[datetime]:
        return list(
            clock_changes(clock.zone(key), datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
        )

    assert of("Europe/Berlin", 2025) == [datetime(2025, 3, 30, 1, tzinfo=UTC), datetime(2025, 10, 26, 1, tzinfo=UTC)]
    assert of("Asia/Kolkata", 2025) == []
    assert datetime(2011, 12, 30, 10, tzinfo=UTC) in of("Pacific/Apia", 2011)

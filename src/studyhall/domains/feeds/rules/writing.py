"""Entries as iCalendar text (RFC 5545), written here because a feed of a thousand entries has to be quick."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from studyhall.domains.feeds.rules.entries import Entry, Todo
from studyhall.domains.feeds.rules.zones import time_zone

MOST_OCTETS = 75
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def calendar(name: str, entries: Iterable[Entry], todos: Iterable[Todo], span: tuple[date, date]) -> bytes:
    """The whole file.

    Args:
        span: the days for which the time zones are spelled out.
    """
    entries = list(entries)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Studyhall//Calendar feed//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{text(name)}",
        f"X-WR-CALNAME:{text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    zoned = [(key, one.start.date()) for one in entries if (key := _zone_of(one))]
    # What lasts for weeks may begin before the span.
    first = min([span[0], *(day for _, day in zoned)])
    for zone in sorted({key for key, _ in zoned}):
        lines += time_zone(zone, first, span[1])
    for one in entries:
        lines += _event(one)
    for todo in todos:
        lines += _todo(todo)
    lines.append("END:VCALENDAR")
    return b"".join(fold(line) for line in lines)


def text(value: str) -> str:
    """A TEXT value (3.3.11); control characters are not allowed in one."""
    return _NOT_TEXT.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).translate(_ESCAPED)


def fold(line: str) -> bytes:
    """A content line (3.1) with its end; no part is longer than 75 octets, and no character is cut."""
    octets = line.encode()
    if len(octets) <= MOST_OCTETS:
        return octets + b"\r\n"
    parts: list[bytes] = []
    room = MOST_OCTETS
    while len(octets) > room:
        cut = room
        while octets[cut] & 0xC0 == 0x80:
            cut -= 1
        parts.append(octets[:cut])
        octets, room = octets[cut:], MOST_OCTETS - 1
    return b"\r\n ".join([*parts, octets]) + b"\r\n"


def _event(one: Entry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield from _about(one.uid, one.changed_at, one.sequence, one.summary)
    yield "DTSTART" + _moment(one.start)
    if one.end is not None:
        yield "DTEND" + _moment(one.end)
    if one.instead_of is not None:
        yield "RECURRENCE-ID" + _moment(one.instead_of)
    if one.repetition is not None:
        step = f";INTERVAL={one.repetition.every_weeks}" if one.repetition.every_weeks > 1 else ""
        yield f"RRULE:FREQ=WEEKLY{step};UNTIL={_utc(one.repetition.until)}"
        for left_out in one.repetition.left_out:
            yield "EXDATE" + _moment(left_out)
    if one.location:
        yield f"LOCATION:{text(one.location)}"
    yield f"CATEGORIES:{text(one.category)}"
    yield "STATUS:CONFIRMED"
    yield "TRANSP:OPAQUE" if one.is_busy else "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _todo(one: Todo) -> Iterator[str]:
    yield "BEGIN:VTODO"
    yield from _about(one.uid, one.changed_at, one.sequence, one.summary)
    yield "DUE" + _moment(one.due)
    yield f"STATUS:{one.status}"
    if one.percent is not None:
        yield f"PERCENT-COMPLETE:{one.percent}"
    if one.completed_at is not None:
        yield f"COMPLETED:{_utc(one.completed_at)}"
    yield f"PRIORITY:{one.priority}"
    yield "CATEGORIES:Assignment"
    yield f"RELATED-TO;RELTYPE=SIBLING:{one.event_uid}"
    yield "END:VTODO"


def _about(uid: str, changed_at: datetime, sequence: int, summary: str) -> Iterator[str]:
    # Without a METHOD, DTSTAMP says when the entry was last revised (3.8.7.2), so that an unchanged one stays the same.
    yield f"UID:{uid}"
    yield f"DTSTAMP:{_utc(changed_at)}"
    yield f"LAST-MODIFIED:{_utc(changed_at)}"
    yield f"SEQUENCE:{sequence}"
    yield f"SUMMARY:{text(summary)}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _moment(moment: datetime) -> str:
    """Parameters and value of a date-time property."""
    key = _key(moment)
    return f":{_utc(moment)}" if key is None else f";TZID={key}:{moment:%Y%m%dT%H%M%S}"


def _key(moment: datetime) -> str | None:
    zone = moment.tzinfo
    return zone.key if isinstance(zone, ZoneInfo) and zone.key != "UTC" else None


def _zone_of(one: Entry) -> str | None:
    """Only a repeating entry keeps wall time; what replaces one of its dates names the same zone."""
    return _key(one.start)

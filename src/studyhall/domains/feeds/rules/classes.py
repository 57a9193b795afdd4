"""Classes as calendar entries: a pattern as a repeating entry, everything that differs from it spelled out.

A repeating entry is only trusted with dates on which every reader must come to the same moments. Dates on which a
clock change skips or repeats its start, or lies between its start and its end, are spelled out too, because programs
differ on them (RFC 5545 keeps the length, many keep the wall time of the end).
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from studyhall.domains.calendars.public import Meeting, Series, Weekly
from studyhall.domains.feeds.rules.entries import Entry, Repetition, uid
from studyhall.platform import clock

FEWEST_TO_REPEAT = 2
_CATEGORIES = {"class": "Class", "exam": "Exam", "event": "Event", "holiday": "Holiday"}


def class_entries(
    class_id: UUID,
    series: Series,
    meetings: Sequence[Meeting],
    own_zone: ZoneInfo,
    *,
    changed_at: datetime,
    sequence: int,
) -> list[Entry]:
    """Entries whose dates are exactly the meetings.

    Args:
        meetings: all that take place in the feed's span, exceptions applied.
        own_zone: the person's, whose wall time the series keeps when it names no zone.
    """
    zone = clock.zone(series.zone) if series.zone else own_zone

    def entry(meeting: Meeting, name: str, instead_of: datetime | None = None) -> Entry:
        return Entry(
            uid=name,
            summary=meeting.title,
            category=_CATEGORIES[series.kind],
            start=meeting.start,
            end=meeting.end,
            changed_at=changed_at,
            sequence=sequence,
            location=meeting.location,
            instead_of=instead_of,
            is_busy=series.kind != "holiday",
        )

    usual = _usual_dates(series, meetings, zone)
    if series.weekly is None or len(usual) < FEWEST_TO_REPEAT:
        return [entry(meeting, name) for meeting, name in _named(class_id, meetings)]
    weekly, name = series.weekly, uid("class", class_id)
    others = _by_day(meetings, besides=set(usual.values()))
    left_out: list[datetime] = []
    replaced: list[Entry] = []
    for day in _grid(weekly, min(usual), max(usual)):
        if day in usual:
            continue
        start = _local(day, weekly.start, zone)
        if others[day]:
            replaced.append(entry(others[day].pop(0), name, start))
        else:
            left_out.append(start)
    first, last = usual[min(usual)], usual[max(usual)]
    master = replace(
        entry(first, name),
        start=first.start.astimezone(zone),
        end=first.end.astimezone(zone),
        repetition=Repetition(weekly.every, last.start, tuple(left_out)),
    )
    single = [meeting for day in sorted(others) for meeting in others[day]]
    return [master, *replaced, *(entry(meeting, one) for meeting, one in _named(class_id, single))]


def _usual_dates(series: Series, meetings: Sequence[Meeting], zone: ZoneInfo) -> dict[date, Meeting]:
    """The meetings that a repeating entry may stand for, by their dates."""
    weekly = series.weekly
    if weekly is None:
        return {}
    found: dict[date, Meeting] = {}
    for meeting in meetings:
        day = meeting.day
        if day in found or not _is_clear(weekly, day, zone):
            continue
        start, end = _local(day, weekly.start, zone), _local(day + timedelta(days=weekly.end_days), weekly.end, zone)
        if (meeting.start, meeting.end, meeting.title, meeting.location) == (start, end, series.title, series.location):
            found[day] = meeting
    on_grid = frozenset(_grid(weekly, min(found), max(found))) if found else frozenset()
    return {day: meeting for day, meeting in found.items() if day in on_grid}


def _is_clear(weekly: Weekly, day: date, zone: ZoneInfo) -> bool:
    """Whether no clock change touches the pattern on that day."""
    start, end = _local(day, weekly.start, zone), _local(day + timedelta(days=weekly.end_days), weekly.end, zone)
    offsets = {moment.replace(fold=fold).utcoffset() for moment in (start, end) for fold in (0, 1)}
    return len(offsets) == 1


def _grid(weekly: Weekly, first: date, last: date) -> Iterator[date]:
    """Every date of the pattern from `first` to `last`, also those that the series skips."""
    return replace(weekly, skipped=()).dates(first, last)


def _local(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone)


def _by_day(meetings: Sequence[Meeting], besides: Container[Meeting]) -> defaultdict[date, list[Meeting]]:
    found: defaultdict[date, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        if meeting not in besides:
            found[meeting.day].append(meeting)
    return found


def _named(class_id: UUID, meetings: Sequence[Meeting]) -> Iterator[tuple[Meeting, str]]:
    """Single dates with their uids: the class, the date by which the series knows it, and a count within the day."""
    counts: defaultdict[date, int] = defaultdict(int)
    for meeting in meetings:
        counts[meeting.day] += 1
        count = counts[meeting.day]
        day = f"{class_id}-{meeting.day:%Y%m%d}"
        yield meeting, uid("class", day if count == 1 else f"{day}-{count}")

"""Classes as calendar entries: a pattern as a repeating entry, everything that differs from it spelled out.

A repeating entry is only trusted with dates on which every reader must come to the same moments. Dates on which a
clock change skips or repeats its start, or lies between its start and its end, are spelled out too, because programs
differ on them (RFC 5545 keeps the length, many keep the wall time of the end).
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from studyhall.domains.calendars.public import Meeting, Series, Weekly
from studyhall.domains.feeds.rules.entries import Entry, Repetition, uid

FEWEST_TO_REPEAT = 2
_CATEGORIES = {"class": "Class", "exam": "Exam", "event": "Event", "holiday": "Holiday"}


@dataclass(frozen=True, slots=True)
class ShownClass:
    """A class that is put into a feed.

    Attributes:
        zone: whose wall time it keeps.
        changed_at, sequence: of the timetable it belongs to.
    """

    class_id: UUID
    series: Series
    zone: ZoneInfo
    changed_at: datetime
    sequence: int

    def entry(self, meeting: Meeting, name: str, instead_of: datetime | None = None) -> Entry:
        """One meeting on its own, or in place of a date of the repeating entry."""
        return Entry(
            uid=name,
            summary=meeting.title,
            category=_CATEGORIES[self.series.kind],
            start=meeting.start,
            end=meeting.end,
            changed_at=self.changed_at,
            sequence=self.sequence,
            location=meeting.location,
            instead_of=instead_of,
            is_busy=self.series.kind != "holiday",
        )

    def singles(self, meetings: Sequence[Meeting]) -> list[Entry]:
        """Meetings as entries of their own."""
        return [self.entry(meeting, name) for meeting, name in _named(self.class_id, meetings)]


def class_entries(shown: ShownClass, meetings: Sequence[Meeting]) -> list[Entry]:
    """Entries whose dates are exactly the meetings.

    Args:
        meetings: all that take place in the feed's span, exceptions applied.
    """
    weekly, zone = shown.series.weekly, shown.zone
    usual = _usual_dates(shown.series, meetings, zone)
    if weekly is None or len(usual) < FEWEST_TO_REPEAT:
        return shown.singles(meetings)
    first, last, name = usual[min(usual)], usual[max(usual)], uid("class", shown.class_id)
    others = _by_day(meetings, besides=set(usual.values()))
    left_out: list[datetime] = []
    replaced: list[Entry] = []
    for day in _grid(weekly, first.day, last.day):
        start = _local(day, weekly.start, zone)
        if day in usual:
            continue
        if others[day]:
            replaced.append(shown.entry(others[day].pop(0), name, start))
        else:
            left_out.append(start)
    repeating = replace(
        shown.entry(first, name),
        start=first.start.astimezone(zone),
        end=first.end.astimezone(zone),
        repetition=Repetition(weekly.every, last.start, tuple(left_out)),
    )
    rest = [meeting for day in sorted(others) for meeting in others[day]]
    return [repeating, *replaced, *shown.singles(rest)]


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

"""What really takes place: a series with the exceptions that the person made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from studyhall.domains.calendars.public import Meeting, Series, expand, instant
from studyhall.platform import clock


@dataclass(frozen=True, slots=True)
class SingleChange:
    """One meeting cancelled, or moved; what is None stays as it was.

    Attributes:
        moved_to: the new day; None when it is cancelled or only its time or room changes.
    """

    is_cancelled: bool = False
    moved_to: date | None = None
    start: time | None = None
    end: time | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class DayOff:
    """Days, both included, on which no class takes place."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Everything that differs from the plain series of one class, by the date the series knows."""

    changes: Mapping[date, SingleChange]
    days_off: Sequence[DayOff] = ()


NOTHING_DIFFERS = Exceptions({})


def taking_place(
    series: Series, exceptions: Exceptions, after: datetime, before: datetime, own_zone: ZoneInfo
) -> list[Meeting]:
    """The meetings that overlap the span from `after` to `before` (aware), exceptions applied, in order."""
    found = [
        meeting
        for meeting in expand(series, after, before, own_zone)
        if meeting.day not in exceptions.changes and not _is_off(series, meeting.day, exceptions)
    ]
    zone = clock.zone(series.zone) if series.zone else own_zone
    for day, change in exceptions.changes.items():
        if change.is_cancelled:
            continue
        found += [
            moved
            for meeting in meetings_on(series, day, own_zone)
            if (moved := _moved(meeting, change, zone)).start < before and moved.end > after
        ]
    return sorted(found, key=lambda meeting: (meeting.start, meeting.end, meeting.title))


def meetings_on(series: Series, day: date, own_zone: ZoneInfo) -> list[Meeting]:
    """The plain meetings that the series knows by that date."""
    zone = clock.zone(series.zone) if series.zone else own_zone
    begin, end = instant(day, time.min, zone), instant(day + timedelta(days=1), time.min, zone)
    return [meeting for meeting in expand(series, begin, end, own_zone) if meeting.day == day]


def _is_off(series: Series, day: date, exceptions: Exceptions) -> bool:
    return series.kind != "holiday" and any(off.covers(day) for off in exceptions.days_off)


def _moved(meeting: Meeting, change: SingleChange, zone: ZoneInfo) -> Meeting:
    start, end = meeting.start.astimezone(zone), meeting.end.astimezone(zone)
    shift = (change.moved_to or meeting.day) - meeting.day
    new_start = instant(start.date() + shift, change.start or start.time(), zone)
    new_end = instant(end.date() + shift, change.end or end.time(), zone)
    if new_end <= new_start:
        # Only the start was moved: the meeting keeps its length.
        new_end = new_start + (meeting.end - meeting.start)
    return replace(meeting, start=new_start, end=new_end, location=change.location or meeting.location)

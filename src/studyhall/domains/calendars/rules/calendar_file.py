"""An iCalendar text (RFC 5545) into occurrences and day notes, or one clear refusal that names every fault.

A file lands whole or not at all: an entry that cannot be read refuses the file, because a timetable that silently
lacks a class is worse than none.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event
from icalendar.timezone import tzp
from recurring_ical_events import InvalidCalendar

from studyhall.domains.calendars.rules import recurrence
from studyhall.domains.calendars.rules.recurrence import RuleRefused, prop
from studyhall.domains.calendars.rules.series import Occurrence
from studyhall.domains.calendars.rules.titles import UNTITLED, clean
from studyhall.platform import clock

MOST_BYTES = 1_000_000
MOST_EVENTS = 900
MOST_OCCURRENCES = 3_000
MOST_FAULTS_TOLD = 10
LONGEST = timedelta(days=366)
FIRST_YEAR, LAST_YEAR = 1970, 2199
_DATED = ("DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE", "RECURRENCE-ID")

# The library keeps custom zones of one file for the next one; each file must start without them.
_zones_of_one_file = Lock()
_TEACHER = re.compile(
    r"^\s*(?:lecturer|instructor|teacher|tutor|dozent(?:in)?)\s*[:=]\s*(\S.*)$", re.IGNORECASE | re.MULTILINE
)


class UnreadableTimetable(ValueError):
    """The text holds no timetable that can be taken.

    Attributes:
        reasons: one sentence per fault, the first `MOST_FAULTS_TOLD` of them.
    """

    def __init__(self, *reasons: str) -> None:
        self.reasons = list(reasons[:MOST_FAULTS_TOLD])
        if len(reasons) > MOST_FAULTS_TOLD:
            self.reasons.append(f"… and {len(reasons) - MOST_FAULTS_TOLD} more.")
        super().__init__(self.reasons[0])


@dataclass(frozen=True, slots=True)
class DayNote:
    """A whole day, or several, with a name: a holiday, a reading week. Both dates are included."""

    title: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class TimetableFile:
    """What a file holds.

    Attributes:
        name: what the file calls itself.
        warnings: what was left out or taken in a way that its author may not have meant.
    """

    name: str | None
    occurrences: list[Occurrence]
    notes: list[DayNote]
    warnings: list[str]


def decode(content: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 with its mark. Raises UnreadableTimetable."""
    if len(content) > MOST_BYTES:
        raise UnreadableTimetable(f"The file is larger than {MOST_BYTES // 1000} kB.")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableTimetable("The file is not UTF-8 text. Save it as UTF-8 and try again.") from error


def looks_like_calendar(text: str) -> bool:
    return "BEGIN:VCALENDAR" in text[:4096].upper() or "BEGIN:VEVENT" in text[:4096].upper()


def read_calendar(text: str, own_zone: ZoneInfo, today: date) -> TimetableFile:
    """Read a whole calendar.

    Args:
        own_zone: the person's zone, for floating times and for times that are written in UTC.
        today: entries that repeat without end are listed until a good year after it.

    Raises:
        UnreadableTimetable: with a sentence for every fault.
    """
    if "\x00" in text:
        raise UnreadableTimetable("The text contains NUL characters; it is not a calendar.")
    if len(text) > MOST_BYTES:
        raise UnreadableTimetable(f"The text is longer than {MOST_BYTES // 1000} kB.")
    with _zones_of_one_file:
        tzp.use_default()
        calendars = _parse(text.replace("\r\n", "\n").replace("\r", "\n"))
        return _Reading(calendars, own_zone, today).result()


def _parse(text: str) -> list[Component]:
    try:
        components = Calendar.from_ical(text, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableTimetable("This is not a readable iCalendar text (RFC 5545).") from error
    if not components:
        raise UnreadableTimetable("This is not an iCalendar text: it has no complete BEGIN:VCALENDAR … END:VCALENDAR.")
    return list(components)


class _Reading:
    """One file on its way in; collects faults so that all are told at once."""

    def __init__(self, calendars: list[Component], own_zone: ZoneInfo, today: date) -> None:
        self._calendars, self._own_zone, self._today = calendars, own_zone, today
        self._faults: list[str] = []
        self._warnings: list[str] = []
        self._occurrences: list[Occurrence] = []
        self._notes: list[DayNote] = []
        self._default = self._named_zone() or own_zone

    def result(self) -> TimetableFile:
        events = self._events()
        usable = [event for event in events if self._is_usable(event)]
        self._refuse_faults()
        for event in usable:
            if not recurrence.repeats(event):
                self._guarded(event, partial(self._take, event, None))
        for family in recurrence.families(event for event in usable if recurrence.repeats(event)):
            self._guarded(family[0], partial(self._take_family, family))
            self._refuse_too_many()
        self._refuse_faults()
        self._refuse_too_many()
        if not self._occurrences and not self._notes:
            raise UnreadableTimetable("The calendar holds no events that take place.")
        return TimetableFile(self._name(), self._occurrences, self._notes, self._warnings)

    def _events(self) -> list[Event]:
        events: list[Event] = [
            event for calendar in self._calendars for event in calendar.walk("VEVENT") if isinstance(event, Event)
        ]
        if not events:
            raise UnreadableTimetable("The calendar holds no events.")
        if len(events) > MOST_EVENTS:
            raise UnreadableTimetable(
                f"The calendar holds {len(events)} events; at most {MOST_EVENTS} can be taken. Export one semester."
            )
        slow = sum(1 for event in events if recurrence.is_slow(event))
        if slow > recurrence.MOST_SLOW_RULES:
            raise UnreadableTimetable("Too many events repeat monthly or yearly; this is not a timetable.")
        return events

    def _is_usable(self, event: Event) -> bool:
        if str(event.get("STATUS", "")).upper() == "CANCELLED" and "RECURRENCE-ID" not in event:
            self._warnings.append(f"{_called(event)} is cancelled and was left out.")
            return False
        self._guarded(event, lambda: self._check(event))
        return True

    def _guarded(self, event: Event, act: Callable[[], None]) -> None:
        """Run one step of one event; a fault is noted under the event's name."""
        try:
            act()
        except (RuleRefused, _Fault) as fault:
            self._faults.append(f"{_called(event)}: {fault}.")
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, InvalidCalendar):
            # The library raises plain errors for properties that it could not read.
            self._faults.append(f"{_called(event)}: its dates could not be read.")

    def _check(self, event: Event) -> None:
        broken = [str(name) for name, _ in event.errors if name in _DATED]
        if broken:
            raise _Fault(f"its {' and '.join(broken)} could not be read")
        if event.errors:
            self._warnings.append(f"{_called(event)}: a line that is not valid iCalendar was left out.")
        if "DTSTART" not in event:
            raise _Fault("it has no start (DTSTART)")
        for name in ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID"):
            if isinstance(prop(event, name), list):
                raise _Fault(f"it has more than one {name}")
        self._check_span(event)
        recurrence.check_rule(event)

    def _check_span(self, event: Event) -> None:
        start = prop(event, "DTSTART").dt
        if not isinstance(start, date):
            raise _Fault("its start is neither a date nor a time")
        if not FIRST_YEAR <= start.year <= LAST_YEAR:
            raise _Fault(f"it starts in the year {start.year}")
        timed = isinstance(start, datetime)
        if timed and "DTEND" not in event and "DURATION" not in event:
            raise _Fault("it has no end (neither DTEND nor DURATION)")
        if "DTEND" in event and isinstance(prop(event, "DTEND").dt, datetime) != timed:
            raise _Fault("its start and end are not of one kind, one has a time and the other none")
        if "DURATION" in event and prop(event, "DURATION").dt <= timedelta(0):
            raise _Fault("its duration is not positive")
        if timed:
            begin, end = self._moment(prop(event, "DTSTART")), self._end(event)
            if end <= begin:
                raise _Fault("it ends before or when it starts")
            if end - begin > LONGEST:
                raise _Fault("it lasts longer than a year")

    def _take_family(self, family: list[Event]) -> None:
        master = family[0]
        start = prop(master, "DTSTART").dt
        first = (
            self._moment(prop(master, "DTSTART")) if isinstance(start, datetime) else _midnight(start, self._own_zone)
        )
        endless = recurrence.horizon(first, self._today) if recurrence.is_endless(master) else None
        most = MOST_OCCURRENCES - len(self._occurrences) - len(self._notes)
        taken = 0
        for one in recurrence.dates_of(family, first, self._today, most):
            taken += 1
            if str(one.get("STATUS", "")).upper() != "CANCELLED":
                self._take(one, endless)
        if taken == 0 or taken > most:
            return
        if endless is not None and recurrence.frequency(master) not in ("DAILY", "WEEKLY"):
            self._warnings.append(f"{_called(master)} repeats without end; its dates until {endless} were taken.")

    def _take(self, event: Event, endless_after: date | None) -> None:
        start = prop(event, "DTSTART").dt
        title = clean(str(event.get("SUMMARY", ""))) or UNTITLED
        if not isinstance(start, datetime):
            last = (prop(event, "DTEND").dt if "DTEND" in event else event.end) - timedelta(days=1)
            self._notes.append(DayNote(title, start, max(start, last)))
            return
        zone = self._wall_zone(prop(event, "DTSTART"))
        location = clean(str(event.get("LOCATION", ""))) or None
        described = _TEACHER.search(str(event.get("DESCRIPTION", "")))
        self._occurrences.append(
            Occurrence(
                title,
                self._moment(prop(event, "DTSTART")).astimezone(zone),
                self._end(event).astimezone(zone),
                location,
                clean(described.group(1)) if described else None,
                endless_after,
            )
        )

    def _end(self, event: Event) -> datetime:
        if "DTEND" in event:
            return self._moment(prop(event, "DTEND"))
        # A duration is exact time, not wall time (RFC 5545, 3.3.6), except for whole days.
        begin, lasts = self._moment(prop(event, "DTSTART")), prop(event, "DURATION").dt
        assert isinstance(lasts, timedelta)
        if lasts % timedelta(days=1) == timedelta(0):
            zone = self._wall_zone(prop(event, "DTSTART"))
            local = begin.astimezone(zone)
            return (local.replace(tzinfo=None) + lasts).replace(tzinfo=zone).astimezone(UTC)
        return begin + lasts

    def _moment(self, given: Any) -> datetime:
        """A time as an aware UTC one. Raises _Fault for a zone that nobody defines."""
        moment = given.dt
        assert isinstance(moment, datetime)
        named = given.params.get("TZID")
        if moment.tzinfo is None and named:
            raise _Fault(f"its time zone '{clean(str(named))}' is unknown and the file does not define it")
        # A floating time means the wall clock wherever one is: the person's own zone.
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=self._own_zone)
        return aware.astimezone(UTC)

    def _wall_zone(self, given: Any) -> ZoneInfo:
        """The zone whose wall time the class keeps: its own, or for UTC and home-made zones the calendar's."""
        info = given.dt.tzinfo
        if info is None:
            return self._own_zone
        key = getattr(info, "key", None)
        if key in (None, "UTC", "Etc/UTC", "Zulu", "Etc/GMT", "GMT"):
            return self._default
        return clock.zone(str(key))

    def _named_zone(self) -> ZoneInfo | None:
        for calendar in self._calendars:
            name = str(calendar.get("X-WR-TIMEZONE", ""))
            if name in clock.known_zones():
                return clock.zone(name)
        return None

    def _name(self) -> str | None:
        for calendar in self._calendars:
            for named in ("X-WR-CALNAME", "NAME", "SUMMARY"):
                if calendar.get(named) and (name := clean(str(calendar[named]))):
                    return name
        return None

    def _refuse_faults(self) -> None:
        if self._faults:
            raise UnreadableTimetable(*self._faults)

    def _refuse_too_many(self) -> None:
        if len(self._occurrences) + len(self._notes) > MOST_OCCURRENCES:
            raise UnreadableTimetable(
                f"The calendar comes to more than {MOST_OCCURRENCES} dates. Export one semester of it."
            )


class _Fault(ValueError):
    """What is wrong with one event."""


def _called(event: Event) -> str:
    title = clean(str(event.get("SUMMARY", "")))
    start = prop(event, "DTSTART")
    try:
        when = f" on {start.dt:%Y-%m-%d}" if start is not None else ""
    except (ValueError, AttributeError, TypeError):
        when = ""
    return f"The event '{title[:80]}'{when}" if title else f"An event without a title{when}"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)

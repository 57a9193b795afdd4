"""What stands in a feed, before it is written. Times are aware; a repeating entry's carry their IANA zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

MONTHS_BACK, MONTHS_AHEAD = 6, 12
_MONTHS_IN_YEAR = 12


@dataclass(frozen=True, slots=True)
class Repetition:
    """Every n-th week, always on the entry's own weekday and wall time.

    Attributes:
        every_weeks: 1 is every week.
        until: the start of the last one, UTC.
        left_out: starts that do not take place, in the entry's zone.
    """

    every_weeks: int
    until: datetime
    left_out: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """An event (RFC 5545, 3.6.1).

    Attributes:
        uid: the same for as long as it is the same thing.
        end: None for a moment.
        changed_at, sequence: grow with every change of the thing.
        instead_of: the start of the one date of the entry of the same uid that this replaces, in that one's zone.
        is_busy: whether it takes the person's time.
    """

    uid: str
    summary: str
    category: str
    start: datetime
    end: datetime | None
    changed_at: datetime
    sequence: int
    location: str | None = None
    repetition: Repetition | None = None
    instead_of: datetime | None = None
    is_busy: bool = True


@dataclass(frozen=True, slots=True)
class Todo:
    """Something to hand in (RFC 5545, 3.6.2).

    Attributes:
        event_uid: the event that shows its due date to programs that know no to-dos.
        priority: 1 is the highest, 9 the lowest.
        percent: None when nobody knows.
    """

    uid: str
    event_uid: str
    summary: str
    due: datetime
    status: str
    percent: int | None
    completed_at: datetime | None
    priority: int
    changed_at: datetime
    sequence: int


def uid(kind: str, thing: object) -> str:
    """Globally unique, because the things have UUIDs."""
    return f"{kind}-{thing}@studyhall"


def revision(created_at: datetime, changed_at: datetime) -> int:
    """A sequence number for what counts no versions: seconds between its making and its last change."""
    return max(0, int((changed_at - created_at).total_seconds()))


def span_of(today: date) -> tuple[date, date]:
    """First and last day of a feed that is fetched on that day. It moves once a month."""
    return _first_of_month(today, -MONTHS_BACK), _first_of_month(today, MONTHS_AHEAD + 1) - timedelta(days=1)


def _first_of_month(day: date, months: int) -> date:
    count = day.year * _MONTHS_IN_YEAR + day.month - 1 + months
    return date(count // _MONTHS_IN_YEAR, count % _MONTHS_IN_YEAR + 1, 1)

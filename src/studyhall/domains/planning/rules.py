"""What a plan's times mean: when it is, when it is missed, what it collides with. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

SHORTEST_MINUTES, LONGEST_MINUTES = 15, 480

PENDING, IN_PROGRESS, COMPLETED, MISSED = "pending", "in_progress", "completed", "missed"
OPEN = frozenset({PENDING, IN_PROGRESS})


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in UTC, its end not included."""

    starts_at: datetime
    ends_at: datetime


class Timed(Protocol):
    """Anything that is from one moment to another."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...


T = TypeVar("T", bound=Timed)


def span_of(day: date, start: time, minutes: int, zone: ZoneInfo) -> Span:
    """When a plan is. It begins at its wall time and lasts its minutes, also through a clock change.

    A start that a clock change skips counts with the offset before the change; of one that comes twice the first is
    meant.
    """
    begin = datetime.combine(day, start.replace(fold=0), tzinfo=zone).astimezone(UTC)
    return Span(begin, begin + timedelta(minutes=minutes))


def last_day(day: date, start: time, minutes: int) -> date:
    """The day on which a plan ends by the clock on the wall; one that ends at midnight ends on the day before."""
    return (datetime.combine(day, start) + timedelta(minutes=minutes) - timedelta(microseconds=1)).date()


def status_seen(status: str, ends_on: date, today: date) -> str:
    """The status as it is on `today`: an open plan whose last day is over is missed, whether or not a job said so."""
    return MISSED if status in OPEN and ends_on < today else status


def overlapping(wanted: Timed, others: Iterable[T]) -> list[T]:
    """Those of the others that share time with it, the earliest first. Touching ends do not."""
    return sorted(
        (other for other in others if other.starts_at < wanted.ends_at and wanted.starts_at < other.ends_at),
        key=lambda other: (other.starts_at, other.ends_at),
    )

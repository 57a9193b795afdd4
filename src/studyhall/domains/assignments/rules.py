"""What a due date means: which moment it is, when it is over, how far off. Pure."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PENDING, IN_PROGRESS, COMPLETED, OVERDUE = "pending", "in_progress", "completed", "overdue"
OPEN = frozenset({PENDING, IN_PROGRESS})


class NoSuchMoment(ValueError):
    """A wall time that a clock change skips or repeats, so that it names no single moment; the text says how to."""


def moment_of(given: datetime, zone: ZoneInfo) -> datetime:
    """The UTC moment that a person means; without an offset it is his own wall time.

    A deadline is no matter for guesses: a wall time that a clock change skips or repeats is refused. With an offset
    every time names one moment.

    Raises:
        NoSuchMoment: skipped or repeated in the zone.
    """
    if given.tzinfo is not None:
        return given.astimezone(UTC)
    earlier = given.replace(tzinfo=zone, fold=0)
    later = given.replace(tzinfo=zone, fold=1)
    if earlier.utcoffset() == later.utcoffset():
        return earlier.astimezone(UTC)
    wall = f"{given:%Y-%m-%d %H:%M}"
    # In a skipped hour the two readings lead back to other wall times than the one given.
    if earlier.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != given:
        raise NoSuchMoment(f"{wall} does not exist in {zone.key}: the clocks are put forward over it.")
    first, second = earlier.isoformat(timespec="seconds"), later.isoformat(timespec="seconds")
    raise NoSuchMoment(f"{wall} comes twice in {zone.key}: send {first} or {second}.")


def status_seen(status: str, due_date: datetime, now: datetime) -> str:
    """The status as it is now: open and past its due date is overdue, whether or not a job has said so."""
    return OVERDUE if status in OPEN and due_date < now else status


def days_until(due_date: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Calendar days of the person from today to the day it is due: 0 today, 1 tomorrow, -1 yesterday."""
    return (due_date.astimezone(zone).date() - now.astimezone(zone).date()).days

"""Wall time and instants. A class keeps wall time in a zone, so that nine o'clock stays nine o'clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_IN_WEEK = 7
DAY_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC moment of a wall time.

    A time that a clock change skips counts with the offset before the change (RFC 5545, 3.3.5), so 02:30 becomes
    03:30; of a time that comes twice the first is meant.
    """
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def names_instant(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the wall time in that zone leads back to the moment; it does not in the second of a repeated hour."""
    local = moment.astimezone(zone)
    return instant(local.date(), local.time(), zone) == moment


def day_of_week(day: date) -> int:
    """0 is Sunday, 6 is Saturday."""
    return day.isoweekday() % DAYS_IN_WEEK


def weeks(count: int) -> timedelta:
    return timedelta(weeks=count)

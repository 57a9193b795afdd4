"""Which week a report is of."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

DAYS = 7
SUNDAY = "sunday"


class Calendar(Protocol):
    """A person's study days."""

    def start_of(self, day: date) -> datetime: ...

    def day_of(self, moment: datetime) -> date: ...


def monday_of(day: date) -> date:
    """The Monday on or before that day."""
    return day - timedelta(days=day.weekday())


def week_to_report(now: datetime, zone: ZoneInfo, weekly_day: str) -> date:
    """The Monday of the week that a report covers which is sent now.

    Sent on a Sunday, as chosen, it is the running week; on any other day the last full one. A Sunday's report that
    leaves late, on Monday or after, is of the same week as if it had been on time.

    Args:
        now: aware.
        zone: the person's.
        weekly_day: the weekday he has chosen, in English; case does not matter.
    """
    today = now.astimezone(zone).date()
    running = monday_of(today)
    if weekly_day.lower() == SUNDAY and today.weekday() == DAYS - 1:
        return running
    return running - timedelta(days=DAYS)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven study days as they are seen at one moment.

    Attributes:
        start: a Monday.
        today: the person's study day at that moment.
        starts_at, ends_at: its first moment, and the first one after it, in UTC.
    """

    start: date
    today: date
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, start: date, calendar: Calendar, now: datetime) -> "Week":
        """That week of a person. Raises ValueError unless `start` is a Monday."""
        if start.weekday() != 0:
            raise ValueError(f"{start} is no Monday.")
        after = start + timedelta(days=DAYS)
        return cls(start, calendar.day_of(now), calendar.start_of(start), calendar.start_of(after))

    @property
    def end(self) -> date:
        """Its Sunday."""
        return self.start + timedelta(days=DAYS - 1)

    @property
    def is_over(self) -> bool:
        return self.today > self.end

    @property
    def is_ahead(self) -> bool:
        return self.today < self.start

    @property
    def through(self) -> date:
        """The last day that is told of: its Sunday, or today while it runs."""
        return min(self.end, self.today)

    @property
    def days_so_far(self) -> int:
        """1 to 7; 0 for a week ahead."""
        return max(0, (self.through - self.start).days + 1)

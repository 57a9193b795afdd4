"""What of a person's days is free."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from studyhall.domains.guidance.rules.problem import QUARTER, Stretch

DAY = timedelta(days=1)
Span = tuple[datetime, datetime]
"""From one moment up to another, UTC."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of which days may be filled.

    Attributes:
        first, last: both included.
        earliest, latest: of the person's own wall; a latest of 00:00 is the end of the day.
        days_off: on these nothing is proposed.
        not_before: nothing is proposed in the past.
    """

    first: date
    last: date
    earliest: time
    latest: time
    zone: ZoneInfo
    not_before: datetime
    days_off: Collection[date] = ()

    @property
    def days(self) -> list[date]:
        count = (self.last - self.first).days + 1
        return [day for n in range(count) if (day := self.first + n * DAY) not in self.days_off]

    @property
    def origin(self) -> datetime:
        """The quarter before anything of these days begins, UTC."""
        return datetime.combine(self.first - DAY, time(), tzinfo=UTC)

    def end_of(self, day: date) -> datetime:
        """When the person's calendar day is over, UTC."""
        return _instant(day + DAY, time(), self.zone)


def free_stretches(window: Window, busy: Iterable[Span], pause: timedelta) -> list[Stretch]:
    """What is left of each day between its earliest and latest time, in quarters since the window's origin.

    Args:
        busy: classes and plans, in any order, overlapping or not; `pause` is kept before and after each.
    """
    taken = sorted((start - pause, end + pause) for start, end in busy)
    found = []
    for day in window.days:
        latest_day = day + DAY if window.latest == time() else day
        begin = max(_instant(day, window.earliest, window.zone), window.not_before)
        end = _instant(latest_day, window.latest, window.zone)
        for start, stop in _without((begin, end), taken):
            first, last = -((window.origin - start) // QUARTER), (stop - window.origin) // QUARTER
            if first < last:
                found.append(Stretch(day, first, last))
    return found


def _without(whole: Span, taken: Sequence[Span]) -> list[Span]:
    left = []
    begin, end = whole
    for start, stop in taken:
        if begin < min(start, end):
            left.append((begin, min(start, end)))
        begin = max(begin, stop)
    if begin < end:
        left.append((begin, end))
    return left


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """UTC; a time that a clock change skips counts with the offset before it."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)

"""Time zones spelled out for calendar programs (RFC 5545, 3.6.5)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from studyhall.platform import clock

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


@lru_cache(maxsize=512)
def time_zone(key: str, first: date, last: date) -> tuple[str, ...]:
    """The lines of a VTIMEZONE that holds from the first to the last day.

    Every clock change is an observance of its own. Lists of dates (RDATE) would be shorter, and rules (RRULE) more
    usual, but some programs read no lists here, and not every zone follows a rule.
    """
    zone = clock.zone(key)
    begin = datetime.combine(first - _DAY, time.min, tzinfo=UTC)
    end = datetime.combine(last + 2 * _DAY, time.min, tzinfo=UTC)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{key}"]
    for moment in (begin, *clock_changes(zone, begin, end)):
        lines += _observance(moment, zone, is_first=moment is begin)
    return (*lines, "END:VTIMEZONE")


def clock_changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The first moments of new offsets, to the second, in UTC; two changes within a day are not told apart."""
    day = begin
    while day < end:
        before, after = day, min(day + _DAY, end)
        if _offset(before, zone) != _offset(after, zone):
            old = _offset(before, zone)
            while after - before > _SECOND:
                middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
                before, after = (middle, after) if _offset(middle, zone) == old else (before, middle)
            yield after
        day += _DAY


def _observance(moment: datetime, zone: ZoneInfo, *, is_first: bool) -> list[str]:
    local = moment.astimezone(zone)
    new = _offset(moment, zone)
    old = new if is_first else _offset(moment - _SECOND, zone)
    kind = "DAYLIGHT" if local.dst() else "STANDARD"
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{(moment + old):%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_written(old)}",
        f"TZOFFSETTO:{_written(new)}",
        f"TZNAME:{local.tzname()}",
        f"END:{kind}",
    ]


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _written(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}{rest:02}"

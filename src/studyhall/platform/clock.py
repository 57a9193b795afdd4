"""The one clock. Nothing else in the code base asks the system for the time.

Stored times are UTC; what "today" is, is decided in a person's own zone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_shift = timedelta(0)
_frozen: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _frozen is not None:
        return _frozen
    return datetime.now(UTC) + _shift


@contextmanager
def frozen_at(moment: datetime) -> Iterator[None]:
    """Stand still at `moment` (aware); for tests and demo data. Nests."""
    global _frozen
    if moment.tzinfo is None:
        raise ValueError("the clock needs an aware moment")
    before, _frozen = _frozen, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before


def shift(by: timedelta) -> None:
    """Move a running clock, for processes that are told to live at another time (setting `clock_shift_seconds`)."""
    global _shift
    _shift = by


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name.

    Raises:
        ValueError: there is no such zone.
    """
    if name not in known_zones():
        raise ValueError(f"'{name}' is not an IANA time zone, e.g. Europe/Berlin.")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"'{name}' is not an IANA time zone, e.g. Europe/Berlin.") from error


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """All IANA names this server knows."""
    return frozenset(available_timezones() - {"localtime", "posixrules", "Factory"})


def today_in(zone_name: str, day_start_hour: int = 0) -> date:
    """The calendar day it is now for a person in that zone whose day starts at that hour."""
    return (now().astimezone(zone(zone_name)) - timedelta(hours=day_start_hour)).date()

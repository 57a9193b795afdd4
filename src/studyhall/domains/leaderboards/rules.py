"""Periods, ranks and pseudonyms. Nothing here reads or writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, NamedTuple, TypeVar

from studyhall.platform.web import Choice

ALL_TIME_START = date(1970, 1, 1)

T = TypeVar("T")


class Period(Choice):
    """Whose study days are summed."""

    ALL_TIME = "all_time"
    MONTHLY = "monthly"
    WEEKLY = "weekly"


class Span(NamedTuple):
    """A period that has begun: its first and last day, both included."""

    period: Period
    first: date
    last: date


def span_of(period: Period, day: date) -> Span:
    """The period in which a study day lies. Weeks begin on Monday."""
    if period is Period.WEEKLY:
        first = day - timedelta(days=day.weekday())
        return Span(period, first, first + timedelta(days=6))
    if period is Period.MONTHLY:
        first = day.replace(day=1)
        return Span(period, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    return Span(period, ALL_TIME_START, date.max)


def spans_of(days: Iterable[date]) -> list[Span]:
    """Every period that touches one of these days, each once."""
    return sorted({span_of(period, day) for day in days for period in Period})


@dataclass(frozen=True, slots=True)
class Ranked(Generic[T]):
    """Somebody on a board; who has studied equally long shares a rank, and the next one's counts all before him."""

    rank: int
    who: T
    seconds: int


def ranked(rows: Sequence[tuple[T, int]], *, position: int = 1, rank: int = 1) -> list[Ranked[T]]:
    """Ranks of rows that are in order of falling seconds.

    Args:
        position: which row of the whole board the first one is, from 1.
        rank: the rank of the first one, which is smaller than its position where equal ones stand before it.
    """
    found: list[Ranked[T]] = []
    for number, (who, seconds) in enumerate(rows):
        if not found or seconds < found[-1].seconds:
            rank = position + number if found else rank
        found.append(Ranked(rank, who, seconds))
    return found


def window(rows: Sequence[Ranked[T]], me: T, around: int) -> Sequence[Ranked[T]]:
    """The rows from so many above one person to so many below; the first ones if he is not among them."""
    place = next((number for number, row in enumerate(rows) if row.who == me), 0)
    return rows[max(0, place - around) : place + around + 1]


_FIRST = (
    "Amber", "Autumn", "Brave", "Bright", "Calm", "Clever", "Copper", "Coral", "Curious", "Early", "Gentle", "Golden",
    "Hidden", "Honest", "Humble", "Jolly", "Kind", "Lively", "Lucky", "Lunar", "Merry", "Misty", "Noble", "Patient",
    "Quiet", "Rapid", "Silver", "Steady", "Sunny", "Swift", "Wandering", "Wise",
)  # fmt: skip
_LAST = (
    "Badger", "Beaver", "Bison", "Crane", "Curlew", "Dolphin", "Falcon", "Finch", "Fox", "Gecko", "Hare", "Hedgehog",
    "Heron", "Ibex", "Jay", "Kestrel", "Lark", "Lynx", "Marten", "Newt", "Otter", "Owl", "Panda", "Puffin", "Raven",
    "Robin", "Salmon", "Seal", "Stork", "Swan", "Tapir", "Wren",
)  # fmt: skip


def pseudonym(digest: str) -> str:
    """A name such as `Quiet Otter 0417` from a keyed hash (hex), which nobody can turn round without the key."""
    number = int(digest[:16], 16)
    first, rest = number % len(_FIRST), number // len(_FIRST)
    return f"{_FIRST[first]} {_LAST[rest % len(_LAST)]} {rest // len(_LAST) % 10_000:04}"


def whole_minutes(seconds: int) -> int:
    """Seconds without the rest of a minute: exact figures would give an anonymous person away."""
    return seconds - seconds % 60


def movement(before: int | None, now: int) -> int | None:
    """How many ranks somebody has risen since the last snapshot; negative when he fell, None without one."""
    return None if before is None else before - now

"""Who lives in the data set and how much each of them has. The same for the same seed, size and moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from studyhall.domains.study.rules import StudyCalendar

ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata", "UTC")
FEW, MANY = 0, 1
"""Numbers of two special people: one row of everything, and a great deal of everything."""

_KINDS = (
    "user", "session", "device", "token", "consent", "tag", "activity", "course", "timetable", "class", "exception",
    "upload", "plan", "assignment", "result", "notification", "mail", "task", "study", "chapter",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amounts:
    """How many rows a person has of each kind."""

    courses: int
    classes: int
    plans: int
    assignments: int
    results: int
    notifications: int
    logins: int
    sessions: int


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the data set."""

    number: int
    seed: int
    made_at: datetime
    now: datetime
    calendar: StudyCalendar
    has: Amounts

    @property
    def id(self) -> UUID:
        return ident("user", self.number, 0, self.made_at)

    @property
    def is_studying(self) -> bool:
        """Whether a timer of his runs."""
        return self.number % 10 == FEW

    @property
    def today(self) -> date:
        return self.calendar.day_of(self.now)

    def row(self, kind: str, place: int) -> UUID:
        """The id of his row of that kind at that place."""
        return ident(kind, self.number, place, self.made_at)

    def random(self, purpose: str) -> Random:
        return Random(f"{self.seed}/{purpose}/{self.number}")


def ident(kind: str, number: int, place: int, at: datetime) -> UUID:
    """A version 7 UUID (RFC 9562) that follows from its arguments and sorts by time, like those of the application."""
    milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
    serial = (number << 20 | place) & (1 << 62) - 1
    return UUID(int=milliseconds << 80 | 7 << 76 | _KINDS.index(kind) << 64 | 2 << 62 | serial)


def everybody(users: int, sessions: int, seed: int, now: datetime) -> Iterator[Person]:
    """That many people who have that many study sessions between them."""
    many = min(5_000, sessions // 20)
    left, others = sessions - many - 1, users - 2
    for number in range(users):
        if number == FEW:
            has = Amounts(1, 1, 1, 1, 1, 1, 1, 1)
        elif number == MANY:
            has = Amounts(40, 60, 240, 150, 300, 500, 60, many)
        else:
            share = left * (number - 1) // others - left * (number - 2) // others
            has = Amounts(8, 12, 12, 12, 24, 20, 2, share)
        calendar = StudyCalendar(ZONES[number % len(ZONES)], 4 if number % 7 == 3 else 0)
        yield Person(number, seed, now - timedelta(days=400, seconds=-number), now, calendar, has)

"""Study sessions that never overlap, their pieces by day, and the totals and streaks that follow from them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bench.scale.people import Person
from studyhall.domains.streaks.rules import chain_of
from studyhall.domains.study.rules import Interval

_DAY = timedelta(days=1)
_FIRST_SLOT, _SLOT = timedelta(hours=5), timedelta(minutes=75)
_SLOTS = 15  # the last begins at 22:30 of a study day; a session that begins there may run into the next day
_OVER_MIDNIGHT = timedelta(minutes=120)

SESSION_COLUMNS = (
    "id", "user_id", "course_id", "source", "time_zone", "day_start_hour", "study_day", "started_at", "ended_at",
    "last_heartbeat_at", "duration_seconds", "created_at", "updated_at",
)  # fmt: skip
PIECE_COLUMNS = ("session_id", "study_day", "user_id", "seconds")
MARK_COLUMNS = ("user_id", "cause", "cause_id", "study_day")
TOTAL_COLUMNS = ("user_id", "total_seconds", "session_count", "updated_at")
FREEZE_COLUMNS = ("user_id", "study_day")
STREAK_COLUMNS = (
    "user_id", "current_streak", "longest_streak", "last_active_date", "streak_start_date", "freezes_held",
    "days_studied", "updated_at",
)  # fmt: skip


@dataclass
class StudyRows:
    """Rows for the tables of study time, in the order of the columns above."""

    sessions: list[tuple[Any, ...]] = field(default_factory=list)
    pieces: list[tuple[Any, ...]] = field(default_factory=list)
    marks: list[tuple[Any, ...]] = field(default_factory=list)
    totals: list[tuple[Any, ...]] = field(default_factory=list)
    streaks: list[tuple[Any, ...]] = field(default_factory=list)
    freezes: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, person: Person, completed: Iterable[tuple[Any, date]]) -> None:
        """All of one person; `completed` are his completed plans with the day on which each was completed."""
        seconds, days = 0, set()
        # Worked out once for the hundreds of sessions, not for each.
        mine, courses = person.id, [person.row("course", place) for place in range(person.has.courses)]
        for place, (day, begun, ended) in enumerate(_intervals(person)):
            row_id, length = person.row("study", place), int((ended - begun).total_seconds())
            course = courses[place % len(courses)] if place % 5 else None
            self.sessions.append((
                row_id, mine, course, "manual" if place % 3 else "timer", person.calendar.time_zone,
                person.calendar.day_start_hour, day, begun, ended, ended, length, ended, ended,
            ))  # fmt: skip
            seconds += length
            for piece_day, piece in _pieces(person, day, begun, ended):
                self.pieces.append((row_id, piece_day, mine, piece))
                days.add(piece_day)
        if person.is_studying:
            self.sessions.append(_running(person))
        for plan_id, day in completed:
            self.marks.append((mine, "plan", plan_id, day))
            days.add(day)
        self._stand(person, seconds, days)

    def _stand(self, person: Person, seconds: int, days: set[date]) -> None:
        chain = chain_of(days)
        streak = chain.streak
        self.freezes += [(person.id, day) for day in chain.frozen]
        self.totals.append((person.id, seconds, person.has.sessions, person.now))
        self.streaks.append((
            person.id, streak.current, streak.longest, streak.last_active_date, streak.started_on, streak.freezes,
            streak.days_studied, person.now,
        ))  # fmt: skip


def _intervals(person: Person) -> Iterator[tuple[date, datetime, datetime]]:
    """His sessions from today backwards: the day each begins on, its beginning and its end."""
    random, left = person.random("study"), person.has.sessions
    diligence = 1.0 if left > 1_000 else 0.2 + 0.7 * random.random()
    latest = person.now - timedelta(minutes=30)
    day = person.today
    while left:
        if random.random() < diligence:
            start = person.calendar.start_of(day)
            for slot in random.sample(range(_SLOTS), min(left, 10 if left > 1_000 else 1 + int(4 * random.random()))):
                begun = start + _FIRST_SLOT + slot * _SLOT + timedelta(seconds=int(600 * random.random()))
                is_late = slot == _SLOTS - 1 and random.random() < 0.3
                length = _OVER_MIDNIGHT if is_late else timedelta(seconds=600 + int(3_200 * random.random()))
                if begun + length < latest:
                    left -= 1
                    yield day, begun, begun + length
        day -= _DAY


def _pieces(person: Person, day: date, begun: datetime, ended: datetime) -> Iterator[tuple[date, int]]:
    if ended <= person.calendar.start_of(day + _DAY):
        yield day, int((ended - begun).total_seconds())
        return
    for piece_day, piece in person.calendar.split(Interval(begun, ended)):
        yield piece_day, piece.seconds


def _running(person: Person) -> tuple[Any, ...]:
    begun = person.now - timedelta(minutes=3)
    return (
        person.row("study", person.has.sessions), person.id, person.row("course", 0), "timer",
        person.calendar.time_zone, person.calendar.day_start_hour, person.calendar.day_of(begun), begun, None,
        person.now, 0, begun, begun,
    )  # fmt: skip

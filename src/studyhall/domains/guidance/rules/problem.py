"""The problem of a week: what is free, what is needed, and what a choice of blocks is worth.

Time is counted in quarters of an hour since `Problem.origin`, a UTC quarter. Every zone is a whole number of quarters
away from UTC, so quarters are quarters on every wall, lengths are right through a clock change, and a wall time that
does not exist is never met.

Points, whole numbers; n is the length of a block in quarters:

    n * worth       12 of an assignment, 9 of a weak topic, 8 of a course; a near due date adds up to 6, a high or low
                    priority 2 more or less
    n * hour        0 to 4 by how much the person studies at that hour; without a history 1 by day; -2 late at night
    n * late        -1 in the last 24 hours before the due date, -3 in the last three
    -6              for every block, so that long blocks beat many short ones
    -2              for every quarter after 90 minutes, because attention wanes
    -10             for every further block of one course on one day, since spaced practice lasts longer
    -1              for every quarter of a day beyond its even share of the week
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import product
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
MINUTES = 15  # in a quarter
HOUR = 4  # quarters
MOST_CANDIDATES = 12_000

Kind = Literal["assignment", "weak_topic", "course"]
Priority = Literal["high", "medium", "low"]
WORTH: Mapping[Kind, int] = {"assignment": 12, "weak_topic": 9, "course": 8}
BY_PRIORITY: Mapping[Priority, int] = {"high": 2, "medium": 0, "low": -2}
# Added to the worth of what is due within so many days.
URGENCY = ((2, 6), (4, 4), (7, 2))
MOST_FOR_HOUR, BY_DAY, LATE_AT_NIGHT = 4, 1, -2
DAY_HOURS, NIGHT_HOURS = range(8, 21), frozenset({22, 23, 0, 1, 2, 3, 4, 5})
LAST_DAY, LAST_HOURS = (24 * HOUR, -1), (3 * HOUR, -3)
PER_BLOCK, TIRING, SAME_DAY, UNEVEN = -6, -2, -10, -1
TIRING_AFTER = 6


@dataclass(frozen=True, slots=True)
class Need:
    """Time that something asks for.

    Attributes:
        quarters: how much is still to be placed.
        due: the quarter at which a block must have ended; None when nothing is due in these days.
        due_in_days: whole days until it is due, also beyond these days; None when it is not due at all.
    """

    course_id: UUID
    kind: Kind
    quarters: int
    due: int | None = None
    due_in_days: int | None = None
    priority: Priority = "medium"

    @property
    def worth(self) -> int:
        """Points of a quarter, before the hour counts."""
        urgency = 0
        if self.due_in_days is not None:
            urgency = next((points for days, points in URGENCY if self.due_in_days <= days), 0)
        return WORTH[self.kind] + urgency + BY_PRIORITY[self.priority]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Free quarters of one day, from `start` up to `end`."""

    day: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A block that could be proposed, with the points it brings by itself.

    Attributes:
        need: its number in `Problem.needs`.
    """

    need: int
    day: date
    start: int
    length: int
    points: int

    @property
    def end(self) -> int:
        return self.start + self.length


@dataclass(frozen=True)
class Problem:
    """A week to be filled.

    Attributes:
        free: in order of time; pauses around classes and plans are taken off already.
        total: quarters to place at most.
        room: quarters that each day may still take.
        shortest, longest: preferred lengths of a block in quarters; a need of less than the shortest is one block.
        pause: quarters between blocks.
        liked: 0 to 100 for each hour of the day, by how much the person studies then; None without a history.
        present: blocks that each course has on a day already.
    """

    origin: datetime
    zone: ZoneInfo
    free: Sequence[Stretch]
    needs: Sequence[Need]
    total: int
    room: Mapping[date, int]
    shortest: int = 2
    longest: int = 8
    pause: int = 1
    liked: Sequence[int] | None = None
    present: Mapping[tuple[UUID, date], int] = field(default_factory=dict)

    def moment(self, quarter: int) -> datetime:
        """UTC."""
        return self.origin + quarter * QUARTER

    def wall(self, quarter: int) -> datetime:
        """The same on the person's wall."""
        return self.moment(quarter).astimezone(self.zone)

    @cached_property
    def even_share(self) -> int:
        """Quarters of a day when everything is spread over the days that have room."""
        days = {stretch.day for stretch in self.free if self.room[stretch.day] > 0}
        wanted = min(self.total, sum(need.quarters for need in self.needs))
        return -(-wanted // max(1, len(days)))

    @cached_property
    def candidates(self) -> Sequence[Candidate]:
        """Every block worth considering, in a fixed order.

        Blocks begin at quarters. Where that would make more than `MOST_CANDIDATES`, they have fewer lengths to choose
        from, and then begin at half hours, hours, and so on, and always at the beginning of a free stretch.
        """
        for lengths, step in ((4, 1), (3, 1), (2, 1), (2, 2), (2, 4)):
            found = self._candidates(lengths, step, MOST_CANDIDATES)
            if found is not None:
                return found
        return self._candidates(1, 8, None) or ()

    def _candidates(self, lengths: int, step: int, most: int | None) -> list[Candidate] | None:
        """None when there are more than `most`."""
        found: list[Candidate] = []
        starts = [(stretch, self._starts(stretch, step)) for stretch in self.free]
        for number, need in enumerate(self.needs):
            choice = self._lengths(need, lengths)
            for stretch, begins in starts:
                last = stretch.end if need.due is None else min(stretch.end, need.due)
                for start, length in product(begins, choice):
                    if start + length <= last and length <= self.room[stretch.day]:
                        points = self._own_points(need, start, start + length)
                        found.append(Candidate(number, stretch.day, start, length, points))
            if most is not None and len(found) > most:
                return None
        return found

    def _starts(self, stretch: Stretch, step: int) -> list[int]:
        """The second of a repeated hour is left out: it cannot be written down as a wall time."""
        on_step = (start for start in range(stretch.start, stretch.end) if start % step == 0 or start == stretch.start)
        return [start for start in on_step if self._walls[start].fold == 0]

    def _lengths(self, need: Need, count: int) -> list[int]:
        """The longest, the shortest, some between them, as many as asked for; a small need is one block."""
        most = min(need.quarters, self.total, self.longest)
        if most < self.shortest:
            return [most] if most > 0 else []
        spread = (most - self.shortest) / max(1, count - 1)
        return sorted({most - round(spread * part) for part in range(count)})

    @cached_property
    def _walls(self) -> Mapping[int, datetime]:
        """The wall time of every free quarter."""
        return {n: self.wall(n) for stretch in self.free for n in range(stretch.start, stretch.end)}

    @cached_property
    def _hour_points(self) -> Mapping[int, int]:
        """Points of every free quarter up to each, itself not included, so that a difference is a sum."""
        sums, total = {}, 0
        for stretch in self.free:
            for quarter in range(stretch.start, stretch.end):
                sums[quarter] = total
                total += self._points_of_hour(self._walls[quarter].hour)
            sums[stretch.end] = total
        return sums

    def _points_of_hour(self, hour: int) -> int:
        if self.liked is not None:
            return round(self.liked[hour] * MOST_FOR_HOUR / 100)
        if hour in DAY_HOURS:
            return BY_DAY
        return LATE_AT_NIGHT if hour in NIGHT_HOURS else 0

    def _own_points(self, need: Need, start: int, end: int) -> int:
        length = end - start
        points = PER_BLOCK + length * need.worth + self._hour_points[end] - self._hour_points[start]
        points += TIRING * max(0, length - TIRING_AFTER)
        if need.due is not None:
            for before, late in (LAST_HOURS, LAST_DAY):
                if need.due - end < before:
                    return points + late * length
        return points


def points(problem: Problem, chosen: Collection[Candidate]) -> int:
    """What a choice of candidates is worth; which choices are allowed is another matter (`violations`)."""
    total = sum(one.points for one in chosen)
    blocks = Counter((problem.needs[one.need].course_id, one.day) for one in chosen)
    for key, count in blocks.items():
        present = problem.present.get(key, 0)
        total += SAME_DAY * (max(0, present + count - 1) - max(0, present - 1))
    by_day: dict[date, int] = defaultdict(int)
    for one in chosen:
        by_day[one.day] += one.length
    return total + UNEVEN * sum(max(0, quarters - problem.even_share) for quarters in by_day.values())

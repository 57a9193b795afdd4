"""What time counts, and on which day. Pure: no clock, no database.

Moments are aware datetimes in whole seconds; intervals are half open, [started_at, ended_at).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from studyhall.platform.clock import zone

SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(hours=24)
HEARTBEAT_LIMIT = timedelta(minutes=15)
CLOCK_SKEW = timedelta(seconds=60)  # how far a client's clock may be off without being corrected
SAME_WITHIN = timedelta(seconds=5)  # what a correction may differ between two requests
LONGEST_SKEW = timedelta(hours=26)  # as far as two zones can lie apart; a clock further off says nothing
BACK_FILL = timedelta(hours=36)
OFFLINE_BACK_FILL = timedelta(days=7)
MOST_PAUSES = 200

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


# --- study days -------------------------------------------------------------------------------------------------------


def whole_second(moment: datetime) -> datetime:
    """The moment in UTC without its fraction, so that pieces of a session always add up to it exactly."""
    return moment.astimezone(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time, [started_at, ended_at)."""

    started_at: datetime
    ended_at: datetime

    @property
    def seconds(self) -> int:
        return int((self.ended_at - self.started_at).total_seconds())

    def overlaps(self, other: "Interval") -> bool:
        return self.started_at < other.ended_at and other.started_at < self.ended_at


@dataclass(frozen=True, slots=True)
class StudyCalendar:
    """A person's days: an IANA zone, and the hour (0 to 23) at which a day begins there."""

    time_zone: str = "UTC"
    day_start_hour: int = 0

    def start_of(self, day: date) -> datetime:
        """The first moment of that study day, in UTC.

        Where the clocks jump over the hour the day begins with the jump; where the hour comes twice, with the first.
        """
        return _start_of(self.time_zone, self.day_start_hour, day)

    def day_of(self, moment: datetime) -> date:
        """The study day that the moment belongs to. Days never overlap, also where the clocks go back over midnight."""
        local = moment.astimezone(zone(self.time_zone)).replace(tzinfo=None)
        day = (local - timedelta(hours=self.day_start_hour)).date()
        while moment >= self.start_of(day + _DAY):
            day += _DAY
        while moment < self.start_of(day):
            day -= _DAY
        return day

    def split(self, interval: Interval) -> list[tuple[date, Interval]]:
        """The interval cut at the beginnings of the days it crosses, in order, nothing lost and nothing twice."""
        pieces = []
        begin = interval.started_at
        while begin < interval.ended_at:
            day = self.day_of(begin)
            end = min(self.start_of(day + _DAY), interval.ended_at)
            pieces.append((day, Interval(begin, end)))
            begin = end
        return pieces

    def seconds_by_day(self, stretches: Iterable[Interval]) -> dict[date, int]:
        """Seconds of the stretches on each day they touch."""
        seconds: dict[date, int] = {}
        for stretch in stretches:
            for day, piece in self.split(stretch):
                seconds[day] = seconds.get(day, 0) + piece.seconds
        return seconds


@lru_cache(maxsize=16_384)
def _start_of(time_zone: str, hour: int, day: date) -> datetime:
    wall = datetime.combine(day, time(hour), tzinfo=zone(time_zone))
    first, second = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:  # an ordinary hour, or one that comes twice (PEP 495: fold 0 is the first)
        return first
    # The hour is skipped: the jump lies between both readings of it. Find its second.
    before, after = second, first
    while after - before > _SECOND:
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(wall.tzinfo).replace(tzinfo=None) >= wall.replace(tzinfo=None):
            after = middle
        else:
            before = middle
    return after


def week_of(day: date) -> list[date]:
    """The seven days of its week, Monday first (ISO 8601)."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=n) for n in range(7)]


# --- one session ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Timer:
    """A running session as the server knows it.

    Attributes:
        last_heartbeat_at: when a client last said that the person is still there.
        paused_at: since when it is paused; None while it runs.
        pauses: finished pauses, in order, not overlapping.
    """

    started_at: datetime
    last_heartbeat_at: datetime
    paused_at: datetime | None = None
    pauses: tuple[Interval, ...] = ()

    def needs_answer(self, now: datetime) -> bool:
        """Whether it ran on without a heartbeat for so long that the person must say if he was there."""
        return self.paused_at is None and now - self.last_heartbeat_at > HEARTBEAT_LIMIT

    def counted_until(self, now: datetime) -> datetime:
        """Up to when it counts if it ended now: to the pause, to the last heartbeat before a silence, or to now."""
        if self.paused_at is not None:
            until = self.paused_at
        elif self.needs_answer(now):
            until = self.last_heartbeat_at
        else:
            until = now
        return max(self.started_at, min(until, self.started_at + LONGEST))

    def beat(self, now: datetime, was_studying: bool | None = None) -> "Timer":
        """Someone is here. After a silence only an answer moves the timer on; "no" turns the silence into a pause."""
        if self.paused_at is not None:
            return self
        if not self.needs_answer(now) or was_studying:
            return replace(self, last_heartbeat_at=max(now, self.last_heartbeat_at))
        if was_studying is None:
            return self
        silence = Interval(self.last_heartbeat_at, now)
        return replace(self, last_heartbeat_at=now, pauses=(*self.pauses, silence))

    def pause(self, now: datetime) -> "Timer":
        """Stop counting, from the last moment that counts."""
        return self if self.paused_at is not None else replace(self, paused_at=self.counted_until(now))

    def resume(self, now: datetime) -> "Timer":
        """Count on from now."""
        if self.paused_at is None:
            return self
        pauses = self.pauses if now <= self.paused_at else (*self.pauses, Interval(self.paused_at, now))
        return replace(self, paused_at=None, last_heartbeat_at=now, pauses=pauses)

    def stretches(self, now: datetime) -> list[Interval]:
        """What counts if it ended now."""
        return stretches(Interval(self.started_at, self.counted_until(now)), self.pauses)


def stretches(whole: Interval, pauses: Sequence[Interval]) -> list[Interval]:
    """What is left of an interval without its pauses (in order, not overlapping)."""
    return list(_stretches(whole, pauses))


def _stretches(whole: Interval, pauses: Sequence[Interval]) -> Iterator[Interval]:
    begin = whole.started_at
    for pause in pauses:
        end = min(pause.started_at, whole.ended_at)
        if begin < end:
            yield Interval(begin, end)
        begin = max(begin, pause.ended_at)
    if begin < whole.ended_at:
        yield Interval(begin, whole.ended_at)


def free_stretches(whole: Interval, taken: Iterable[Interval], seconds: int) -> list[Interval]:
    """What of an interval is not taken, the earliest first, up to so many seconds in all."""
    found: list[Interval] = []
    for stretch in _stretches(whole, sorted(taken, key=lambda other: (other.started_at, other.ended_at))):
        left = seconds - sum(part.seconds for part in found)
        if left <= 0:
            break
        end = min(stretch.ended_at, stretch.started_at + timedelta(seconds=left))
        found.append(Interval(stretch.started_at, end))
    return found


def clock_error(told: datetime, now: datetime) -> timedelta:
    """What to add to moments told by a client whose clock showed `told` at `now`; nothing below a minute, as a request
    takes its time too."""
    error = whole_second(now) - whole_second(told)
    return timedelta(0) if abs(error) <= CLOCK_SKEW else error


def give_way(whole: Interval, taken: Iterable[Interval]) -> Interval:
    """The interval without what it overlaps others at its ends by up to a minute.

    Clocks of devices may be off by so much, and corrected moments are only as good as the network was quick, so
    sessions that followed one another may seem to overlap. What overlaps by more, or by half of it, stays as it is.
    """
    begin, end = whole.started_at, whole.ended_at
    for other in taken:
        if other.started_at <= begin < other.ended_at <= begin + CLOCK_SKEW:
            begin = other.ended_at
        if end - CLOCK_SKEW <= other.started_at < end <= other.ended_at:
            end = other.started_at
    return Interval(begin, end) if 2 * (end - begin) > whole.ended_at - whole.started_at else whole


def is_same(one: Interval, other: Interval) -> bool:
    """Whether both are one session, told twice by a clock that was corrected twice."""
    begin, end = one.started_at - other.started_at, one.ended_at - other.ended_at
    return max(abs(begin), abs(end)) <= SAME_WITHIN


def gaps_between(parts: Sequence[Interval]) -> list[Interval]:
    """The pauses that make several stretches, in order, one session."""
    return [Interval(early.ended_at, late.started_at) for early, late in pairwise(parts)]


FieldReasons = dict[str, list[str]]


def refused_interval(whole: Interval, now: datetime) -> FieldReasons:
    """Why an interval can be no session, by field; empty when it can."""
    length = whole.ended_at - whole.started_at
    if length < timedelta(0):
        return {"ended_at": ["A session cannot end before it starts."]}
    if length < SHORTEST:
        return {"ended_at": ["A session lasts at least one second."]}
    if length > LONGEST:
        return {"ended_at": ["A session lasts at most 24 hours."]}
    if whole.ended_at > now:
        stamp = now.isoformat().replace("+00:00", "Z")
        return {"ended_at": [f"A session cannot end in the future. It is {stamp} here; is your clock right?"]}
    return {}


def refused_back_fill(whole: Interval, now: datetime, limit: timedelta) -> FieldReasons:
    """Why the interval is too old to be entered now; empty when it is not."""
    if now - whole.ended_at <= limit:
        return {}
    hours = int(limit.total_seconds()) // 3600
    return {"ended_at": [f"Time can be entered up to {hours} hours afterwards."]}


def refused_pauses(whole: Interval, pauses: Sequence[Interval]) -> FieldReasons:
    """Why the pauses do not fit into the session; empty when they do."""
    if len(pauses) > MOST_PAUSES:
        return {"pauses": [f"A session holds at most {MOST_PAUSES} pauses."]}
    begin = whole.started_at
    for pause in pauses:
        if not begin <= pause.started_at < pause.ended_at <= whole.ended_at:
            return {"pauses": ["Pauses must lie inside the session, in order, and must not overlap."]}
        begin = pause.ended_at
    if not stretches(whole, pauses):
        return {"pauses": ["Nothing is left of the session besides its pauses."]}
    return {}

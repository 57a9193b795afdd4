"""Dates into series and back. Grouping never adds, drops or moves a date: `expand(group(dates)) == dates`.

A series holds a weekly pattern (every n-th week from a first to a last date, without some) when its dates fit one,
and beside it, or instead of it, dates of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from itertools import pairwise
from math import gcd
from zoneinfo import ZoneInfo

from studyhall.domains.calendars.rules.times import DAYS_IN_WEEK, day_of_week, instant, names_instant, weeks
from studyhall.domains.calendars.rules.titles import Title, read_titles
from studyhall.platform import clock

# Two dates a week apart may be chance; three are a pattern.
FEWEST_FOR_A_PATTERN = 3
FEWEST_FOR_A_CLASS = 3


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a class as the source tells it.

    Attributes:
        start, end: aware; their zone is the one whose wall time the class keeps.
        endless_after: set when the entry repeats without end; the horizon up to which its dates were listed.
    """

    title: str
    start: datetime
    end: datetime
    location: str | None = None
    instructor: str | None = None
    endless_after: date | None = None


@dataclass(frozen=True, slots=True)
class Weekly:
    """A weekly pattern in wall time.

    Attributes:
        day_of_week: 0 is Sunday, 6 is Saturday.
        end_days: days between the day it starts and the day it ends; 1 when it crosses midnight.
        first, last: first and last date, both on that weekday; None is open.
        every: 1 is every week, 2 every other week, counted from `first`.
    """

    day_of_week: int
    start: time
    end: time
    end_days: int = 0
    first: date | None = None
    last: date | None = None
    every: int = 1
    skipped: tuple[date, ...] = ()

    def dates(self, earliest: date, latest: date) -> Iterator[date]:
        """Its dates from `earliest` to `latest`, both included."""
        begin = self.first if self.first is not None else earliest
        begin += timedelta(days=(self.day_of_week - day_of_week(begin)) % DAYS_IN_WEEK)
        stop = latest if self.last is None else min(latest, self.last)
        step = DAYS_IN_WEEK * self.every
        if begin < earliest:
            begin += timedelta(days=-(-(earliest - begin).days // step) * step)
        skipped = frozenset(self.skipped)
        while begin <= stop:
            if begin not in skipped:
                yield begin
            begin += timedelta(days=step)


@dataclass(frozen=True, slots=True)
class OwnDate:
    """A date outside the pattern, with its own times."""

    day: date
    start: time
    end: time
    end_days: int = 0
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What the source calls one date, where that says more than the series' title ("… (Lec) 3")."""

    day: date
    start: time
    text: str


@dataclass(frozen=True, slots=True)
class Series:
    """A class: what it is called and when it is.

    Attributes:
        key: the same for every import of the class, whatever its UIDs and counters.
        kind: class, exam, event or holiday.
        zone: IANA name of the zone whose wall time it keeps; None is the person's own.
    """

    key: str
    title: str
    code: str | None
    name: str
    class_type: str = "lecture"
    kind: str = "class"
    zone: str | None = None
    location: str | None = None
    instructor: str | None = None
    weekly: Weekly | None = None
    own_dates: tuple[OwnDate, ...] = ()
    labels: tuple[Label, ...] = field(default=())

    @property
    def usual(self) -> Weekly:
        """The pattern, or the first own date written as one: when the class usually is."""
        if self.weekly is not None:
            return self.weekly
        first = min(self.own_dates, key=lambda own: (own.day, own.start))
        return Weekly(day_of_week(first.day), first.start, first.end, first.end_days, first.day, first.day)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One date of a series, in UTC.

    Attributes:
        day: the date by which the series knows it, in the series' zone.
    """

    day: date
    start: datetime
    end: datetime
    title: str
    location: str | None


def expand(series: Series, after: datetime, before: datetime, own_zone: ZoneInfo) -> list[Meeting]:
    """The meetings that overlap the span from `after` to `before` (aware), in order."""
    zone = clock.zone(series.zone) if series.zone else own_zone
    labels = {(label.day, label.start): label.text for label in series.labels}
    found: list[Meeting] = []

    def add(day: date, at: Weekly | OwnDate, location: str | None) -> None:
        start, end = instant(day, at.start, zone), instant(day + timedelta(days=at.end_days), at.end, zone)
        if start < before and end > after:
            found.append(Meeting(day, start, end, labels.get((day, at.start), series.title), location))

    if series.weekly is not None:
        # A wall date differs by at most one day from its UTC date, on either side.
        earliest = after.astimezone(UTC).date() - timedelta(days=series.weekly.end_days + 2)
        for day in series.weekly.dates(earliest, before.astimezone(UTC).date() + timedelta(days=2)):
            add(day, series.weekly, series.location)
    for own in series.own_dates:
        add(own.day, own, own.location)
    return sorted(found, key=lambda meeting: (meeting.start, meeting.end, meeting.title))


@dataclass(frozen=True, slots=True)
class _Slot:
    """Everything that dates of one pattern have in common."""

    day_of_week: int
    start: time
    end: time
    end_days: int
    location: str | None


@dataclass(slots=True)
class _Row:
    """A series in the making: one pattern or none, and the occurrences that it stands for."""

    weekly: Weekly | None
    location: str | None
    occurrences: list[Occurrence]
    own: list[Occurrence]


def group(occurrences: Iterable[Occurrence]) -> list[Series]:
    """Dates grouped into series, the busiest first. Dates that stand there twice count once."""
    distinct: dict[tuple[object, ...], Occurrence] = {}
    for one in sorted(occurrences, key=_in_order):
        distinct.setdefault(_in_order(one)[:4], one)
    dates = [_in_nameable_zone(one) for one in distinct.values()]
    titles = read_titles([one.title for one in dates])
    classes: dict[tuple[str, str], list[Occurrence]] = defaultdict(list)
    for one in dates:
        classes[(titles[one.title].key, str(one.start.tzinfo))].append(one)
    found = [
        _series(row, zone, titles)
        for (_, zone), members in classes.items()
        for layer in _layers(members)
        for row in _rows(layer)
    ]
    return sorted((_with_kind(one, titles) for one in found), key=_busiest_first)


def _in_order(one: Occurrence) -> tuple[datetime, datetime, str, str, str, str]:
    """Total, so that a file whose lines were shuffled makes the same series."""
    moments = one.start.astimezone(UTC), one.end.astimezone(UTC)
    return *moments, one.title, one.location or "", str(one.start.tzinfo), one.instructor or ""


def _layers(members: Iterable[Occurrence]) -> list[list[Occurrence]]:
    """Dates of one class that begin at the same moment become series of their own, so that a start names one date."""
    layers: list[dict[datetime, Occurrence]] = []
    for one in members:
        for layer in layers:
            if one.start not in layer:
                layer[one.start] = one
                break
        else:
            layers.append({one.start: one})
    return [list(layer.values()) for layer in layers]


def _in_nameable_zone(one: Occurrence) -> Occurrence:
    """An instant that wall time cannot name, in the second of a repeated hour, is kept in UTC instead."""
    zone = one.start.tzinfo
    assert isinstance(zone, ZoneInfo), "occurrences carry IANA zones"
    if names_instant(one.start, zone) and names_instant(one.end, zone):
        # The end may have been written in another zone than the start.
        start, end = (moment.astimezone(UTC).astimezone(zone) for moment in (one.start, one.end))
        return replace(one, start=start, end=end)
    utc = clock.zone("UTC")
    return replace(one, start=one.start.astimezone(utc), end=one.end.astimezone(utc))


def _slot(one: Occurrence) -> _Slot:
    start, end = one.start, one.end
    return _Slot(day_of_week(start.date()), _wall(start), _wall(end), (end.date() - start.date()).days, one.location)


def _wall(moment: datetime) -> time:
    return moment.time().replace(fold=0, microsecond=0)


def _rows(members: Sequence[Occurrence]) -> list[_Row]:
    """Patterns where there are some; what fits none joins the fullest pattern as dates of its own."""
    slots: dict[_Slot, list[Occurrence]] = defaultdict(list)
    for one in members:
        slots[_slot(one)].append(one)
    rows: list[_Row] = []
    rest: list[Occurrence] = []
    for slot, dated in slots.items():
        weekly, outside = _fit(slot, dated)
        rest += outside
        if weekly is not None:
            left = {id(one) for one in outside}
            rows.append(_Row(weekly, slot.location, [one for one in dated if id(one) not in left], []))
    if not rows:
        common = Counter(one.location for one in members).most_common(1)[0][0]
        return [_Row(None, common, list(members), list(members))]
    fullest = max(rows, key=lambda row: (len(row.occurrences), row.occurrences[0].start))
    fullest.own = rest
    fullest.occurrences = fullest.occurrences + rest
    return rows


def _fit(slot: _Slot, dated: Sequence[Occurrence]) -> tuple[Weekly | None, list[Occurrence]]:
    """The pattern of these dates, at least half filled, and the dates far off that are better left out of it."""
    by_day = {one.start.date(): one for one in dated}
    outside: list[Occurrence] = []
    days = sorted(by_day)
    while len(days) >= FEWEST_FOR_A_PATTERN:
        gaps = [(later - earlier).days for earlier, later in pairwise(days)]
        step = reduce(gcd, gaps)
        room = (days[-1] - days[0]).days // step + 1
        if room <= 2 * len(days):
            return _pattern(slot, days, step // DAYS_IN_WEEK, by_day), outside
        outside.append(by_day[days.pop(0) if gaps[0] >= gaps[-1] else days.pop()])
    return None, list(dated)


def _pattern(slot: _Slot, days: Sequence[date], every: int, by_day: Mapping[date, Occurrence]) -> Weekly:
    full = Weekly(slot.day_of_week, slot.start, slot.end, slot.end_days, days[0], days[-1], every)
    present = frozenset(days)
    skipped = tuple(day for day in full.dates(days[0], days[-1]) if day not in present)
    horizon = by_day[days[-1]].endless_after
    runs_on = horizon is not None and days[-1] + weeks(every) > horizon
    return replace(full, skipped=skipped, last=None if runs_on else days[-1])


def _series(row: _Row, zone: str, titles: Mapping[str, Title]) -> Series:
    dates = sorted(row.occurrences, key=lambda one: (one.start, one.end, one.title))
    read = [titles[one.title] for one in dates]
    base = _most_common(title.base for title in read)
    like = next(title for title in read if title.base == base)
    names = [title.name for title in read if title.code == like.code]
    own = tuple(
        OwnDate(
            one.start.date(), _wall(one.start), _wall(one.end), (one.end.date() - one.start.date()).days, one.location
        )
        for one in sorted(row.own, key=lambda one: (one.start, one.end, one.title))
    )
    labels = tuple(
        Label(one.start.date(), _wall(one.start), title.full)
        for one, title in zip(dates, read, strict=True)
        if title.full != base
    )
    teachers = [one.instructor for one in dates if one.instructor]
    return Series(
        like.key, base, like.code, _most_common(names), like.class_type, like.kind, zone, row.location,
        _most_common(teachers) if teachers else None, row.weekly, own, labels,
    )  # fmt: skip


def _most_common(texts: Iterable[str]) -> str:
    """The commonest; of several the shortest, then the first in the alphabet, so that the answer is always the same."""
    return min(Counter(texts).items(), key=lambda item: (-item[1], len(item[0]), item[0]))[0]


def _with_kind(series: Series, titles: Mapping[str, Title]) -> Series:
    """A few dates whose title has no code, type or counter are an event ("Sports Fiesta"), not a class."""
    if series.kind != "class" or series.weekly is not None or len(series.own_dates) >= FEWEST_FOR_A_CLASS:
        return series
    alike = [title for title in titles.values() if title.key == series.key]
    is_class = any(title.code or title.is_explicit or title.is_counted for title in alike)
    return series if is_class else replace(series, kind="event")


def _busiest_first(series: Series) -> tuple[object, ...]:
    usual = series.usual
    return (
        series.weekly is None,
        series.title.casefold(),
        series.class_type,
        usual.day_of_week,
        usual.start,
        series.key,
    )


def moved(series: Series, day_of_week_now: int, start: time, end: time) -> Series:
    """The class with its weekly pattern on another day or at another time; which weeks it takes place stays.

    Dates of its own keep their times.
    """
    weekly = series.weekly
    if weekly is None:
        return series
    shift = timedelta(days=day_of_week_now - weekly.day_of_week)
    pattern = replace(
        weekly,
        day_of_week=day_of_week_now,
        start=start,
        end=end,
        first=weekly.first and weekly.first + shift,
        last=weekly.last and weekly.last + shift,
        skipped=tuple(day + shift for day in weekly.skipped),
    )
    own = {(one.day, one.start) for one in series.own_dates}
    labels = tuple(
        label if (label.day, label.start) in own else replace(label, day=label.day + shift, start=start)
        for label in series.labels
    )
    return replace(series, weekly=pattern, labels=labels)

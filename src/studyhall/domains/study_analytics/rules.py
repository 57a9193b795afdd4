"""What figures by day add up to. Pure: no clock, no database."""

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from studyhall.domains.study.public import DayFigures, Purpose

EARLIEST, LATEST = date(1970, 1, 5), date(2199, 12, 31)  # a Monday, so that every week of these lies inside
CONSISTENCY_DAYS = 30
TREND_WEEKS = 12

_DAY = timedelta(days=1)
_NOTHING = DayFigures()


def share(part: int, whole: int) -> int:
    """Percent, rounded; 0 of nothing."""
    return round(100 * part / whole) if whole else 0


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]


def month_around(day: date) -> tuple[date, date]:
    """First and last day of its month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


@dataclass(frozen=True, slots=True)
class Period:
    """Some days in a row.

    Attributes:
        days: every one of them, those without study too.
        so_far: how many of them have begun on the person's today.
        sessions: sessions that touch the period, each once.
    """

    days: Sequence[tuple[date, DayFigures]]
    so_far: int
    sessions: int

    @property
    def seconds(self) -> int:
        return sum(figures.seconds for _, figures in self.days)

    @property
    def studied(self) -> int:
        return sum(figures.seconds > 0 for _, figures in self.days)

    @property
    def best(self) -> tuple[date, DayFigures] | None:
        """The day with the most study, the first of several; None without any."""
        day = max(self.days, key=lambda one: one[1].seconds, default=None)
        return day if day and day[1].seconds else None

    @property
    def per_studied_day(self) -> int:
        """Seconds on a day with study, on average."""
        return self.seconds // self.studied if self.studied else 0

    @property
    def consistency(self) -> int:
        """Percent of the days so far with study."""
        return min(100, share(self.studied, self.so_far))


def period(
    figures: Mapping[date, DayFigures], purposes: Collection[Purpose], first: date, last: date, today: date
) -> Period:
    """The days from first to last (both included) as they look on `today`."""
    days = days_between(first, last)
    listed = [(day, figures.get(day, _NOTHING)) for day in days]
    return Period(listed, sum(day <= today for day in days), sum(one.sessions for one in purposes))


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody studies over all his days.

    Attributes:
        consistency: percent of the last 30 days with study, of fewer when he began later.
        weekdays: seconds by weekday, Monday first.
        weeks: Monday and seconds of the last twelve weeks, the running one last.
        this_week, last_week, this_month, last_month: figures up to today, or of the whole week and month before.
    """

    days_studied: int
    first_day: date | None
    seconds: int
    consistency: int
    weekdays: Sequence[int]
    weeks: Sequence[tuple[date, int]]
    this_week: DayFigures
    last_week: DayFigures
    this_month: DayFigures
    last_month: DayFigures

    @property
    def best_weekday(self) -> int | None:
        """0 is Monday; the first of several, None without any."""
        return self.weekdays.index(max(self.weekdays)) if any(self.weekdays) else None


def habit(figures: Mapping[date, DayFigures], today: date) -> Habit:
    """What all days of a person say on `today`."""
    studied = sorted(day for day, one in figures.items() if one.seconds)
    first = studied[0] if studied else None
    window = CONSISTENCY_DAYS if first is None else max(1, min(CONSISTENCY_DAYS, (today - first).days + 1))
    recent = sum(today - timedelta(days=window) < day <= today for day in studied)
    weekdays = [0] * 7
    for day, one in figures.items():
        weekdays[day.weekday()] += one.seconds
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=n) for n in reversed(range(TREND_WEEKS))]
    month = today.replace(day=1)
    return Habit(
        days_studied=len(studied),
        first_day=first,
        seconds=sum(one.seconds for one in figures.values()),
        consistency=share(recent, window),
        weekdays=weekdays,
        weeks=[(begin, _sum(figures, begin, begin + 6 * _DAY).seconds) for begin in mondays],
        this_week=_sum(figures, monday, monday + 6 * _DAY),
        last_week=_sum(figures, mondays[-2], monday - _DAY),
        this_month=_sum(figures, *month_around(today)),
        last_month=_sum(figures, *month_around(month - _DAY)),
    )


def _sum(figures: Mapping[date, DayFigures], first: date, last: date) -> DayFigures:
    """A session over midnight is counted on both its days."""
    some = [figures.get(day, _NOTHING) for day in days_between(first, last)]
    return DayFigures(sum(one.seconds for one in some), sum(one.sessions for one in some))

"""When something is due, in every zone, through every clock change, and whatever people change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyhall.domains.reminders import rules
from studyhall.domains.reminders.rules import DAY, Due, Habits, Kind
from studyhall.platform import clock

ZONES = sorted(clock.known_zones())
MINUTES = st.times(timezones=st.none()).map(lambda one: one.replace(second=0, microsecond=0))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
SCHEDULED = st.sampled_from([Kind.MORNING_PLAN, Kind.REMINDER, Kind.WEEKLY_REPORT])


def habits(
    zone: str = "Europe/Berlin",
    morning: time = time(7),
    evening: time = time(21),
    weekly_day: int = 6,
    weekly_time: time = time(20),
) -> Habits:
    return Habits(ZoneInfo(zone), morning, evening, weekly_day, weekly_time, frozenset(Kind))


HABITS = st.builds(
    habits,
    zone=st.sampled_from(ZONES),
    morning=MINUTES,
    evening=MINUTES,
    weekly_day=st.integers(0, 6),
    weekly_time=MINUTES,
)


@pytest.mark.parametrize(
    ("day", "wall", "zone", "expected"),
    [
        (date(2027, 3, 28), time(2, 30), "Europe/Berlin", "2027-03-28T01:30"),  # skipped: half past three
        (date(2027, 10, 31), time(2, 30), "Europe/Berlin", "2027-10-31T00:30"),  # twice: the first
        (date(2027, 3, 28), time(7), "Europe/Berlin", "2027-03-28T05:00"),
        (date(2026, 4, 24), time(0, 30), "Africa/Cairo", "2026-04-23T22:30"),  # midnight is skipped
        (date(2011, 12, 30), time(7), "Pacific/Apia", None),  # the whole day is skipped
        (date(2011, 12, 31), time(7), "Pacific/Apia", "2011-12-30T17:00"),
        (date(1919, 3, 30), time(23, 45), "America/Toronto", "1919-03-31T04:29:59"),  # the gap reaches past midnight
    ],
)
def test_wall_times_at_clock_changes(day: date, wall: time, zone: str, expected: str | None) -> None:
    found = rules.moment_of(day, wall, ZoneInfo(zone))
    assert found == (None if expected is None else datetime.fromisoformat(expected).replace(tzinfo=UTC))


@given(HABITS, SCHEDULED, MOMENTS)
def test_the_next_one_is_later_on_its_day_and_none_lies_between(one: Habits, kind: Kind, after: datetime) -> None:
    due = rules.first_after(kind, one, after)
    assert due.at > after
    told_on = due.at.astimezone(one.zone).date()
    if kind.is_weekly:
        assert due.period.weekday() == 0
        assert told_on.weekday() == one.weekly_day
        assert (told_on - due.period).days == (6 if one.weekly_day == 6 else 7 + one.weekly_day)
    else:
        assert told_on == due.period
    earlier = rules.due_in(kind, due.period - rules.period_step(kind), one)
    assert earlier is None or earlier <= after


@settings(max_examples=60)
@given(HABITS, SCHEDULED, st.integers(2024, 2029))
def test_a_year_has_each_day_or_week_once(one: Habits, kind: Kind, year: int) -> None:
    at = datetime(year, 1, 1, tzinfo=UTC)
    end = at + timedelta(days=365)
    periods = []
    while at < end:
        due = rules.first_after(kind, one, at)
        periods.append(due.period)
        at = due.at
    step = rules.period_step(kind)
    assert all(after - before == step for before, after in pairwise(periods))
    # The first may come at once, and the last one lies past the end.
    assert 365 // step.days <= len(periods) <= 365 // step.days + 2


@given(HABITS, HABITS, SCHEDULED, MOMENTS)
def test_a_change_keeps_each_periods_turn(before: Habits, after: Habits, kind: Kind, now: datetime) -> None:
    """Whatever is changed at whatever moment: the pending period is told or skipped, and none after it is left out."""
    pending = rules.first_after(kind, before, now)
    found = rules.moved(kind, after, pending.period, now, now)
    assert found.tell == () and found.next is not None
    assert found.next.at >= now
    accounted = [due.period for due in (*found.skip, found.next)]
    assert accounted[0] == pending.period
    step = rules.period_step(kind)
    if found.skip:
        between = [accounted[0] + step * n for n in range(1, (accounted[1] - accounted[0]) // step)]
        passed = [rules.due_in(kind, one, after) for one in between]
        assert all(at is None or at <= now for at in passed)


@pytest.mark.parametrize(
    ("now", "before", "after", "expected"),
    [
        # Sunday 22 November 2026; the report of the week that ends today is due at eight.
        ("2026-11-22T09:00", 6, 5, "2026-11-28T19:00"),  # to Saturday: in the week after
        ("2026-11-22T09:00", 6, 0, "2026-11-23T19:00"),  # to Monday: tomorrow
        ("2026-11-21T10:00", 5, 6, "2026-11-21T10:00"),  # Saturday's is of the week before, and its Sunday is over
    ],
)
def test_the_weekday_changed_on_the_very_day(now: str, before: int, after: int, expected: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    kind = Kind.WEEKLY_REPORT
    pending = rules.first_after(kind, habits(weekly_day=before), moment)
    found = rules.moved(kind, habits(weekly_day=after), pending.period, moment, moment)
    told = found.next
    assert told is not None
    if not found.skip:
        assert (told.period, told.at) == (pending.period, datetime.fromisoformat(expected).replace(tzinfo=UTC))
    else:
        assert moment - found.skip[0].at > rules.LATEST[kind]


def test_an_outage_is_made_good_once_or_written_down() -> None:
    one = habits()
    first = Due(date(2026, 11, 21), datetime(2026, 11, 21, 6, tzinfo=UTC))
    late = rules.sweep(Kind.MORNING_PLAN, one, first, first.at + timedelta(hours=5, minutes=59))
    assert (late.tell, late.skip) == ((first,), ())
    assert late.next == Due(date(2026, 11, 22), first.at + DAY)
    days = rules.sweep(Kind.MORNING_PLAN, one, first, first.at + timedelta(days=3, hours=1))
    assert [due.period.day for due in days.skip] == [21, 22, 23]
    assert [due.period.day for due in days.tell] == [24]
    evening = Due(date(2026, 11, 21), datetime(2026, 11, 21, 20, tzinfo=UTC))
    night = rules.sweep(Kind.REMINDER, one, evening, evening.at + timedelta(hours=6))
    assert (night.tell, night.skip) == ((), (evening,))


@given(HABITS, SCHEDULED, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=20)))
def test_a_sweep_accounts_for_every_period(one: Habits, kind: Kind, start: datetime, outage: timedelta) -> None:
    first = rules.first_after(kind, one, start)
    found = rules.sweep(kind, one, first, first.at + outage)
    assert found.next is not None and found.next.at > first.at + outage
    told = sorted(due.period for due in (*found.tell, *found.skip, found.next))
    step = rules.period_step(kind)
    assert told == [first.period + step * number for number in range(len(told))]


def test_a_reminder_at_the_end_of_the_day_does_not_come_after_midnight() -> None:
    zone = ZoneInfo("Europe/Berlin")
    due = Due(date(2026, 11, 21), datetime(2026, 11, 21, 22, 30, tzinfo=UTC))
    assert rules.makes_sense(Kind.REMINDER, due, datetime(2026, 11, 21, 22, 59, tzinfo=UTC), zone)
    assert not rules.makes_sense(Kind.REMINDER, due, datetime(2026, 11, 21, 23, 0, tzinfo=UTC), zone)


@given(HABITS, MOMENTS)
def test_what_is_due_is_told_on_the_evening_before(one: Habits, due_date: datetime) -> None:
    told = rules.evening_before(due_date, one)
    assert told is not None and told.at < due_date
    assert told.period == due_date.astimezone(one.zone).date() - DAY

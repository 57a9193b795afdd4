"""What takes place once the exceptions are applied."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.academics.rules.meetings import DayOff, Exceptions, SingleChange, meetings_on, taking_place
from studyhall.domains.calendars.public import OwnDate, Series, Weekly, expand
from studyhall.platform import clock

BERLIN = clock.zone("Europe/Berlin")
YEAR = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
LECTURE = Series(
    "k", "OS", None, "OS", zone="Europe/Berlin", location="Room 1",
    weekly=Weekly(1, time(9), time(11), first=date(2025, 3, 3), last=date(2025, 5, 26)),
    own_dates=(OwnDate(date(2025, 3, 5), time(14), time(15), location="Lab"),),
)  # fmt: skip


def test_a_day_on_which_nothing_is_has_no_meeting() -> None:
    assert meetings_on(LECTURE, date(2025, 3, 4), BERLIN) == []
    assert len(meetings_on(LECTURE, date(2025, 3, 5), BERLIN)) == 1


def test_only_the_start_moved_keeps_the_length() -> None:
    change = SingleChange(moved_to=date(2025, 4, 1), start=time(15))
    found = taking_place(LECTURE, Exceptions({date(2025, 3, 31): change}), *YEAR, BERLIN)
    moved = next(one for one in found if one.day == date(2025, 3, 31))
    assert (moved.start.astimezone(BERLIN), moved.end - moved.start) == (
        datetime(2025, 4, 1, 15, tzinfo=BERLIN), timedelta(hours=2),
    )  # fmt: skip


def test_a_meeting_moved_onto_a_day_off_still_takes_place() -> None:
    exceptions = Exceptions(
        {date(2025, 3, 10): SingleChange(moved_to=date(2025, 3, 18))}, [DayOff(date(2025, 3, 17), date(2025, 3, 23))]
    )
    days = {one.start.astimezone(BERLIN).date() for one in taking_place(LECTURE, exceptions, *YEAR, BERLIN)}
    assert date(2025, 3, 18) in days
    assert date(2025, 3, 17) not in days


_days = st.dates(date(2025, 2, 20), date(2025, 6, 10))
_changes = st.one_of(
    st.just(SingleChange(is_cancelled=True)),
    st.builds(SingleChange, st.just(False), _days, st.sampled_from([None, time(8), time(23)])),
)


@given(
    st.dictionaries(_days, _changes, max_size=8),
    st.lists(st.tuples(_days, st.integers(0, 9)), max_size=4),
    _days,
    st.integers(1, 40),
)
def test_exceptions_touch_only_the_meetings_that_they_name(
    changes: dict[date, SingleChange], off: list[tuple[date, int]], begin: date, length: int
) -> None:
    days_off = [DayOff(first, first + timedelta(days=days)) for first, days in off]
    exceptions = Exceptions(changes, days_off)
    plain, real = expand(LECTURE, *YEAR, BERLIN), taking_place(LECTURE, exceptions, *YEAR, BERLIN)
    untouched = [
        one for one in plain if one.day not in changes and not any(day_off.covers(one.day) for day_off in days_off)
    ]
    assert [one for one in real if one.day not in changes] == untouched
    moved = [one for one in plain if one.day in changes and not changes[one.day].is_cancelled]
    assert len(real) == len(untouched) + len(moved)
    after = datetime(begin.year, begin.month, begin.day, tzinfo=UTC)
    before = after + timedelta(days=length)
    window = taking_place(LECTURE, exceptions, after, before, BERLIN)
    assert window == [one for one in real if one.start < before and one.end > after]

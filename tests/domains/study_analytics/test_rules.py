"""What days add up to, by rules."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.study.public import DayFigures, Purpose
from studyhall.domains.study_analytics.rules import EARLIEST, LATEST, days_between, habit, month_around, period, share

TODAY = date(2026, 11, 18)  # a Wednesday
ONE_DAY = timedelta(days=1)
figures = st.builds(DayFigures, st.integers(0, 86_400), st.integers(0, 9))
histories = st.dictionaries(st.integers(0, 400).map(lambda n: TODAY - n * ONE_DAY), figures, max_size=60)


class TestPeriods:
    @given(histories, st.integers(0, 40), st.integers(0, 40))
    def test_every_day_is_there_once_and_nothing_is_lost(
        self, history: dict[date, DayFigures], back: int, length: int
    ) -> None:
        first = TODAY - back * ONE_DAY
        last = first + length * ONE_DAY
        found = period(history, [], first, last, TODAY)
        assert [day for day, _ in found.days] == days_between(first, last)
        assert found.seconds == sum(one.seconds for day, one in history.items() if first <= day <= last)
        assert 0 <= found.consistency <= 100
        if found.best is not None:
            assert all(one.seconds <= found.best[1].seconds for _, one in found.days)
            assert found.per_studied_day <= found.best[1].seconds
        else:
            assert found.seconds == 0

    def test_days_to_come_do_not_spoil_the_consistency(self) -> None:
        history = {TODAY - n * ONE_DAY: DayFigures(60, 1) for n in range(3)}
        week = period(history, [Purpose(None, None, 180, 3)], TODAY - 2 * ONE_DAY, TODAY + 4 * ONE_DAY, TODAY)
        assert (week.so_far, week.consistency, week.sessions) == (3, 100, 3)

    @given(st.dates(EARLIEST, LATEST))
    def test_a_month_holds_its_day(self, day: date) -> None:
        first, last = month_around(day)
        assert first.day == 1
        assert first <= day <= last
        assert (last + ONE_DAY).day == 1


class TestHabits:
    @given(histories)
    def test_all_sums_agree(self, history: dict[date, DayFigures]) -> None:
        found = habit(history, TODAY)
        assert found.seconds == sum(found.weekdays) == sum(one.seconds for one in history.values())
        assert found.days_studied == sum(1 for one in history.values() if one.seconds)
        assert found.weeks[-1] == (TODAY - 2 * ONE_DAY, found.this_week.seconds)
        assert found.weeks[-2][1] == found.last_week.seconds
        assert 0 <= found.consistency <= 100

    def test_who_began_three_days_ago_is_measured_by_three_days(self) -> None:
        history = {TODAY: DayFigures(60, 1), TODAY - 2 * ONE_DAY: DayFigures(60, 1)}
        assert habit(history, TODAY).consistency == share(2, 3) == 67

    def test_nobody_has_no_best_day(self) -> None:
        found = habit({}, TODAY)
        assert (found.best_weekday, found.first_day, found.consistency) == (None, None, 0)

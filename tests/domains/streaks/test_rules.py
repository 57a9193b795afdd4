"""The pure rules of streaks, against the words of the rule taken one day after the other."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.streaks.rules import (
    MOST_FREEZES,
    Streak,
    chain_of,
    milestone_reached,
    next_milestone,
    refused_days_off,
    skipped_days,
    streak_of,
)

ONE_DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)
day_sets = st.sets(st.integers(0, 60).map(lambda n: FIRST + timedelta(days=n)), max_size=45)
reset_sets = st.sets(st.integers(0, 65).map(lambda n: FIRST + timedelta(days=n)), max_size=3)
holiday_sets = st.sets(st.integers(0, 70).map(lambda n: FIRST + timedelta(days=n)), max_size=10)


def _day_by_day(
    studied: set[date], days_off: set[date], resets: set[date], today: date
) -> tuple[int, int, int, date | None, list[date]]:
    """The words of the rule, one day after the other: current, longest, freezes, first day, frozen days."""
    current = longest = freezes = count = 0
    begun: date | None = None
    frozen = []
    day = FIRST
    while day <= max([today, *studied, *resets]):
        if day in resets:
            current, begun = 0, None
        if day in studied:
            current, count, begun = current + 1, count + 1, begun or day
            longest = max(longest, current)
            if count % 7 == 0:
                freezes = min(2, freezes + 1)
        elif day >= today or day in days_off or not begun:
            pass
        elif freezes:
            freezes -= 1
            frozen.append(day)
        else:
            current, begun = 0, None
        day += ONE_DAY
    return current, longest, freezes, begun, frozen


class TestStreaks:
    @given(day_sets, holiday_sets, reset_sets, st.integers(0, 40))
    def test_it_is_what_the_rule_says_day_by_day(
        self, studied: set[date], days_off: set[date], resets: set[date], later: int
    ) -> None:
        today = max([FIRST, *studied, *resets]) + timedelta(days=later)
        chain = chain_of(studied, days_off, resets)
        seen = chain.streak.seen_on(today, days_off)
        frozen = [*chain.frozen, *chain.streak.bridged_until(today, days_off)]
        found = seen.current, seen.longest, seen.freezes, seen.started_on, frozen
        assert found == _day_by_day(studied, days_off, resets, today)

    @given(day_sets, holiday_sets, reset_sets, st.integers(0, 20))
    def test_studying_by_the_told_day_saves_it_and_a_day_later_does_not(
        self, studied: set[date], days_off: set[date], resets: set[date], later: int
    ) -> None:
        streak = streak_of(studied, days_off, resets)
        today = max([FIRST, *studied, *resets]) + timedelta(days=later)
        last = streak.study_by(today, days_off)
        if last is None:
            assert not streak.seen_on(today, days_off).current
            return
        assert last >= today
        assert streak.studied_on(last, days_off).current == streak.current + 1
        assert streak.studied_on(last + ONE_DAY, days_off).current == 1

    @given(day_sets, st.integers(0, 30), st.integers(0, 30))
    def test_looking_does_not_use_anything_up(self, studied: set[date], first: int, second: int) -> None:
        streak = streak_of(studied)
        last = streak.last_active_date or FIRST
        streak.seen_on(last + timedelta(days=first))
        later = last + timedelta(days=first + second)
        assert streak.seen_on(later) == streak_of(studied).seen_on(later)

    @given(day_sets, day_sets)
    def test_the_order_of_entering_does_not_matter(self, some: set[date], more: set[date]) -> None:
        assert streak_of([*some, *more, *some]) == streak_of(some | more)

    @given(day_sets, st.integers(0, 60))
    def test_one_more_studied_day_never_shortens_the_longest(self, studied: set[date], extra: int) -> None:
        # A chain may be bridged by freezes earned earlier, so an early extra day can only move an earning forward.
        more = studied | {FIRST + timedelta(days=extra)}
        assert streak_of(more).days_studied == len(more)
        assert 0 <= streak_of(more).freezes <= MOST_FREEZES

    def test_sessions_on_one_day_count_once(self) -> None:
        once = Streak().studied_on(FIRST)
        assert once.studied_on(FIRST) == once

    def test_a_missed_day_without_a_freeze_ends_it(self) -> None:
        streak = streak_of([FIRST, FIRST + ONE_DAY])
        assert streak.seen_on(FIRST + 2 * ONE_DAY).current == 2  # today is not over
        assert streak.seen_on(FIRST + 3 * ONE_DAY).current == 0
        assert streak.seen_on(FIRST + 3 * ONE_DAY).longest == 2

    def test_seven_days_earn_a_freeze_and_it_bridges_one_day(self) -> None:
        streak = streak_of(FIRST + n * ONE_DAY for n in range(7))
        assert streak.freezes == 1
        bridged = streak.studied_on(FIRST + 8 * ONE_DAY)
        assert (bridged.current, bridged.freezes, bridged.started_on) == (8, 0, FIRST)
        assert streak.seen_on(FIRST + 9 * ONE_DAY).current == 0

    def test_holidays_do_not_break_it(self) -> None:
        holidays = [FIRST + n * ONE_DAY for n in range(1, 11)]
        assert streak_of([FIRST, FIRST + 11 * ONE_DAY], holidays).current == 2

    def test_a_day_told_out_of_order_is_refused(self) -> None:
        with pytest.raises(ValueError, match="in order"):
            Streak().studied_on(FIRST).studied_on(FIRST - ONE_DAY)

    def test_milestones(self) -> None:
        assert milestone_reached(2, 3) == 3
        assert milestone_reached(3, 3) is None
        assert milestone_reached(1, 8) == 7
        assert milestone_reached(8, 3) is None
        assert next_milestone(7) == 14
        assert next_milestone(1000) is None


class TestDaysOff:
    def test_they_are_planned_beforehand_and_within_a_year(self) -> None:
        assert refused_days_off([FIRST, FIRST + 300 * ONE_DAY], FIRST) == {}
        assert "beforehand" in refused_days_off([FIRST - ONE_DAY], FIRST)["holidays"][0]
        assert "a year ahead" in refused_days_off([FIRST + 367 * ONE_DAY], FIRST)["holidays"][0]
        assert "At most 60" in refused_days_off([FIRST + n * ONE_DAY for n in range(61)], FIRST)["holidays"][0]

    def test_a_move_skips_only_days_between(self) -> None:
        assert skipped_days(FIRST, FIRST + ONE_DAY) == []
        assert skipped_days(FIRST, FIRST - ONE_DAY) == []
        assert skipped_days(FIRST, FIRST + 2 * ONE_DAY) == [FIRST + ONE_DAY]

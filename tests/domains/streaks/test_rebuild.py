"""Totals and streak follow from their causes alone: after any history, a rebuild finds nothing to mend.

`python -m bench.rebuild` lives many more acts of the same kind.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bench.life import Life
from bench.rebuild import BEGIN, FAULTS, born, plant, rebuilt
from studyhall.domains.streaks import public as streaks
from studyhall.domains.streaks.rules import Streak, chain_of
from studyhall.domains.study import public as study
from studyhall.entrypoints import rebuild
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from tests.domains.study.student import Students


async def lived(resources: Resources, seed: int, acts: int) -> Life:
    life = await born(resources, seed)
    for _ in range(acts):
        await life.step()
    return life


class TestRebuild:
    @pytest.mark.parametrize("seed", range(2))
    async def test_it_finds_no_difference_after_a_random_life(self, resources: Resources, seed: int) -> None:
        life = await lived(resources, seed, 50)
        assert life.done.total() > 20
        assert await rebuilt(resources, life) == []

    async def test_it_finds_and_mends_every_planted_fault(self, resources: Resources) -> None:
        life = await lived(resources, 5, 60)
        assert life.done["by_hand"] and life.done["complete"], "else there is nothing to put wrong"
        assert await rebuilt(resources, life) == []
        missed = []
        for fault in FAULTS:
            await plant(resources, life.actor.user_id, fault)
            found, again = await rebuilt(resources, life), await rebuilt(resources, life)
            if not found or again:
                missed.append((fault, found, again))
        assert missed == []

    async def test_everybody_is_walked(self, resources: Resources) -> None:
        for seed in (11, 12, 13):
            life = await lived(resources, seed, 12)
            await plant(resources, life.actor.user_id, "a frozen day")
        assert len(await rebuild.of_everybody(resources)) == 3
        assert await rebuild.of_everybody(resources) == []


class StreakOfAnybody(RuleBasedStateMachine):
    """Causes come, go and come again in any order; what was written step by step is what all causes make at once.

    It writes as the domain does: anew from all causes after each change.
    """

    def __init__(self) -> None:
        super().__init__()
        self.days: set[date] = set()
        self.days_off: set[date] = set()
        self.resets: set[date] = set()

    near = st.integers(0, 40).map(lambda n: BEGIN.date() + timedelta(days=n))

    @rule(day=near)
    def study(self, day: date) -> None:
        self.days.add(day)

    @rule(day=near)
    def take_back(self, day: date) -> None:
        self.days.discard(day)

    @rule(days=st.sets(near, max_size=4))
    def plan_off(self, days: set[date]) -> None:
        self.days_off = days

    @rule(day=near)
    def reset(self, day: date) -> None:
        self.resets.add(day)

    @invariant()
    def nothing_depends_on_the_order(self) -> None:
        chain = chain_of(self.days, self.days_off, self.resets)
        assert chain == chain_of(sorted(self.days, reverse=True), sorted(self.days_off), sorted(self.resets))
        streak = chain.streak
        assert streak.days_studied == len(self.days)
        assert 0 <= streak.current <= streak.longest <= len(self.days)
        assert not self.days & set(chain.frozen)
        assert not self.days_off & set(chain.frozen)
        assert (streak == Streak()) == (not self.days)
        if streak.current:
            self._chain_is_unbroken(streak, chain.frozen)

    def _chain_is_unbroken(self, streak: Streak, frozen: Sequence[date]) -> None:
        begun, last = streak.started_on, streak.last_active_date
        assert begun is not None and last is not None
        chain = [begun + timedelta(days=n) for n in range((last - begun).days + 1)]
        assert streak.current == sum(day in self.days for day in chain)
        assert all(day in self.days or day in self.days_off or day in frozen for day in chain)
        assert not any(begun < one <= last for one in self.resets)


TestStreakOfAnybody: Any = StreakOfAnybody.TestCase
TestStreakOfAnybody.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


class TestMarks:
    async def test_a_marked_day_counts_once_for_the_streak_and_not_for_the_time(
        self, students: Students, resources: Resources
    ) -> None:
        mira = await students(BEGIN)
        cause, today = new_id(), BEGIN.date()
        for _ in range(2):
            async with resources.unit_of_work() as uow:
                await streaks.mark_day(uow, mira.id, cause="call", cause_id=cause, day=today, today=today)
        async with resources.unit_of_work() as uow:
            assert (await streaks.streaks(uow, {mira.id: today}))[mira.id].current == 1
            assert (await study.totals(uow, [mira.id]))[mira.id] == study.Totals(0, 0)
            assert await streaks.active_days(uow, mira.id, today, today) == {today}
            await streaks.unmark_days(uow, mira.id, cause="call", cause_ids=[cause], today=today)
        async with resources.unit_of_work() as uow:
            assert (await streaks.streaks(uow, {mira.id: today}))[mira.id].current == 0

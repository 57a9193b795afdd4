"""Totals and streak follow from their causes alone: after any history, a rebuild finds nothing to mend."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from studyhall.domains.streaks import public as streaks
from studyhall.domains.study import public, service
from studyhall.domains.study.service import Entry
from studyhall.entrypoints import rebuild
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import AppError
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from tests.domains.study.student import Students

NOON = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)  # the clocks of Europe change on the 25th
ZONES = ["Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Pacific/Auckland", "UTC"]


async def rebuilt(resources: Resources, user_id: UUID) -> list[str]:
    async with resources.unit_of_work() as uow:
        return list(await rebuild.of_person(uow, user_id))


class History:
    """A random life: sessions by timer and by hand, edits, deletions, marks, and moves between zones."""

    def __init__(self, resources: Resources, user_id: UUID, random: Random) -> None:
        self.resources, self.user_id, self.random = resources, user_id, random
        self.actor = Actor(user_id, time_zone="Europe/Berlin")
        self.sessions: list[UUID] = []
        self.marks: list[UUID] = []
        self.done = 0

    async def step(self) -> None:
        acts: list[Callable[[Any], Awaitable[None]]] = [
            self.by_timer, self.by_hand, self.by_hand, self.edit, self.delete, self.mark, self.unmark, self.move
        ]  # fmt: skip
        act = self.random.choice(acts)
        with clock.frozen_at(clock.now() + timedelta(minutes=self.random.randint(0, 900))):
            try:
                async with self.resources.unit_of_work() as uow:
                    await act(uow)
                    self.done += 1
            except AppError:
                pass  # a refusal changes nothing, which is what the rebuild then proves

    def _some(self, ids: list[UUID]) -> UUID:
        return self.random.choice(ids) if ids else new_id()

    async def by_timer(self, uow: Any) -> None:
        begin = clock.now() - timedelta(minutes=self.random.randint(1, 500))
        with clock.frozen_at(begin):
            row = await service.start(uow, self.actor, course_id=None, plan_id=None, notes=None)
        with clock.frozen_at(begin + timedelta(minutes=self.random.randint(0, 20))):
            await service.pause(uow, self.actor, row.id)
        if self.random.random() < 0.5:
            with clock.frozen_at(clock.now() - timedelta(seconds=1)):
                await service.resume(uow, self.actor, None)
        ended = await service.end(uow, self.actor, None, was_studying=self.random.choice([None, True]), notes=None)
        if ended.row is not None:
            self.sessions.append(ended.row.id)

    async def by_hand(self, uow: Any) -> None:
        end = clock.now() - timedelta(minutes=self.random.randint(-10, 2400))
        entry = Entry(end - timedelta(seconds=self.random.randint(-5, 40_000)), ended_at=end)
        row, _ = await service.enter(uow, self.actor, entry)
        self.sessions.append(row.id)

    async def edit(self, uow: Any) -> None:
        session_id = self._some(self.sessions)
        row = await service.one(uow, self.actor, session_id)
        begin = row.started_at + timedelta(minutes=self.random.randint(-120, 60))
        await service.change(uow, self.actor, session_id, {"started_at": begin})

    async def delete(self, uow: Any) -> None:
        session_id = self._some(self.sessions)
        await service.delete(uow, self.actor, session_id)
        if self.random.random() < 0.3:
            await service.restore(uow, self.user_id, session_id)

    async def mark(self, uow: Any) -> None:
        today = public.StudyCalendar(self.actor.time_zone, self.actor.day_start_hour).day_of(clock.now())
        cause_id = self._some(self.marks) if self.random.random() < 0.2 else new_id()
        self.marks.append(cause_id)
        day = today - timedelta(days=self.random.randint(0, 3))
        await streaks.mark_day(uow, self.user_id, cause="call", cause_id=cause_id, day=day, today=today)

    async def unmark(self, uow: Any) -> None:
        today = clock.now().date()
        await streaks.unmark_days(uow, self.user_id, cause="call", cause_ids=[self._some(self.marks)], today=today)

    async def move(self, uow: Any) -> None:
        hour = self.random.randint(0, 6)
        self.actor = Actor(self.user_id, time_zone=self.random.choice(ZONES), day_start_hour=hour)


class TestRebuild:
    @pytest.mark.parametrize("seed", range(4))
    async def test_it_finds_no_difference_after_a_random_life(
        self, students: Students, resources: Resources, seed: int
    ) -> None:
        mira = await students(NOON)
        life = History(resources, mira.id, Random(seed))
        for _ in range(60):
            await life.step()
            mira.time.move(timedelta(minutes=life.random.randint(0, 700)))
        assert life.done > 20
        assert await rebuilt(resources, mira.id) == []

    @pytest.mark.parametrize(
        "fault",
        [
            "UPDATE study_totals SET total_seconds = total_seconds + 1 WHERE user_id = :user",
            "UPDATE streaks SET longest_streak = longest_streak + 1 WHERE user_id = :user",
            "UPDATE study_session_days SET seconds = seconds - 1 WHERE user_id = :user",
            "UPDATE study_session_days SET study_day = study_day - 1 WHERE user_id = :user",
            "DELETE FROM study_session_days WHERE user_id = :user",
            "UPDATE study_sessions SET duration_seconds = duration_seconds + 1 WHERE user_id = :user",
            "UPDATE study_sessions SET deleted_at = now() WHERE user_id = :user",
        ],
    )
    async def test_it_finds_and_mends_a_planted_fault(
        self, students: Students, resources: Resources, fault: str
    ) -> None:
        mira = await students(NOON)
        await mira.study(minutes=10)
        assert await rebuilt(resources, mira.id) == []
        await mira.execute(text(fault))
        assert await rebuilt(resources, mira.id) != []
        assert await rebuilt(resources, mira.id) == []

    async def test_everybody_is_walked(self, students: Students, resources: Resources) -> None:
        people = [await students(NOON) for _ in range(3)]
        for one in people:
            await one.study(minutes=5)
            await one.execute(text("UPDATE study_totals SET session_count = 7 WHERE user_id = :user"))
        assert len(await rebuild.of_everybody(resources)) == 3
        assert await rebuild.of_everybody(resources) == []


class TestMarks:
    async def test_a_marked_day_counts_once_for_the_streak_and_not_for_the_time(
        self, students: Students, resources: Resources
    ) -> None:
        mira = await students(NOON)
        cause, today = new_id(), NOON.date()
        for _ in range(2):
            async with resources.unit_of_work() as uow:
                await streaks.mark_day(uow, mira.id, cause="call", cause_id=cause, day=today, today=today)
        async with resources.unit_of_work() as uow:
            assert (await streaks.streaks(uow, {mira.id: today}))[mira.id].current == 1
            assert (await public.totals(uow, [mira.id]))[mira.id] == public.Totals(0, 0)
            assert await streaks.active_days(uow, mira.id, today, today) == {today}
            await streaks.unmark_days(uow, mira.id, cause="call", cause_ids=[cause], today=today)
        async with resources.unit_of_work() as uow:
            assert (await streaks.streaks(uow, {mira.id: today}))[mira.id].current == 0

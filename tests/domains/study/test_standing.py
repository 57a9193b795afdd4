"""Totals and streak follow from sessions and marks alone: after any history, a rebuild finds nothing to mend."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from studyhall.domains.study import privacy, public, service
from studyhall.domains.study.service import Entry
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import AppError
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from tests.domains.study.student import Student, Students

NOON = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)  # the clocks of Europe change on the 25th
ZONES = ["Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Pacific/Auckland", "UTC"]


async def rebuilt(resources: Resources, user_id: UUID) -> list[str]:
    async with resources.unit_of_work() as uow:
        return await service.rebuild(uow, user_id)


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
        await public.mark_day(uow, self.user_id, cause="plan", cause_id=cause_id, day=day, today=today)

    async def unmark(self, uow: Any) -> None:
        today = clock.now().date()
        await public.unmark_day(uow, self.user_id, cause="plan", cause_id=self._some(self.marks), today=today)

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
        assert len(await public.rebuild_all(resources)) == 3
        assert await public.rebuild_all(resources) == []


class TestMarks:
    async def test_a_marked_day_counts_once_for_the_streak_and_not_for_the_time(
        self, students: Students, resources: Resources
    ) -> None:
        mira = await students(NOON)
        cause, today = new_id(), NOON.date()
        for _ in range(2):
            async with resources.unit_of_work() as uow:
                await public.mark_day(uow, mira.id, cause="plan", cause_id=cause, day=today, today=today)
        async with resources.unit_of_work() as uow:
            assert (await public.streaks(uow, {mira.id: today}))[mira.id].current == 1
            assert (await public.totals(uow, [mira.id]))[mira.id] == public.Totals(0, 0)
            assert await public.active_days(uow, mira.id, today, today) == {today}
            await public.unmark_day(uow, mira.id, cause="plan", cause_id=cause, today=today)
        async with resources.unit_of_work() as uow:
            assert (await public.streaks(uow, {mira.id: today}))[mira.id].current == 0


class TestUndo:
    async def test_a_deletion_taken_back_counts_again(self, students: Students) -> None:
        mira = await students(NOON)
        session = await mira.study(minutes=10)
        gone = await mira.send("DELETE", f"/study-sessions/{session['id']}")
        assert gone["effects"]["totals"]["total_seconds"] == 0
        await mira.post(f"/undo/{gone['undo_token']}")
        back = (await mira.get(f"/study-sessions/{session['id']}"))["session"]
        assert back["duration_seconds"] == 600
        assert (await mira.get("/streaks/me"))["streak"]["current_streak"] == 1

    async def test_time_filled_meanwhile_stays(self, students: Students) -> None:
        mira = await students(NOON)
        session = await mira.study(minutes=10)
        gone = await mira.send("DELETE", f"/study-sessions/{session['id']}")
        entry = {"started_at": session["started_at"], "ended_at": session["ended_at"]}
        await mira.post("/study-sessions", entry, expect=201)
        refused = await mira.refused("POST", f"/undo/{gone['undo_token']}", status=409)
        assert refused["error_code"] == "SESSION_OVERLAPS"
        assert (await mira.get("/study-sessions"))["pagination"]["total"] == 1

    async def test_a_timer_comes_back_unless_another_runs(self, students: Students) -> None:
        mira = await students(NOON)
        session = (await mira.post("/study-sessions/start", expect=201))["session"]
        gone = await mira.send("DELETE", f"/study-sessions/{session['id']}")
        await mira.post(f"/undo/{gone['undo_token']}")
        assert (await mira.get("/study-sessions/current"))["session"]["id"] == session["id"]
        gone = await mira.send("DELETE", f"/study-sessions/{session['id']}")
        await mira.post("/study-sessions/start", expect=201)
        refused = await mira.refused("POST", f"/undo/{gone['undo_token']}", status=409)
        assert refused["error_code"] == "SESSION_RUNNING"


class TestRaces:
    @pytest.fixture
    async def racer(self, committed: Any) -> Any:
        return await committed.person()

    async def _both(self, racer: Any, path: str, bodies: list[Any]) -> list[Any]:
        sent = (racer.client.post(f"/api/v1{path}", json=body) for body in bodies)
        return list(await asyncio.gather(*sent))

    async def test_many_starts_at_once_make_one_session(self, racer: Any) -> None:
        answers = await self._both(racer, "/study-sessions/start", [{}] * 6)
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
        listed = await racer.client.get("/api/v1/study-sessions")
        assert listed.json()["data"]["pagination"]["total"] == 1

    async def test_many_ends_at_once_count_once(self, racer: Any, committed: Any) -> None:
        with clock.frozen_at(clock.now() - timedelta(minutes=10)):
            started = await racer.client.post("/api/v1/study-sessions/start")
        session_id = started.json()["data"]["session"]["id"]
        answers = await self._both(racer, f"/study-sessions/{session_id}/end", [{}] * 5)
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
        async with committed.resources.unit_of_work() as uow:
            totals = (await public.totals(uow, [racer.id]))[racer.id]
        assert totals.session_count == 1
        assert 595 <= totals.total_seconds <= 610
        assert await rebuilt(committed.resources, racer.id) == []

    async def test_the_same_time_entered_at_once_counts_once(self, racer: Any, committed: Any) -> None:
        end = clock.now().replace(microsecond=0) - timedelta(minutes=1)
        bodies = [
            {"started_at": (end - timedelta(minutes=30 + n)).isoformat(), "ended_at": end.isoformat()} for n in range(5)
        ]
        answers = await self._both(racer, "/study-sessions", bodies)
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
        assert await rebuilt(committed.resources, racer.id) == []


class TestFigures:
    async def test_by_day_and_by_course(self, students: Students, resources: Resources) -> None:
        mira, today = await students(NOON), NOON.date()
        course = UUID(await mira.create_course("Algorithms", "CS201"))
        for hour, more in ((8, {}), (9, {"course_id": str(course)})):
            body = {"started_at": f"2026-10-20T{hour:02}:00:00Z", "duration_seconds": 1830, **more}
            await mira.post("/study-sessions", body, expect=201)
        await mira.post("/study-sessions/start", expect=201)
        async with resources.unit_of_work() as uow:
            days = await public.minutes_by_day(uow, mira.id, today - timedelta(days=1), today)
            assert days == {today - timedelta(days=1): 0, today: 61}
            assert await public.minutes_by_course(uow, mira.id, today, today) == {None: 30, course: 30}
            assert (await public.running(uow, [mira.id]))[mira.id].is_paused is False
            assert await public.StudiedCourseTime().seconds_for_course(uow, mira.id, course) == 1830


class TestPrivacy:
    async def test_everything_is_handed_over_and_erased(self, students: Students, resources: Resources) -> None:
        mira, jonas = await students(NOON), await students(NOON)
        for one in (mira, jonas):
            await one.study(minutes=10)
        assert await _kept(resources, mira) == {
            "study_session_days": 1, "study_sessions": 1, "study_day_marks": 0, "streaks": 1, "study_totals": 1,
            "study_clocks": 1,
        }  # fmt: skip
        async with resources.unit_of_work() as uow:
            await privacy.erase(uow, mira.id)
        assert set((await _kept(resources, mira)).values()) == {0}
        assert sum((await _kept(resources, jonas)).values()) == 5


async def _kept(resources: Resources, student: Student) -> dict[str, int]:
    async with resources.unit_of_work() as uow:
        streams = privacy.export(uow, student.id)
        return {name: len([row async for row in rows]) for name, rows in streams.items()}

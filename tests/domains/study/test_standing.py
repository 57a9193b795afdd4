"""Sessions taken back, entered at once, summed up and forgotten."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from studyhall.domains.study import privacy, public
from studyhall.entrypoints import rebuild
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from tests.domains.study.student import Student, Students

NOON = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


async def rebuilt(resources: Resources, user_id: UUID) -> list[str]:
    async with resources.unit_of_work() as uow:
        return list(await rebuild.of_person(uow, user_id))


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
        kept = {"study_session_days": 1, "study_sessions": 1, "study_totals": 1, "study_clocks": 1}
        assert await _kept(resources, mira) == kept
        async with resources.unit_of_work() as uow:
            await privacy.erase(uow, mira.id)
        assert set((await _kept(resources, mira)).values()) == {0}
        assert sum((await _kept(resources, jonas)).values()) == 4


async def _kept(resources: Resources, student: Student) -> dict[str, int]:
    async with resources.unit_of_work() as uow:
        streams = privacy.export(uow, student.id)
        return {name: len([row async for row in rows]) for name, rows in streams.items()}

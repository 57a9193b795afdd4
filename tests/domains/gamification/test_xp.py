"""XP, levels and achievements over HTTP and through the real facts."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from studyhall.domains.gamification import public
from studyhall.domains.gamification.rules import level_of
from studyhall.entrypoints import rebuild
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from tests.conftest import Committed
from tests.domains.study.student import Student, Students

NOON = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


def entry(begin: datetime, **length: float) -> dict[str, str]:
    return {"started_at": begin.isoformat(), "ended_at": (begin + timedelta(**length)).isoformat()}


async def log(mira: Student, begin: datetime, **length: float) -> dict[str, Any]:
    return await mira.post("/study-sessions", entry(begin, **length), expect=201)


async def xp(mira: Student) -> int:
    return int((await mira.get("/gamification/status"))["status"]["xp"]["total"])


async def rebuilt(resources: Resources, mira: Student) -> list[str]:
    async with resources.unit_of_work() as uow:
        return list(await rebuild.of_person(uow, mira.id))


class TestSessions:
    async def test_a_session_pays_its_full_minutes_and_says_so(self, students: Students, resources: Resources) -> None:
        mira = await students(NOON)
        told = await log(mira, NOON - timedelta(hours=2), minutes=99, seconds=59)
        assert told["effects"]["xp"]["gained"] == 99
        assert told["effects"]["xp"]["level"] == 0
        told = await log(mira, NOON - timedelta(minutes=10), seconds=90)
        assert told["effects"]["xp"] == {
            "gained": 1, "total": 100, "level": 1, "level_xp": 100, "next_level_xp": 300, "xp_to_next_level": 200
        }  # fmt: skip
        assert told["effects"]["level_up"] == {"from": 0, "to": 1}
        assert "Level 1" in await mira.notification_titles()
        status = (await mira.get("/gamification/status"))["status"]
        assert (status["xp"]["total"], status["xp"]["today"], status["streak"]["current_streak"]) == (100, 100, 1)
        rows = (await mira.get("/gamification/xp-log?cause=study"))["xp_log"]
        assert sorted(row["points"] for row in rows) == [1, 99]
        assert {row["cause_id"] for row in rows} >= {told["session"]["id"]}
        assert await rebuilt(resources, mira) == []

    async def test_a_day_pays_240_and_a_deleted_session_makes_room(
        self, students: Students, resources: Resources
    ) -> None:
        mira = await students(NOON)
        first = await log(mira, NOON - timedelta(hours=11), hours=3)
        assert (await log(mira, NOON - timedelta(hours=7), hours=3))["effects"]["xp"]["gained"] == 60
        assert (await log(mira, NOON - timedelta(hours=2), hours=1))["effects"]["xp"]["gained"] == 0
        assert await xp(mira) == 240
        gone = await mira.send("DELETE", f"/study-sessions/{first['session']['id']}")
        assert gone["effects"]["xp"]["gained"] == 0
        rows = (await mira.get("/gamification/xp-log"))["xp_log"]
        assert sorted(row["points"] for row in rows) == [60, 180]
        assert await rebuilt(resources, mira) == []
        await mira.post(f"/undo/{gone['undo_token']}")
        assert await xp(mira) == 240
        assert await rebuilt(resources, mira) == []

    async def test_a_session_over_midnight_is_paid_on_both_days(self, students: Students) -> None:
        midnight = NOON.replace(hour=0)
        mira = await students(NOON)
        await log(mira, midnight - timedelta(minutes=10, seconds=30), minutes=30)
        rows = (await mira.get("/gamification/xp-log"))["xp_log"]
        assert [(row["study_day"], row["points"]) for row in rows] == [("2026-10-20", 19), ("2026-10-19", 10)]

    async def test_an_edit_corrects_the_award(self, students: Students, resources: Resources) -> None:
        mira = await students(NOON)
        begin = NOON - timedelta(hours=3)
        session = (await log(mira, begin, minutes=60))["session"]["id"]
        changed = await mira.send(
            "PATCH", f"/study-sessions/{session}", {"started_at": (begin + timedelta(minutes=45)).isoformat()}
        )
        assert changed["effects"]["xp"]["gained"] == -45
        assert await xp(mira) == 15
        assert await rebuilt(resources, mira) == []

    async def test_ending_stays_cheap(self, students: Students) -> None:
        mira = await students(NOON)
        await mira.study(minutes=10)
        await mira.post("/study-sessions/start", expect=201)
        await mira.wait(minutes=10)
        # Two are the savepoint of each request in tests.
        assert await mira.statements("POST", "/study-sessions/current/end") <= 10 + 2


class TestOtherCauses:
    async def test_a_chapter_pays_twenty_once(self, students: Students, resources: Resources) -> None:
        mira = await students(NOON)
        course = await mira.create_course("Trees", "T1")
        made = await mira.post(f"/courses/{course}/chapters", {"title": "One", "markdown": "# One"}, expect=201)
        path = f"/chapters/{made['chapter']['id']}/complete"
        assert (await mira.post(path))["effects"]["xp"]["gained"] == 20
        await mira.post(path)
        assert await xp(mira) == 20
        found = (await mira.get("/gamification/achievements"))["achievements"]
        keys = [one["key"] for one in found if one["is_unlocked"]]
        assert "chapters_1" in keys
        assert await rebuilt(resources, mira) == []
        await mira.execute(text("DELETE FROM xp_awards WHERE user_id = :user"))
        assert len(await rebuilt(resources, mira)) == 1
        assert await rebuilt(resources, mira) == []
        assert await xp(mira) == 20

    async def test_other_domains_award_once_per_cause(self, students: Students, resources: Resources) -> None:
        mira = await students(NOON)
        quiz = new_id()
        for score in (0.5, 1):
            async with resources.unit_of_work() as uow:
                points = public.quiz_points(score)
                public.award(uow, mira.id, cause=public.QUIZ, cause_id=quiz, points=points, day=NOON.date())
        async with resources.unit_of_work() as uow:
            public.award(uow, mira.id, cause=public.DOUBT, cause_id=quiz, points=public.DOUBT_XP, day=NOON.date())
        assert await xp(mira) == 30 + 5
        assert await rebuilt(resources, mira) == []

    async def test_the_database_refuses_to_pay_twice(self, students: Students, resources: Resources) -> None:
        mira = await students(NOON)
        await mira.study(minutes=10)
        again = text(
            "INSERT INTO xp_awards SELECT gen_random_uuid(), user_id, cause, cause_id, study_day, points, created_at"
            " FROM xp_awards WHERE user_id = :user"
        )
        with pytest.raises(IntegrityError, match="uq_xp_awards_study"):
            await mira.execute(again)


class TestAchievements:
    async def test_they_are_unlocked_once_told_and_kept(self, students: Students, resources: Resources) -> None:
        mira = await students(NOON)
        told = await log(mira, NOON - timedelta(hours=7), hours=2)
        assert {one["key"] for one in told["effects"]["achievements"]} == {
            "first_session", "hours_1", "long_session", "early_bird_1"
        }  # fmt: skip
        assert "3 achievements unlocked" in await mira.notification_titles()
        found = await mira.get("/gamification/achievements")
        assert found["total"] >= 30
        assert found["unlocked"] == 4
        hours = {one["key"]: (one["current"], one["progress"]) for one in found["achievements"]}
        assert hours["hours_10"] == (2, 20)
        await mira.send("DELETE", f"/study-sessions/{told['session']['id']}")
        found = await mira.get("/gamification/achievements")
        assert found["unlocked"] == 4
        assert await xp(mira) == 0
        assert await rebuilt(resources, mira) == []
        again = await log(mira, NOON - timedelta(hours=7), hours=2)
        assert "achievements" not in again["effects"]

    async def test_they_speak_german(self, students: Students) -> None:
        mira = await students(NOON)
        await mira.send("PUT", "/settings/preferences", {"language": "de"})
        await log(mira, NOON - timedelta(hours=1), hours=1)
        found = await mira.get("/gamification/achievements")
        assert found["achievements"][0]["name"] == "Erste Schritte"
        assert "Die erste Stunde" in await mira.notification_titles()

    async def test_other_figures_unlock_too(self, students: Students) -> None:
        mira, jonas = await students(NOON), await students(NOON)
        await mira.post("/groups", {"name": "Trees"}, expect=201)
        await mira.post("/friends/add", {"user_id": str(jonas.id)}, expect=201)
        await jonas.post("/friends/add", {"user_id": str(mira.id)}, expect=201)
        course = await mira.create_course("Trees", "T1")
        result = {
            "course_id": course, "assessment_type": "quiz", "score": 9, "max_score": 10, "date": "2026-10-19",
            "semester": "Fall 2026",
        }  # fmt: skip
        await mira.post("/performance/results", result, expect=201)
        due = (NOON + timedelta(days=2)).isoformat()
        task = {"course_id": course, "title": "Essay", "due_date": due, "priority": "high"}
        made = (await mira.post("/assignments", task, expect=201))["assignment"]["id"]
        await mira.send("PATCH", f"/assignments/{made}/complete")
        found = (await mira.get("/gamification/achievements"))["achievements"]
        unlocked = {one["key"] for one in found if one["is_unlocked"]}
        assert unlocked == {"groups_1", "friends_1", "results_1", "top_results_1", "on_time_1"}
        theirs = (await jonas.get("/gamification/achievements"))["achievements"]
        assert {one["key"] for one in theirs if one["is_unlocked"]} == {"friends_1"}


class TestReads:
    async def test_a_newcomer_has_nothing_yet(self, students: Students) -> None:
        mira = await students(NOON)
        status = (await mira.get("/gamification/status"))["status"]
        assert status["xp"] == {
            "total": 0, "today": 0, "level": 0, "level_xp": 0, "next_level_xp": 100, "xp_to_next_level": 100
        }  # fmt: skip
        assert status["achievements"]["unlocked"] == 0
        assert (await mira.get("/gamification/xp-log"))["pagination"]["total"] == 0

    async def test_nobody_sees_anothers_and_many_cost_what_one_costs(self, students: Students) -> None:
        mira, jonas = await students(NOON), await students(NOON)
        paths = ("/gamification/status", "/gamification/xp-log", "/gamification/achievements")
        await mira.study(minutes=2)
        await mira.get("/settings/preferences")  # which is kept for a while
        one = [await mira.statements("GET", path) for path in paths]
        for minute in range(20):
            await log(mira, NOON - timedelta(hours=5) + timedelta(minutes=2 * minute), seconds=90)
        assert [await mira.statements("GET", path) for path in paths] == one
        assert max(one) <= 10
        assert (await mira.get("/gamification/xp-log?per_page=5"))["pagination"]["total"] == 21
        assert await xp(jonas) == 0

    @pytest.mark.parametrize("query", ["cause=gift", "per_page=0", "per_page=101", "page=x"])
    async def test_bad_input_is_refused(self, students: Students, query: str) -> None:
        mira = await students(NOON)
        await mira.refused("GET", f"/gamification/xp-log?{query}", status=422)


async def test_two_ends_at_once_pay_once(committed: Committed) -> None:
    racer = await committed.person()
    started = await racer.client.post("/api/v1/study-sessions/start")
    session = started.json()["data"]["session"]["id"]
    async with committed.resources.unit_of_work() as uow:
        moved = text(
            "UPDATE study_sessions SET started_at = started_at - interval '10 minutes', "
            "last_heartbeat_at = started_at WHERE user_id = :user"
        )
        await uow.session.execute(moved, {"user": racer.id})
    body = {"was_studying": True}
    ends = [racer.client.post(f"/api/v1/study-sessions/{session}/end", json=body) for _ in range(4)]
    answers = await asyncio.gather(*ends)
    assert [one.status_code for one in answers].count(200) >= 1, [one.text for one in answers]
    found = (await racer.client.get("/api/v1/gamification/xp-log")).json()["data"]["xp_log"]
    assert [row["points"] for row in found] == [10]
    status = (await racer.client.get("/api/v1/gamification/status")).json()["data"]["status"]
    assert status["xp"]["total"] == 10
    assert level_of(10) == status["xp"]["level"]


async def test_two_workers_award_once(committed: Committed) -> None:
    racer = await committed.person()
    quiz = new_id()

    async def work() -> None:
        async with committed.resources.unit_of_work() as uow:
            public.award(uow, racer.id, cause=public.QUIZ, cause_id=quiz, points=50, day=NOON.date())

    await asyncio.gather(*(work() for _ in range(6)))
    async with committed.resources.unit_of_work() as uow:
        assert (await public.xp_of(uow, [racer.id]))[racer.id] == public.Xp(50, 0)
        assert await public.rebuild(uow, racer.id) == []

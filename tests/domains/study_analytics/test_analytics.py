"""Figures over days, weeks, months and groups, each in the person's own days."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.domains.study.student import Student, Students

EVENING = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)  # a Wednesday
PATHS = [
    "/study-sessions/analytics/daily",
    "/study-sessions/analytics/weekly",
    "/study-sessions/analytics/monthly",
    "/study-sessions/analytics/comprehensive",
    "/study-sessions/analytics/by-group",
    "/study-sessions/summary/today",
    "/study-sessions/summary/week",
]


async def log(student: Student, begin: str, minutes: int, **more: Any) -> dict[str, Any]:
    body = {"started_at": begin, "duration_seconds": 60 * minutes, **more}
    logged: dict[str, Any] = await student.post("/study-sessions", body, expect=201)
    return logged


@pytest.fixture
async def mira(students: Students) -> Student:
    """In Berlin: half an hour for a course on Monday, forty minutes over midnight, an hour on Wednesday."""
    made = await students(datetime(2026, 11, 16, 20, 0, tzinfo=UTC), time_zone="Europe/Berlin")
    course = await made.create_course("Algorithms", "CS201")
    await log(made, "2026-11-16T18:00:00Z", 30, course_id=course)
    await made.wait(hours=24)
    await log(made, "2026-11-17T19:00:00Z", 10)
    await made.wait(hours=22)
    await log(made, "2026-11-17T22:40:00Z", 40, course_id=course)  # 23:40 to 00:20
    await log(made, "2026-11-18T16:00:00Z", 60)
    return made


class TestDays:
    async def test_one_day_with_what_it_was_spent_on(self, mira: Student) -> None:
        day = await mira.get("/study-sessions/analytics/daily?date=2026-11-17")
        assert (day["total_minutes"], day["sessions"], day["days_studied"]) == (30, 2, 1)
        assert [(one["name"], one["minutes"], one["percentage"]) for one in day["by_course"]] == [
            ("Algorithms", 20, 67),
            (None, 10, 33),
        ]
        assert [(one["group_id"], one["sessions"]) for one in day["by_group"]] == [(None, 2)]

    async def test_today_is_the_persons_own(self, mira: Student) -> None:
        today = await mira.get("/study-sessions/analytics/daily")
        assert (today["start_date"], today["total_minutes"]) == ("2026-11-18", 80)
        summary = await mira.get("/study-sessions/summary/today")
        assert (summary["today"]["minutes"], summary["yesterday"]["minutes"]) == (80, 30)
        assert summary["difference_seconds"] == 3000

    async def test_seven_days_and_a_month(self, mira: Student) -> None:
        week = await mira.get("/study-sessions/analytics/weekly")
        assert (week["start_date"], week["end_date"], len(week["days"])) == ("2026-11-16", "2026-11-22", 7)
        assert [day["minutes"] for day in week["days"]] == [30, 30, 80, 0, 0, 0, 0]
        assert (week["total_minutes"], week["sessions"], week["consistency_percentage"]) == (140, 4, 100)
        assert week["best_day"]["study_day"] == "2026-11-18"
        rolling = await mira.get("/study-sessions/analytics/weekly?start_date=2026-11-12")
        assert (rolling["end_date"], rolling["total_minutes"]) == ("2026-11-18", 140)
        month = await mira.get("/study-sessions/analytics/monthly")
        assert (len(month["days"]), month["total_minutes"], month["days_studied"]) == (30, 140, 3)
        for query in ("month=2026-11", "month=11&year=2026"):
            assert await mira.get(f"/study-sessions/analytics/monthly?{query}") == month
        assert (await mira.get("/study-sessions/analytics/monthly?month=2024-02"))["end_date"] == "2024-02-29"

    async def test_a_goal_that_was_set_is_counted(self, mira: Student) -> None:
        assert (await mira.get("/study-sessions/analytics/weekly"))["days_goal_reached"] is None
        await mira.post("/onboarding", {"study_preferences": {"daily_goal_minutes": 60}})
        assert (await mira.get("/study-sessions/analytics/weekly"))["days_goal_reached"] == 1
        assert (await mira.get("/study-sessions/summary/today"))["goal_minutes"] == 60

    async def test_the_week_against_the_last_one(self, mira: Student) -> None:
        await mira.wait(hours=24 * 7)
        await log(mira, "2026-11-25T08:00:00Z", 50)
        week = await mira.get("/study-sessions/summary/week")
        assert (week["week"]["total_minutes"], week["last_week_seconds"]) == (50, 140 * 60)
        assert (week["difference_seconds"], week["last_week_days_studied"]) == (-90 * 60, 3)
        assert week["consistency_percentage"] == 33


class TestEverything:
    async def test_averages_extremes_and_habits(self, mira: Student) -> None:
        found = await mira.get("/study-sessions/analytics/comprehensive")
        assert (found["total_seconds"], found["total_sessions"], found["days_studied"]) == (140 * 60, 4, 3)
        assert (found["average_session_seconds"], found["total_hours"]) == (2100, 2.3)
        assert (found["longest_session"]["seconds"], found["shortest_session"]["seconds"]) == (3600, 600)
        assert (found["best_hour"], found["best_weekday"]) == (17, "wednesday")
        assert (found["first_study_day"], found["consistency_percentage"]) == ("2026-11-16", 100)
        assert (found["this_week"]["minutes"], found["this_month"]["minutes"], found["last_week"]["minutes"]) == (
            140, 140, 0,
        )  # fmt: skip
        assert sum(hour["minutes"] for hour in found["by_hour"]) == 140
        assert (len(found["trend"]), found["trend"][-1]) == (12, {"start_date": "2026-11-16", "seconds": 8400})

    async def test_nobody_has_studied_yet(self, students: Students) -> None:
        nova = await students(EVENING)
        found = await nova.get("/study-sessions/analytics/comprehensive")
        assert (found["total_seconds"], found["longest_session"], found["best_hour"]) == (0, None, None)
        assert (await nova.get("/study-sessions/analytics/by-group"))["groups"] == []

    async def test_a_session_taken_back_is_in_no_figure(self, mira: Student) -> None:
        for session in (await mira.get("/study-sessions"))["sessions"]:
            await mira.send("DELETE", f"/study-sessions/{session['id']}")
        found = await mira.get("/study-sessions/analytics/comprehensive")
        assert (found["total_sessions"], found["days_studied"], found["longest_session"]) == (0, 0, None)
        assert (await mira.get("/study-sessions/analytics/weekly"))["total_seconds"] == 0

    async def test_a_clock_change_moves_no_minute(self, students: Students) -> None:
        mira = await students(datetime(2026, 10, 25, 4, 0, tzinfo=UTC), time_zone="Europe/Berlin")
        await log(mira, "2026-10-24T23:00:00Z", 180)  # 01:00 to 03:00 by a clock that shows 02:30 twice
        day = await mira.get("/study-sessions/analytics/daily?date=2026-10-25")
        assert day["total_minutes"] == 180
        hours = (await mira.get("/study-sessions/analytics/comprehensive"))["by_hour"]
        assert sum(hour["minutes"] for hour in hours) == 180


class TestGroups:
    async def test_time_by_group(self, mira: Student) -> None:
        group = (await mira.post("/groups", {"name": "Night owls"}, expect=201))["group"]["id"]
        await log(mira, "2026-11-18T17:00:00Z", 20, group_id=group)
        found = await mira.get("/study-sessions/analytics/by-group")
        assert [(one["name"], one["minutes"], one["sessions"]) for one in found["groups"]] == [
            (None, 140, 4),
            ("Night owls", 20, 1),
        ]
        day = await mira.get("/study-sessions/analytics/by-group?start_date=2026-11-18&end_date=2026-11-18")
        assert [one["minutes"] for one in day["groups"]] == [80, 20]
        assert day["groups"][1]["group_id"] == group


class TestBadInput:
    @pytest.mark.parametrize(
        "query",
        [
            "daily?date=yesterday", "daily?date=0001-01-01", "daily?date=9999-12-31", "weekly?start_date=9999-12-31",
            "monthly?month=13", "monthly?month=2026-00", "monthly?month=5", "monthly?year=2026",
            "monthly?month=0000-05", "monthly?month=9999-12",
            "by-group?start_date=2026-11-18&end_date=2026-11-17", "by-group?start_date=x",
        ],
    )  # fmt: skip
    async def test_days_that_are_none_are_refused(self, students: Students, query: str) -> None:
        nova = await students(EVENING)
        await nova.refused("GET", f"/study-sessions/analytics/{query}", status=422)

    @pytest.mark.parametrize("path", PATHS)
    async def test_it_costs_the_same_with_many_sessions_as_with_one(self, students: Students, path: str) -> None:
        mira = await students(EVENING)
        course = await mira.create_course("Algorithms", "CS201")
        await log(mira, "2026-11-18T06:00:00Z", 5, course_id=course)
        few = await mira.statements("GET", path)
        for hour in range(7, 17):
            await log(mira, f"2026-11-18T{hour:02}:00:00Z", 5, course_id=course if hour % 2 else None)
        assert await mira.statements("GET", path) == few <= 10

    @pytest.mark.parametrize("path", PATHS)
    async def test_without_a_token_nothing(self, client: Any, path: str) -> None:
        assert (await client.get(f"/api/v1{path}")).status_code == 401

"""What cannot be: each has a clear answer, loses nothing and counts nothing twice."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.domains.study.student import Student, Students

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


async def counted(student: Student) -> tuple[int, int]:
    """Seconds and number of all sessions."""
    found = await student.get("/study-sessions/analytics/comprehensive")
    return found["total_seconds"], found["total_sessions"]


@pytest.fixture
async def mira(students: Students) -> Student:
    return await students(NOON, time_zone="Europe/Berlin")


class TestLengths:
    @pytest.mark.parametrize(
        ("body", "word"),
        [
            ({"started_at": "2026-11-18T11:00:01Z", "ended_at": "2026-11-18T11:00:00Z"}, "before it starts"),
            ({"started_at": "2026-11-18T11:00:00Z", "duration_seconds": -1}, "greater than or equal to 1"),
            ({"started_at": "2026-11-18T11:00:00Z", "ended_at": "2026-11-18T11:00:00Z"}, "at least one second"),
            ({"started_at": "2026-11-17T10:00:00Z", "ended_at": "2026-11-18T11:00:00Z"}, "at most 24 hours"),
            ({"started_at": "2026-11-17T10:00:00Z", "duration_seconds": 25 * 3600}, "86400"),
            ({"started_at": "2026-11-18T11:30:00Z", "ended_at": "2026-11-18T12:30:00Z"}, "in the future"),
            ({"started_at": "2026-11-19T11:30:00Z", "duration_seconds": 60}, "in the future"),
        ],
    )
    async def test_minus_a_second_25_hours_and_the_future_are_refused_with_the_reason(
        self, mira: Student, body: dict[str, Any], word: str
    ) -> None:
        refused = await mira.refused("POST", "/study-sessions", body, status=422)
        assert refused["error_code"] == "VALIDATION_ERROR"
        assert word in str(refused["errors"])
        assert await counted(mira) == (0, 0)

    async def test_an_edit_cannot_make_what_could_not_be_entered(self, mira: Student) -> None:
        body = {"started_at": "2026-11-18T10:00:00Z", "duration_seconds": 600}
        session = (await mira.post("/study-sessions", body, expect=201))["session"]["id"]
        for change in (
            {"ended_at": "2026-11-18T09:59:59Z"}, {"started_at": "2026-11-17T09:00:00Z"},
            {"ended_at": "2026-11-18T13:00:00Z"},
        ):  # fmt: skip
            await mira.refused("PATCH", f"/study-sessions/{session}", change, status=422)
        assert await counted(mira) == (600, 1)


class TestDays:
    @pytest.mark.parametrize(
        ("now", "begin", "end", "by_day"),
        [
            # Spring forward: 23:30 to 04:30 on the wall is four hours.
            ("2026-03-29T06:00", "2026-03-28T22:30", "2026-03-29T02:30", [("2026-03-28", 1800), ("2026-03-29", 12600)]),
            # Back: 23:30 to 04:30 on the wall is six hours.
            ("2026-10-25T06:00", "2026-10-24T21:30", "2026-10-25T03:30", [("2026-10-24", 1800), ("2026-10-25", 19800)]),
        ],
    )
    async def test_across_a_clock_change_what_passed_counts(
        self, students: Students, now: str, begin: str, end: str, by_day: list[tuple[str, int]]
    ) -> None:
        mira = await students(datetime.fromisoformat(now).replace(tzinfo=UTC), time_zone="Europe/Berlin")
        logged = await mira.post("/study-sessions", {"started_at": f"{begin}Z", "ended_at": f"{end}Z"}, expect=201)
        assert [(one["study_day"], one["seconds"]) for one in logged["seconds_by_day"]] == by_day
        assert logged["session"]["duration_seconds"] == sum(seconds for _, seconds in by_day)

    async def test_across_midnight_each_day_has_its_part(self, students: Students) -> None:
        mira = await students(datetime(2026, 11, 18, 1, 0, tzinfo=UTC), time_zone="Europe/Berlin")
        body = {"started_at": "2026-11-17T22:15:00Z", "ended_at": "2026-11-17T23:45:00Z"}  # 23:15 to 00:45
        logged = await mira.post("/study-sessions", body, expect=201)
        parts = [(one["study_day"], one["seconds"]) for one in logged["seconds_by_day"]]
        assert parts == [("2026-11-17", 2700), ("2026-11-18", 2700)]
        assert logged["effects"]["streak"]["current_streak"] == 2
        days = (await mira.get("/study-sessions/analytics/weekly?start_date=2026-11-16"))["days"]
        assert [day["seconds"] for day in days[:4]] == [0, 2700, 2700, 0]
        assert await counted(mira) == (5400, 1)

    async def test_a_zone_changed_at_midnight_while_the_timer_runs(self, students: Students) -> None:
        mira = await students(datetime(2026, 11, 18, 22, 50, tzinfo=UTC), time_zone="Europe/Berlin")  # 23:50
        await mira.post("/study-sessions/start", expect=201)
        await mira.wait(minutes=10)  # midnight there
        await mira.post("/study-sessions/current/heartbeat")
        await mira.move_to("America/New_York")  # 18:00 of the 18th
        await mira.wait(minutes=10)
        ended = await mira.post("/study-sessions/current/end")
        # It keeps the calendar that it was begun under.
        parts = [(one["study_day"], one["seconds"]) for one in ended["seconds_by_day"]]
        assert parts == [("2026-11-18", 600), ("2026-11-19", 600)]
        assert await counted(mira) == (1200, 1)
        again = await mira.study(minutes=5)
        assert again["study_day"] == "2026-11-18"
        assert (await mira.get("/streaks/me"))["streak"]["current_streak"] == 2


class TestWords:
    @pytest.mark.parametrize(
        "body",
        [
            {"started_at": "yesterday", "duration_seconds": 60}, {"started_at": None, "duration_seconds": 60},
            {"started_at": "2026-11-18T11:00:00Z"}, {"started_at": "0001-01-01T00:00:00+14:00", "duration_seconds": 60},
            {"started_at": "2026-11-18T11:00:00Z", "duration_seconds": 60, "notes": "x" * 5_001},
            {"started_at": "2026-11-18T11:00:00Z", "duration_seconds": 60, "group_id": "x"},
            {"started_at": "2026-11-18T11:00:00Z", "duration_seconds": 60, "user_id": "x"},
            {"started_at": "2026-11-18T11:00:00Z", "duration_seconds": 1e400},
        ],
    )  # fmt: skip
    async def test_nonsense_is_refused_and_changes_nothing(self, mira: Student, body: dict[str, Any]) -> None:
        answer = await mira.person.client.post(
            "/api/v1/study-sessions", content=json.dumps(body), headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in (400, 422), answer.text
        assert await counted(mira) == (0, 0)

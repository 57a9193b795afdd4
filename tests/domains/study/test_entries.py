"""Sessions entered afterwards, changed and taken back: everything that counts follows."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.domains.study.student import Students

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def entry(begin: str, end: str, **more: Any) -> dict[str, Any]:
    return {"started_at": begin, "ended_at": end, **more}


class TestLogging:
    async def test_an_hour_of_this_morning(self, students: Students) -> None:
        mira = await students(NOON)
        body = entry("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z", notes="Chapter 3", duration_seconds=3600)
        logged = await mira.post("/study-sessions", body, expect=201)
        assert logged["session"]["source"] == "manual"
        assert logged["session"]["duration_seconds"] == 3600
        assert logged["effects"]["totals"] == {"total_seconds": 3600, "session_count": 1}
        assert logged["effects"]["streak"]["current_streak"] == 1

    async def test_the_example_of_a_client_that_writes_other_names(self, students: Students) -> None:
        mira = await students(NOON)
        body = entry(
            "2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z",
            duration_seconds=3600, session_date="2026-11-18", session_notes="Read",
        )  # fmt: skip
        assert (await mira.post("/study-sessions", body, expect=201))["session"]["notes"] == "Read"

    async def test_times_without_a_zone_are_the_persons_own(self, students: Students) -> None:
        mira = await students(NOON, time_zone="Europe/Berlin")
        body = entry("2026-11-18 08:00:00", "2026-11-18 09:00:00")
        assert (await mira.post("/study-sessions", body, expect=201))["session"]["started_at"] == "2026-11-18T07:00:00Z"

    async def test_yesterdays_evening_mends_the_streak(self, students: Students) -> None:
        mira = await students(NOON)
        await mira.post("/study-sessions", entry("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z"), expect=201)
        logged = await mira.post("/study-sessions", entry("2026-11-17T20:00:00Z", "2026-11-17T21:00:00Z"), expect=201)
        assert logged["effects"]["streak"]["current_streak"] == 2

    async def test_a_timer_kept_offline_counts_up_to_seven_days(self, students: Students) -> None:
        mira = await students(NOON)
        old = entry("2026-11-12T18:00:00Z", "2026-11-12T19:00:00Z")
        await mira.refused("POST", "/study-sessions", old, status=422)
        pauses = [{"started_at": "2026-11-12T18:10:00Z", "ended_at": "2026-11-12T18:20:00Z"}]
        logged = await mira.post("/study-sessions", {**old, "source": "timer", "pauses": pauses}, expect=201)
        assert (logged["session"]["duration_seconds"], logged["session"]["paused_seconds"]) == (3000, 600)

    async def test_a_repeated_request_counts_once(self, students: Students) -> None:
        mira = await students(NOON)
        body = entry("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z")
        first = await mira.post("/study-sessions", body, expect=201, key="one-and-the-same")
        again = await mira.post("/study-sessions", body, expect=201, key="one-and-the-same")
        assert first == again
        assert (await mira.get("/study-sessions"))["pagination"]["total"] == 1

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            (entry("2026-11-18T09:00:01Z", "2026-11-18T09:00:00Z"), "ended_at"),
            (entry("2026-11-18T09:00:00Z", "2026-11-18T09:00:00Z"), "ended_at"),
            (entry("2026-11-17T08:00:00Z", "2026-11-18T09:00:00Z"), "ended_at"),
            (entry("2026-11-18T11:30:00Z", "2026-11-18T13:00:00Z"), "ended_at"),
            (entry("2026-11-16T21:00:00Z", "2026-11-16T23:00:00Z"), "ended_at"),
            (entry("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z", duration_seconds=60), "duration_seconds"),
            (entry("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z", duration_seconds=-1), "duration_seconds"),
            (entry("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z", duration_seconds=90_000), "duration_seconds"),
            (entry("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z", source="plan"), "source"),
            (entry("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z", notes="x" * 5001), "notes"),
            (entry("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z", colour="red"), "colour"),
            ({"started_at": "2026-11-18T08:00:00Z"}, "ended_at"),
            ({"started_at": "yesterday"}, "started_at"),
        ],
    )
    async def test_the_impossible_is_refused_with_its_reason(
        self, students: Students, body: dict[str, Any], field: str
    ) -> None:
        mira = await students(NOON)
        refused = await mira.refused("POST", "/study-sessions", body, status=422)
        assert field in refused["errors"], refused
        assert (await mira.get("/study-sessions"))["pagination"]["total"] == 0

    async def test_the_years_at_the_edge_of_the_calendar_are_refused(self, students: Students) -> None:
        mira = await students(NOON, time_zone="Asia/Tokyo")
        await mira.refused("POST", "/study-sessions", entry("0001-01-01T00:00:00", "0001-01-01T01:00:00"), status=422)
        await mira.refused("POST", "/study-sessions", entry("9999-12-31T23:00:00", "9999-12-31T23:59:59"), status=422)
        last = {"started_at": "9999-12-31T23:59:59Z", "duration_seconds": 86_400}
        await mira.refused("POST", "/study-sessions", last, status=422)
        whole = [{"started_at": "0001-01-01T00:00:00Z", "ended_at": "9999-12-31T23:59:59Z"}]
        await mira.refused("POST", "/study-sessions", {**last, "pauses": whole}, status=422)

    async def test_a_client_a_minute_ahead_is_forgiven_and_an_hour_ahead_told(self, students: Students) -> None:
        mira = await students(NOON)
        ahead = await mira.post("/study-sessions", entry("2026-11-18T11:00:00Z", "2026-11-18T12:00:30Z"), expect=201)
        assert ahead["session"]["ended_at"] == "2026-11-18T12:00:00Z"
        refused = await mira.refused(
            "POST", "/study-sessions", entry("2026-11-18T12:10:00Z", "2026-11-18T13:00:00Z"), status=422
        )
        assert "2026-11-18T12:00:00Z" in refused["message"]

    async def test_across_the_clock_change_the_seconds_count(self, students: Students) -> None:
        mira = await students(datetime(2026, 10, 25, 8, 0, tzinfo=UTC), time_zone="Europe/Berlin")
        logged = await mira.post("/study-sessions", entry("2026-10-24 23:00:00", "2026-10-25 04:00:00"), expect=201)
        assert logged["session"]["duration_seconds"] == 6 * 3600  # 02:00 to 03:00 came twice
        assert [day["seconds"] for day in logged["seconds_by_day"]] == [3600, 5 * 3600]


class TestOverlaps:
    async def test_every_kind_of_overlap_is_refused_and_neighbours_are_fine(self, students: Students) -> None:
        mira = await students(NOON)
        await mira.post("/study-sessions", entry("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z"), expect=201)
        for begin, end in [("08:15", "08:45"), ("07:30", "08:00:01"), ("08:59:59", "10:00"), ("07:00", "10:00")]:
            body = entry(f"2026-11-18T{begin}Z", f"2026-11-18T{end}Z")
            refused = await mira.refused("POST", "/study-sessions", body, status=409)
            assert refused["error_code"] == "SESSION_OVERLAPS"
            assert "from 2026-11-18T08:00:00Z to 2026-11-18T09:00:00Z" in refused["message"]
        await mira.post("/study-sessions", entry("2026-11-18T07:00:00Z", "2026-11-18T08:00:00Z"), expect=201)
        await mira.post("/study-sessions", entry("2026-11-18T09:00:00Z", "2026-11-18T10:00:00Z"), expect=201)

    async def test_a_running_timer_is_taken_time(self, students: Students) -> None:
        mira = await students(NOON)
        await mira.post("/study-sessions/start", expect=201)
        await mira.wait(minutes=10)
        body = entry("2026-11-18T11:30:00Z", "2026-11-18T12:05:00Z")
        refused = await mira.refused("POST", "/study-sessions", body, status=409)
        assert "the running timer" in refused["message"]
        await mira.post("/study-sessions", entry("2026-11-18T11:30:00Z", "2026-11-18T12:00:00Z"), expect=201)

    async def test_other_peoples_time_is_their_own(self, students: Students) -> None:
        mira, jonas = await students(NOON), await students(NOON)
        body = entry("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z")
        await mira.post("/study-sessions", body, expect=201)
        await jonas.post("/study-sessions", body, expect=201)


class TestChanging:
    async def test_notes_and_times_and_what_follows(self, students: Students) -> None:
        mira = await students(NOON)
        logged = await mira.post("/study-sessions", entry("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z"), expect=201)
        path = f"/study-sessions/{logged['session']['id']}"
        changed = await mira.send("PATCH", path, {"session_notes": "Corrected"})
        assert changed["session"]["notes"] == "Corrected"
        assert changed["session"]["duration_seconds"] == 3600
        changed = await mira.send("PATCH", path, {"started_at": "2026-11-17T23:30:00Z"})
        assert changed["session"]["study_day"] == "2026-11-17"
        assert changed["effects"]["streak"]["current_streak"] == 2
        assert changed["effects"]["totals"]["total_seconds"] == int(9.5 * 3600)
        assert (await mira.send("PATCH", path, {"notes": None}))["session"]["notes"] is None

    async def test_shorter_is_possible_at_any_time_and_longer_is_not(self, students: Students) -> None:
        mira = await students(NOON)
        session = await mira.study(minutes=10)
        await mira.wait(hours=24 * 10)
        path = f"/study-sessions/{session['id']}"
        await mira.refused("PATCH", path, {"ended_at": "2026-11-18T13:00:00Z"}, status=422)
        changed = await mira.send("PATCH", path, {"ended_at": "2026-11-18T12:05:00Z"})
        assert changed["session"]["duration_seconds"] == 300

    async def test_it_may_not_move_onto_another(self, students: Students) -> None:
        mira = await students(NOON)
        await mira.post("/study-sessions", entry("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z"), expect=201)
        later = await mira.post("/study-sessions", entry("2026-11-18T09:00:00Z", "2026-11-18T10:00:00Z"), expect=201)
        path = f"/study-sessions/{later['session']['id']}"
        await mira.refused("PATCH", path, {"started_at": "2026-11-18T08:59:00Z"}, status=409)
        await mira.refused("PATCH", path, {"ended_at": "2026-11-18T09:00:00Z"}, status=422)
        assert (await mira.get(path))["session"]["duration_seconds"] == 3600

    async def test_a_running_timers_times_stay(self, students: Students) -> None:
        mira = await students(NOON)
        session = (await mira.post("/study-sessions/start", expect=201))["session"]
        path = f"/study-sessions/{session['id']}"
        await mira.refused("PATCH", path, {"started_at": "2026-11-18T11:00:00Z"}, status=409)
        assert (await mira.send("PATCH", path, {"notes": "Live"}))["session"]["notes"] == "Live"

    async def test_a_course_must_be_mine(self, students: Students) -> None:
        mira, jonas = await students(NOON), await students(NOON)
        course = await mira.create_course("Algorithms", "CS201")
        body = {"course_id": course}
        session = (await mira.post("/study-sessions/start", body, expect=201))["session"]
        assert session["course_id"] == course
        await jonas.refused("POST", "/study-sessions/start", body, status=404)
        assert (await jonas.get("/study-sessions/current"))["session"] is None
        cleared = await mira.send("PATCH", f"/study-sessions/{session['id']}", {"course_id": None})
        assert cleared["session"]["course_id"] is None


class TestDeleting:
    async def test_totals_and_streak_follow(self, students: Students) -> None:
        mira = await students(NOON)
        await mira.study(minutes=10)
        await mira.wait(hours=24)
        session = await mira.study(minutes=20)
        gone = await mira.send("DELETE", f"/study-sessions/{session['id']}")
        assert gone["effects"]["totals"] == {"total_seconds": 600, "session_count": 1}
        streak = gone["effects"]["streak"]
        assert (streak["current_streak"], streak["longest_streak"], streak["last_active_date"]) == (1, 1, "2026-11-18")
        await mira.refused("GET", f"/study-sessions/{session['id']}", status=404)
        await mira.refused("DELETE", f"/study-sessions/{session['id']}", status=404)

    async def test_a_running_timer_can_be_thrown_away(self, students: Students) -> None:
        mira = await students(NOON)
        session = (await mira.post("/study-sessions/start", expect=201))["session"]
        await mira.send("DELETE", f"/study-sessions/{session['id']}")
        assert (await mira.get("/study-sessions/current"))["session"] is None
        await mira.post("/study-sessions/start", expect=201)


class TestList:
    async def test_filters_order_and_pages(self, students: Students) -> None:
        mira = await students(NOON)
        course = await mira.create_course("Algorithms", "CS201")
        for hour in range(5):
            more = {"course_id": course} if hour == 2 else {}
            body = entry(f"2026-11-18T0{hour}:00:00Z", f"2026-11-18T0{hour}:{10 + hour}:00Z", **more)
            await mira.post("/study-sessions", body, expect=201)
        await mira.post("/study-sessions", entry("2026-11-17T20:00:00Z", "2026-11-17T21:00:00Z"), expect=201)

        first = await mira.get("/study-sessions?per_page=4")
        assert first["pagination"] == {"total": 6, "per_page": 4, "current_page": 1, "last_page": 2}
        starts = [session["started_at"] for session in first["sessions"]]
        assert starts == sorted(starts, reverse=True)
        rest = await mira.get("/study-sessions?skip=4&limit=4")
        assert len(rest["sessions"]) == 2
        assert not {session["id"] for session in rest["sessions"]} & {session["id"] for session in first["sessions"]}

        async def total(query: str) -> int:
            return int((await mira.get(f"/study-sessions?{query}"))["pagination"]["total"])

        assert await total(f"course_id={course}") == 1
        assert await total("date=2026-11-17") == 1
        assert await total("start_date=2026-11-18") == 5
        assert await total("end_date=2026-11-17") == 1
        assert await total("source=timer") == 0
        longest = await mira.get("/study-sessions?sort=-duration_seconds&per_page=1")
        assert longest["sessions"][0]["duration_seconds"] == 3600
        await mira.refused("GET", "/study-sessions?sort=notes", status=422)

    async def test_one_row_or_many_cost_the_same(self, students: Students) -> None:
        mira = await students(NOON)
        await mira.post("/study-sessions", entry("2026-11-18T00:00:00Z", "2026-11-18T00:10:00Z"), expect=201)
        one = await mira.statements("GET", "/study-sessions")
        for minute in range(1, 20):
            body = entry(f"2026-11-18T01:{minute:02}:00Z", f"2026-11-18T01:{minute:02}:30Z")
            await mira.post("/study-sessions", body, expect=201)
        assert await mira.statements("GET", "/study-sessions") == one <= 10

    async def test_ending_costs_at_most_ten_statements(self, students: Students) -> None:
        mira = await students(NOON)
        await mira.study(minutes=10)  # the first of all, once in a life, begins a streak and is told besides
        await mira.post("/study-sessions/start", expect=201)
        await mira.wait(minutes=10)
        # Two are the savepoint of each request in tests.
        assert await mira.statements("POST", "/study-sessions/current/end") <= 10 + 2

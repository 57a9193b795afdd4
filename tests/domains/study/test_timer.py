"""The timer over HTTP: one per person, honest after a silence, counted on the person's own days."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.domains.study.student import Student, Students

EVENING = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)  # a Wednesday


class TestAnEvening:
    async def test_start_stop_and_everything_follows(self, students: Students) -> None:
        mira = await students(EVENING)
        started = await mira.post("/study-sessions/start", {"notes": "Graphs"}, expect=201)
        assert started["session"]["status"] == "running"
        assert started["session"]["study_day"] == "2026-11-18"

        await mira.wait(minutes=10, beating=True)
        current = (await mira.get("/study-sessions/current"))["session"]
        assert (current["duration_seconds"], current["needs_answer"]) == (600, False)

        await mira.wait(minutes=5)
        ended = await mira.post("/study-sessions/current/end", expect=200)
        assert ended["session"]["status"] == "ended"
        assert ended["session"]["duration_seconds"] == 900
        assert ended["session"]["duration_minutes"] == 15
        assert ended["session"]["started_at"] == "2026-11-18T18:00:00Z"
        assert ended["session"]["ended_at"] == "2026-11-18T18:15:00Z"
        assert ended["seconds_by_day"] == [{"study_day": "2026-11-18", "seconds": 900}]
        assert ended["effects"]["totals"] == {"total_seconds": 900, "session_count": 1}
        assert ended["effects"]["streak"]["current_streak"] == 1

        assert (await mira.get("/study-sessions/current"))["session"] is None
        streak = (await mira.get("/streaks/me"))["streak"]
        assert (streak["current_streak"], streak["active_today"]) == (1, True)
        assert streak["last_active_date"] == streak["streak_start_date"] == "2026-11-18"
        today = await mira.get("/study-sessions/summary/today")
        assert today["today"] == {"study_day": "2026-11-18", "seconds": 900, "minutes": 15, "sessions": 1}
        assert (today["yesterday"]["seconds"], today["difference_seconds"], today["running_seconds"]) == (0, 900, 0)

    async def test_the_first_session_and_a_milestone_are_told_once(self, students: Students) -> None:
        mira = await students(EVENING)
        for _ in range(4):
            await mira.study(minutes=10)
            await mira.wait(hours=23, minutes=50)
        told = [title for title in await mira.notification_titles() if title != "The first hour"]
        assert told == ["3 days in a row", "Your first study session"]

    async def test_a_running_timer_shows_in_the_day(self, students: Students) -> None:
        mira = await students(EVENING)
        await mira.post("/study-sessions/start", expect=201)
        await mira.wait(minutes=7)
        today = await mira.get("/study-sessions/summary/today")
        assert (today["running_seconds"], today["today"]["seconds"]) == (420, 0)


class TestOnePerPerson:
    async def test_a_second_start_is_refused_with_the_reason(self, students: Students) -> None:
        mira = await students(EVENING)
        await mira.post("/study-sessions/start", expect=201)
        refused = await mira.refused("POST", "/study-sessions/start", status=409)
        assert refused["error_code"] == "SESSION_RUNNING"

    async def test_two_people_run_at_once(self, students: Students) -> None:
        mira, jonas = await students(EVENING), await students(EVENING)
        await mira.post("/study-sessions/start", expect=201)
        await jonas.post("/study-sessions/start", expect=201)

    async def test_the_database_itself_refuses_a_second_one(self, students: Students) -> None:
        mira = await students(EVENING)
        await mira.post("/study-sessions/start", expect=201)
        again = text(
            "INSERT INTO study_sessions (id, user_id, source, time_zone, day_start_hour, study_day, started_at)"
            " SELECT gen_random_uuid(), user_id, source, time_zone, day_start_hour, study_day, started_at"
            " FROM study_sessions WHERE user_id = :user"
        )
        with pytest.raises(IntegrityError, match="uq_study_sessions_one_running"):
            await mira.execute(again)

    async def test_a_second_end_is_refused(self, students: Students) -> None:
        mira = await students(EVENING)
        session = await mira.study(minutes=10)
        refused = await mira.refused("POST", f"/study-sessions/{session['id']}/end", status=409)
        assert refused["error_code"] == "SESSION_ENDED"
        refused = await mira.refused("POST", "/study-sessions/current/end", status=404)
        assert refused["error_code"] == "NO_RUNNING_SESSION"

    async def test_somebody_elses_is_not_there(self, students: Students) -> None:
        mira, jonas = await students(EVENING), await students(EVENING)
        session = (await mira.post("/study-sessions/start", expect=201))["session"]
        for method, path in [
            ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/end"), ("POST", "/pause"), ("POST", "/resume")
        ]:  # fmt: skip
            refused = await jonas.refused(method, f"/study-sessions/{session['id']}{path}", {}, status=404)
            assert refused["error_code"] == "SESSION_NOT_FOUND"

    async def test_ended_at_once_nothing_is_kept(self, students: Students) -> None:
        mira = await students(EVENING)
        await mira.post("/study-sessions/start", expect=201)
        ended = await mira.post("/study-sessions/current/end", expect=200)
        assert ended["session"] is None
        assert (await mira.get("/study-sessions"))["pagination"]["total"] == 0
        await mira.post("/study-sessions/start", expect=201)


class TestPauses:
    async def test_a_pause_does_not_count(self, students: Students) -> None:
        mira = await students(EVENING)
        await mira.post("/study-sessions/start", expect=201)
        await mira.wait(minutes=10)
        paused = (await mira.post("/study-sessions/current/pause"))["session"]
        assert (paused["status"], paused["duration_seconds"]) == ("paused", 600)
        await mira.wait(hours=2)
        assert (await mira.post("/study-sessions/current/pause"))["session"]["duration_seconds"] == 600
        assert (await mira.post("/study-sessions/current/resume"))["session"]["status"] == "running"
        await mira.wait(minutes=5)
        ended = (await mira.post("/study-sessions/current/end"))["session"]
        assert (ended["duration_seconds"], ended["paused_seconds"]) == (900, 7200)

    async def test_a_paused_timer_ends_at_its_pause(self, students: Students) -> None:
        mira = await students(EVENING)
        await mira.post("/study-sessions/start", expect=201)
        await mira.wait(minutes=10)
        await mira.post("/study-sessions/current/pause")
        await mira.wait(hours=1)
        ended = (await mira.post("/study-sessions/current/end"))["session"]
        assert (ended["ended_at"], ended["duration_seconds"]) == ("2026-11-18T18:10:00Z", 600)

    async def test_what_was_done_in_a_pause_may_be_entered(self, students: Students) -> None:
        mira = await students(EVENING)
        await mira.post("/study-sessions/start", expect=201)
        await mira.wait(minutes=10)
        await mira.post("/study-sessions/current/pause")
        await mira.wait(hours=1)
        reading = {"started_at": "2026-11-18T18:20:00Z", "duration_seconds": 1200}
        await mira.post("/study-sessions", reading, expect=201)
        await mira.post("/study-sessions/current/resume")
        await mira.wait(minutes=10)
        ended = await mira.post("/study-sessions/current/end")
        assert ended["session"]["duration_seconds"] == 1200
        assert ended["effects"]["totals"]["total_seconds"] == 2400


class TestSilence:
    @pytest.fixture
    async def silent(self, students: Students) -> Student:
        mira = await students(EVENING)
        await mira.post("/study-sessions/start", expect=201)
        await mira.wait(minutes=5, beating=True)
        await mira.wait(minutes=40)
        return mira

    async def test_it_asks_and_counts_to_the_last_heartbeat_until_answered(self, silent: Student) -> None:
        beat = (await silent.post("/study-sessions/current/heartbeat"))["session"]
        assert (beat["needs_answer"], beat["duration_seconds"]) == (True, 300)
        ended = (await silent.post("/study-sessions/current/end"))["session"]
        assert (ended["duration_seconds"], ended["ended_at"]) == (300, "2026-11-18T18:05:00Z")

    async def test_yes_counts_the_silence(self, silent: Student) -> None:
        beat = (await silent.post("/study-sessions/current/heartbeat", {"was_studying": True}))["session"]
        assert (beat["needs_answer"], beat["duration_seconds"]) == (False, 45 * 60)

    async def test_no_makes_it_a_pause(self, silent: Student) -> None:
        await silent.post("/study-sessions/current/heartbeat", {"was_studying": False})
        await silent.wait(minutes=5)
        ended = (await silent.post("/study-sessions/current/end"))["session"]
        assert (ended["duration_seconds"], ended["paused_seconds"]) == (600, 2400)

    async def test_yes_at_the_end_counts_it_too(self, silent: Student) -> None:
        ended = (await silent.post("/study-sessions/current/end", {"was_studying": True}))["session"]
        assert ended["duration_seconds"] == 45 * 60

    async def test_a_silence_filled_by_hand_is_not_counted_twice(self, silent: Student) -> None:
        entry = {"started_at": "2026-11-18T18:10:00Z", "ended_at": "2026-11-18T18:30:00Z"}
        await silent.post("/study-sessions", entry, expect=201)
        refused = await silent.refused("POST", "/study-sessions/current/heartbeat", {"was_studying": True}, status=409)
        assert refused["error_code"] == "SESSION_OVERLAPS"
        assert "2026-11-18T18:10:00Z" in refused["message"]


class TestDays:
    async def test_a_night_counts_on_both_its_days(self, students: Students) -> None:
        mira = await students(datetime(2026, 11, 18, 22, 30, tzinfo=UTC), time_zone="Europe/Berlin")  # 23:30 there
        await mira.post("/study-sessions/start", expect=201)
        for _ in range(6):
            await mira.wait(minutes=10, beating=True)
        ended = await mira.post("/study-sessions/current/end")
        assert ended["seconds_by_day"] == [
            {"study_day": "2026-11-18", "seconds": 1800},
            {"study_day": "2026-11-19", "seconds": 1800},
        ]
        assert ended["effects"]["streak"]["current_streak"] == 2
        today = await mira.get("/study-sessions/summary/today")
        assert (today["today"]["seconds"], today["yesterday"]["seconds"]) == (1800, 1800)

    async def test_the_day_may_begin_later(self, students: Students) -> None:
        mira = await students(datetime(2026, 11, 18, 22, 30, tzinfo=UTC), time_zone="Europe/Berlin", day_start_hour=4)
        await mira.post("/study-sessions/start", expect=201)
        for _ in range(6):
            await mira.wait(minutes=10, beating=True)
        ended = await mira.post("/study-sessions/current/end")
        assert ended["seconds_by_day"] == [{"study_day": "2026-11-18", "seconds": 3600}]

    async def test_a_new_zone_does_not_rewrite_the_past(self, students: Students) -> None:
        mira = await students(datetime(2026, 11, 18, 22, 30, tzinfo=UTC), time_zone="Europe/Berlin")
        session = await mira.study(minutes=10)
        await mira.move_to("Asia/Tokyo")
        assert (await mira.get(f"/study-sessions/{session['id']}"))["session"]["study_day"] == "2026-11-18"
        shorter = {"ended_at": "2026-11-18T22:35:00Z"}
        changed = await mira.send("PATCH", f"/study-sessions/{session['id']}", shorter)
        assert changed["session"]["study_day"] == "2026-11-18"
        assert changed["session"]["duration_seconds"] == 300

    async def test_a_missed_day_ends_the_streak_and_the_longest_stays(self, students: Students) -> None:
        mira = await students(EVENING)
        for _ in range(2):
            await mira.study(minutes=10)
            await mira.wait(hours=24)
        await mira.wait(hours=24)
        streak = (await mira.get("/streaks/me"))["streak"]
        assert (streak["current_streak"], streak["longest_streak"], streak["active_today"]) == (0, 2, False)

    async def test_a_timer_forgotten_for_days_counts_to_its_last_heartbeat(self, students: Students) -> None:
        mira = await students(EVENING)
        await mira.post("/study-sessions/start", expect=201)
        await mira.wait(minutes=12, beating=True)
        await mira.wait(hours=75)
        ended = (await mira.post("/study-sessions/current/end"))["session"]
        assert ended["duration_seconds"] == 720

    async def test_no_timer_counts_more_than_a_day(self, students: Students) -> None:
        mira = await students(EVENING)
        await mira.post("/study-sessions/start", expect=201)
        await mira.wait(hours=30)
        ended = (await mira.post("/study-sessions/current/end", {"was_studying": True}))["session"]
        assert ended["duration_seconds"] == 24 * 3600
        assert datetime.fromisoformat(ended["ended_at"]) == EVENING + timedelta(hours=24)


class TestOtherPeoplesStreaks:
    async def test_a_public_one_is_shown(self, students: Students) -> None:
        mira, jonas = await students(EVENING), await students(EVENING)
        await mira.study(minutes=10)
        assert (await jonas.get(f"/streaks/{mira.id}"))["streak"]["current_streak"] == 1

    async def test_private_unknown_and_malformed(self, students: Students) -> None:
        mira, jonas = await students(EVENING), await students(EVENING)
        await mira.hide()
        await jonas.refused("GET", f"/streaks/{mira.id}", status=404)
        await jonas.refused("GET", "/streaks/01890000-0000-7000-8000-000000000000", status=404)
        await jonas.refused("GET", "/streaks/nobody", status=422)

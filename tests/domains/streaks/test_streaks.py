"""Streaks through the API: what keeps them, what ends them, and who may see them."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from studyhall.domains.streaks import privacy
from studyhall.platform.resources import Resources
from tests.domains.study.student import Student, Students

EVENING = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)  # a Wednesday
UNKNOWN = "01890000-0000-7000-8000-000000000000"


async def study_days(student: Student, days: int) -> None:
    """Ten minutes on each of so many days, beginning today; then it is the day after the last."""
    for _ in range(days):
        await student.study(minutes=10)
        await student.wait(hours=23, minutes=50)


async def current(student: Student) -> dict[str, Any]:
    streak: dict[str, Any] = (await student.get("/streaks/me"))["streak"]
    return streak


class TestFreezes:
    async def test_a_missed_day_is_bridged_and_told(self, students: Students) -> None:
        mira = await students(EVENING)
        await study_days(mira, 7)
        assert (await current(mira))["freezes_held"] == 1
        await mira.wait(hours=24)  # the 25th is missed
        seen = await current(mira)
        assert (seen["current_streak"], seen["freezes_held"], seen["active_today"]) == (7, 0, False)
        shown = {day["date"]: day for day in (await mira.get("/streaks/calendar/me"))["days"]}
        assert (shown["2026-11-25"]["status"], shown["2026-11-25"]["in_streak"]) == ("frozen", True)
        await mira.study(minutes=10)
        assert (await current(mira))["current_streak"] == 8
        shown = {day["date"]: day for day in (await mira.get("/streaks/calendar/me"))["days"]}
        assert [shown[f"2026-11-{n}"]["status"] for n in (24, 25, 26, 27)] == ["studied", "frozen", "studied", "open"]

    async def test_back_fill_gives_the_freeze_back(self, students: Students) -> None:
        mira = await students(EVENING)
        await study_days(mira, 7)
        await mira.wait(hours=24)
        await mira.study(minutes=10)
        assert (await current(mira))["freezes_held"] == 0
        late = {"started_at": "2026-11-25T18:00:00Z", "duration_seconds": 600}
        logged = await mira.post("/study-sessions", late, expect=201)
        assert logged["effects"]["streak"]["current_streak"] == 9
        assert logged["effects"]["streak"]["freezes_held"] == 1

    async def test_back_fill_saves_a_streak_that_seemed_lost(self, students: Students) -> None:
        mira = await students(EVENING)
        await study_days(mira, 3)
        await mira.wait(hours=24)
        assert (await current(mira))["current_streak"] == 0
        late = {"started_at": "2026-11-21T18:00:00Z", "duration_seconds": 600}
        logged = await mira.post("/study-sessions", late, expect=201)
        assert logged["effects"]["streak"]["current_streak"] == 4


class TestHolidays:
    async def test_days_off_do_not_break_it(self, students: Students) -> None:
        mira = await students(EVENING)
        await study_days(mira, 2)
        planned = await mira.send("PUT", "/streaks/me/holidays", {"holidays": ["2026-11-21", "2026-11-20"]})
        assert planned["holidays"] == ["2026-11-20", "2026-11-21"]
        await mira.wait(hours=48)
        assert (await current(mira))["current_streak"] == 2
        assert (await mira.get("/dashboard"))["streak"] == await mira.get("/dashboard/study-streak")
        assert (await mira.get("/dashboard"))["streak"]["current_streak"] == 2
        await mira.study(minutes=10)
        assert (await current(mira))["current_streak"] == 3
        shown = {day["date"]: day for day in (await mira.get("/streaks/calendar/me"))["days"]}
        assert (shown["2026-11-20"]["status"], shown["2026-11-20"]["day_off"]) == ("day_off", "planned")

    async def test_the_list_replaces_what_is_ahead_and_leaves_what_is_gone(self, students: Students) -> None:
        mira = await students(EVENING)
        await mira.study(minutes=10)
        await mira.send("PUT", "/streaks/me/holidays", {"holidays": ["2026-11-19", "2026-11-20", "2026-12-24"]})
        await mira.wait(hours=48)  # the 20th: the 19th is gone by
        replaced = await mira.send("PUT", "/streaks/me/holidays", {"holidays": ["2026-12-25"]})
        assert replaced["holidays"] == ["2026-12-25"]
        assert (await current(mira))["current_streak"] == 1
        await mira.wait(hours=24)  # the 20th was planned no longer
        assert (await current(mira))["current_streak"] == 0

    @pytest.mark.parametrize(
        "days", [["2026-11-17"], ["2028-01-01"], ["no day"], [None], "2026-12-24", ["2026-12-24"] * 61]
    )
    async def test_impossible_days_are_refused(self, students: Students, days: Any) -> None:
        mira = await students(EVENING)
        await mira.refused("PUT", "/streaks/me/holidays", {"holidays": days}, status=422)
        assert (await mira.send("PUT", "/streaks/me/holidays", {"holidays": []}))["holidays"] == []


class TestReset:
    async def test_the_longest_stays(self, students: Students) -> None:
        mira = await students(EVENING)
        await study_days(mira, 3)
        reset = (await mira.send("PUT", "/streaks/me/reset"))["streak"]
        assert (reset["current_streak"], reset["longest_streak"], reset["streak_start_date"]) == (0, 3, None)
        await mira.study(minutes=10)
        again = await current(mira)
        assert (again["current_streak"], again["streak_start_date"]) == (1, "2026-11-21")

    async def test_a_day_that_counted_already_does_not_count_anew(self, students: Students) -> None:
        mira = await students(EVENING)
        await mira.study(minutes=10)
        await mira.send("PUT", f"/streaks/{mira.id}/reset")
        await mira.study(minutes=10)
        assert (await current(mira))["current_streak"] == 0
        await mira.wait(hours=24)
        await mira.study(minutes=10)
        assert (await current(mira))["current_streak"] == 1

    async def test_once_a_day(self, students: Students) -> None:
        mira = await students(EVENING)
        await mira.send("PUT", "/streaks/me/reset")
        answer = await mira.person.client.put("/api/v1/streaks/me/reset")
        assert (answer.status_code, answer.json()["error_code"]) == (429, "STREAK_RESET_TODAY")
        assert answer.headers["Retry-After"] == str(6 * 3600)
        await mira.wait(hours=6)
        await mira.send("PUT", "/streaks/me/reset")

    async def test_by_its_old_path(self, students: Students) -> None:
        mira = await students(EVENING)
        await mira.send("PUT", f"/progress/{mira.id}/streak/reset")

    async def test_nobody_elses(self, students: Students) -> None:
        mira, jonas = await students(EVENING), await students(EVENING)
        for whose in (jonas.id, UNKNOWN):
            refused = await mira.refused("PUT", f"/streaks/{whose}/reset", status=403)
            assert refused["error_code"] == "NOT_YOUR_STREAK"

    async def test_two_at_once_are_one(self, committed: Any) -> None:
        racer = await committed.person()
        answers = await asyncio.gather(*(racer.client.put("/api/v1/streaks/me/reset") for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 429, 429, 429]


class TestZones:
    async def test_a_skipped_day_is_off(self, students: Students) -> None:
        mira = await students(datetime(2026, 11, 19, 10, 30, tzinfo=UTC), time_zone="Pacific/Niue")  # 23:30, the 18th
        await mira.study(minutes=10)
        await mira.move_to("Pacific/Kiritimati")  # 00:40 of the 20th
        assert (await current(mira))["current_streak"] == 1
        shown = {day["date"]: day for day in (await mira.get("/streaks/calendar/me"))["days"]}
        assert (shown["2026-11-19"]["status"], shown["2026-11-19"]["day_off"]) == ("day_off", "travel")
        await mira.study(minutes=10)
        assert (await current(mira))["current_streak"] == 2

    async def test_going_back_over_midnight_counts_no_day_twice(self, students: Students) -> None:
        mira = await students(datetime(2026, 11, 18, 23, 10, tzinfo=UTC), time_zone="Europe/Berlin")  # 00:10, the 19th
        await mira.study(minutes=10)
        await mira.move_to("America/New_York")  # 18:20 of the 18th
        await mira.study(minutes=10)
        assert (await current(mira))["current_streak"] == 2  # the 18th and the 19th, each once
        await mira.wait(hours=24)
        await mira.study(minutes=10)
        assert (await current(mira))["current_streak"] == 2


class TestCalendar:
    async def test_a_month_with_its_counts(self, students: Students) -> None:
        mira = await students(EVENING, time_zone="Europe/Berlin")
        await mira.study(minutes=10)
        await mira.study(minutes=5)
        shown = await mira.get("/streaks/calendar/me")
        assert (shown["month"], shown["today"], len(shown["days"])) == ("2026-11", "2026-11-18", 30)
        assert (shown["days_studied"], shown["sessions"]) == (1, 2)
        day = shown["days"][17]
        assert (day["date"], day["studied"], day["sessions"], day["minutes"]) == ("2026-11-18", True, 2, 15)
        assert [shown["days"][n]["status"] for n in (16, 17, 18)] == ["none", "studied", "open"]
        february = await mira.get("/streaks/calendar/me?month=2024-02")
        assert (len(february["days"]), february["days_studied"]) == (29, 0)

    @pytest.mark.parametrize("month", ["2026-13", "2026-1", "0000-01", "9999-12", "now", "2026-11-18"])
    async def test_what_is_no_month_is_refused(self, students: Students, month: str) -> None:
        mira = await students(EVENING)
        await mira.refused("GET", f"/streaks/calendar/me?month={month}", status=422)

    async def test_it_costs_the_same_for_a_full_month_as_for_an_empty_one(self, students: Students) -> None:
        mira, jonas = await students(EVENING), await students(EVENING)
        empty = [await jonas.statements("GET", f"{path}/{mira.id}") for path in ("/streaks/calendar", "/streaks/stats")]
        await study_days(mira, 9)
        await mira.send("PUT", "/streaks/me/holidays", {"holidays": ["2026-12-24"]})
        full = [await jonas.statements("GET", f"{path}/{mira.id}") for path in ("/streaks/calendar", "/streaks/stats")]
        assert full == empty
        assert max(full) <= 10


class TestStats:
    async def test_all_figures(self, students: Students) -> None:
        mira = await students(EVENING)
        fresh = (await mira.get("/streaks/stats/me"))["stats"]
        assert (fresh["current_streak"], fresh["study_by"], fresh["days_until_break"]) == (0, None, None)
        await study_days(mira, 8)
        stats = (await mira.get("/streaks/stats/me"))["stats"]
        assert (stats["current_streak"], stats["total_days_studied"], stats["active_today"]) == (8, 8, False)
        assert (stats["study_by"], stats["days_until_break"]) == ("2026-11-27", 1)  # one freeze is held
        assert (stats["days_to_next_freeze"], stats["next_milestone"]) == (6, 14)
        assert (stats["studied_last_7_days"], stats["studied_last_30_days"]) == (6, 8)
        assert stats["consistency_percentage"] == 27

    async def test_checking_now_changes_nothing(self, students: Students) -> None:
        mira = await students(EVENING)
        await study_days(mira, 2)
        assert (await mira.post("/streaks/update"))["streak"] == await current(mira)


class TestOtherPeople:
    @pytest.mark.parametrize("path", ["/streaks", "/streaks/calendar", "/streaks/stats"])
    async def test_public_ones_are_shown_and_private_ones_are_not_there(self, students: Students, path: str) -> None:
        mira, jonas = await students(EVENING), await students(EVENING)
        await mira.study(minutes=10)
        shown = await jonas.get(f"{path}/{mira.id}")
        assert "minutes" not in str(shown) or shown["days"][17]["minutes"] is None
        await mira.hide()
        await jonas.refused("GET", f"{path}/{mira.id}", status=404)
        await jonas.refused("GET", f"{path}/{UNKNOWN}", status=404)
        await jonas.refused("GET", f"{path}/nobody", status=422)
        await mira.get(f"{path}/{mira.id}")


class TestPrivacy:
    async def test_everything_is_handed_over_and_erased(self, students: Students, resources: Resources) -> None:
        mira = await students(EVENING)
        await study_days(mira, 7)
        await mira.wait(hours=24)
        await mira.study(minutes=10)
        await mira.send("PUT", "/streaks/me/holidays", {"holidays": ["2026-12-24"]})
        await mira.send("PUT", "/streaks/me/reset")
        kept = {
            "study_day_marks": 0, "streak_days_off": 1, "streak_resets": 1, "streak_freezes": 1, "streaks": 1,
        }  # fmt: skip
        assert await _kept(resources, mira) == kept
        async with resources.unit_of_work() as uow:
            await privacy.erase(uow, mira.id)
        assert set((await _kept(resources, mira)).values()) == {0}


async def _kept(resources: Resources, student: Student) -> dict[str, int]:
    async with resources.unit_of_work() as uow:
        streams = privacy.export(uow, student.id)
        return {name: len([row async for row in rows]) for name, rows in streams.items()}

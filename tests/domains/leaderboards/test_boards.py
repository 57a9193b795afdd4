"""Leaderboards over HTTP, on the real database."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from studyhall.domains.identity.events import AccountClosed
from studyhall.domains.leaderboards import jobs
from studyhall.entrypoints import rebuild
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources
from tests.conftest import Committed
from tests.domains.study.student import Student, Students

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)  # a Wednesday
GLOBAL = "/leaderboards/global"


async def log(mira: Student, begin: datetime, seconds: int) -> str:
    body = {"started_at": begin.isoformat(), "ended_at": (begin + timedelta(seconds=seconds)).isoformat()}
    return str((await mira.post("/study-sessions", body, expect=201))["session"]["id"])


async def prefer(mira: Student, **wishes: Any) -> None:
    await mira.send("PUT", "/settings/preferences", wishes)


async def company(students: Students, *seconds: int) -> list[Student]:
    """People on the global board who have studied so long this morning."""
    made = []
    for length in seconds:
        one = await students(NOON)
        await prefer(one, leaderboard_opt_in=True)
        if length:
            await log(one, NOON - timedelta(hours=5), length)
        made.append(one)
    return made


def ranks(board: dict[str, Any]) -> list[tuple[int, int]]:
    return [(row["rank"], row["seconds"]) for row in board["leaderboard"]]


class TestGlobal:
    async def test_ties_share_a_rank_and_mine_is_told(self, students: Students) -> None:
        people = await company(students, 600, 900, 900, 300)
        board = await people[0].get(GLOBAL)
        assert ranks(board) == [(1, 900), (1, 900), (3, 600), (4, 300)]
        assert board["me"] == {"rank": 3, "seconds": 600, "movement": None, "is_listed": True}
        assert [row["is_me"] for row in board["leaderboard"]] == [False, False, True, False]
        assert (board["total"], board["pagination"], board["starts_on"]) == (4, None, None)
        assert board["leaderboard"][2]["xp"] == 10
        names = [row["name"].lower() for row in board["leaderboard"][:2]]
        assert names == sorted(names)

    async def test_only_who_opted_in_is_on_it(self, students: Students) -> None:
        jonas, mira = await students(NOON), (await company(students, 600))[0]
        await log(jonas, NOON - timedelta(hours=3), 1200)
        assert ranks(await mira.get(GLOBAL)) == [(1, 600)]
        board = await jonas.get(GLOBAL)
        assert board["me"] == {"rank": 1, "seconds": 1200, "movement": None, "is_listed": False}
        assert ranks(board) == [(1, 600)]
        await prefer(jonas, leaderboard_opt_in=True)
        assert ranks(await mira.get(GLOBAL)) == [(1, 1200), (2, 600)]
        await prefer(jonas, leaderboard_opt_in=False)
        assert ranks(await mira.get(GLOBAL)) == [(1, 600)]

    async def test_periods_are_of_my_own_days(self, students: Students) -> None:
        mira = (await company(students, 600))[0]
        await log(mira, NOON.replace(day=20, hour=10), 60)
        seconds = {
            period: (await mira.get(f"{GLOBAL}?period={period}")) for period in ("weekly", "monthly", "all-time")
        }
        assert {period: board["me"]["seconds"] for period, board in seconds.items()} == {
            "weekly": 660, "monthly": 660, "all-time": 660
        }  # fmt: skip
        assert (seconds["weekly"]["starts_on"], seconds["monthly"]["starts_on"]) == ("2026-10-19", "2026-10-01")
        mira.time.set(datetime(2026, 10, 25, 23, 59, tzinfo=UTC))
        assert (await mira.get(f"{GLOBAL}?period=weekly"))["me"]["seconds"] == 660
        mira.time.set(datetime(2026, 10, 26, 0, 1, tzinfo=UTC))
        assert (await mira.get(f"{GLOBAL}?period=weekly"))["me"]["seconds"] == 0
        await prefer(mira, day_start_hour=4)  # whose Sunday lasts until four
        assert (await mira.get(f"{GLOBAL}?period=weekly"))["me"]["seconds"] == 660

    async def test_a_session_over_the_end_of_a_week_counts_on_both_sides(self, students: Students) -> None:
        mira = await students(datetime(2026, 10, 26, 1, 0, tzinfo=UTC))
        await log(mira, datetime(2026, 10, 25, 23, 50, tzinfo=UTC), 1800)
        assert (await mira.get(f"{GLOBAL}?period=weekly"))["me"]["seconds"] == 1200
        assert (await mira.get(GLOBAL))["me"]["seconds"] == 1800

    async def test_five_above_and_five_below_and_the_list_by_pages(self, students: Students) -> None:
        people = await company(students, *range(100, 115))
        middle = await people[7].get(GLOBAL)
        assert ranks(middle) == [(15 - n, 100 + n) for n in range(12, 1, -1)]
        assert [row["rank"] for row in middle["leaderboard"]] == list(range(3, 14))
        assert [row["rank"] for row in (await people[14].get(f"{GLOBAL}?around=2"))["leaderboard"]] == [1, 2, 3]
        assert [row["rank"] for row in (await people[0].get(f"{GLOBAL}?around=0"))["leaderboard"]] == [15]
        page = await people[0].get(f"{GLOBAL}?page=2&per_page=4")
        assert [row["rank"] for row in page["leaderboard"]] == [5, 6, 7, 8]
        assert page["pagination"] == {"total": 15, "per_page": 4, "current_page": 2, "last_page": 4}
        assert (await people[0].get(f"{GLOBAL}?page=99"))["leaderboard"] == []
        newcomer = await students(NOON)
        assert [row["rank"] for row in (await newcomer.get(GLOBAL))["leaderboard"]] == list(range(1, 12))

    async def test_names_are_hidden_where_one_wishes(self, students: Students) -> None:
        mira, quiet, private, foe = await company(students, 600, 905, 1205, 300)
        await prefer(quiet, leaderboard_anonymous=True)
        await private.hide()
        await mira.post("/blocks", {"user_id": str(foe.id)}, expect=201)
        board = (await mira.get(GLOBAL))["leaderboard"]
        assert [row["is_anonymous"] for row in board] == [True, True, False, True]
        for row in (board[0], board[1], board[3]):
            assert (row["user"], row["xp"], row["level"]) == (None, None, None)
            assert row["seconds"] % 60 == 0
        assert board == (await mira.get(GLOBAL))["leaderboard"]
        own = (await quiet.get(GLOBAL))["leaderboard"]
        assert [row["is_me"] for row in own].count(True) == 1
        assert next(row for row in own if row["is_me"])["user"]["id"] == str(quiet.id)

    async def test_a_closed_account_is_gone_at_once(self, students: Students) -> None:
        mira, jonas = await company(students, 600, 900)
        await jonas.execute(text("UPDATE users SET deleted_at = now() WHERE id = :user"))
        async with jonas.resources.unit_of_work() as uow:
            uow.record(AccountClosed(jonas.id))
        assert (await mira.get(GLOBAL))["me"]["rank"] == 1

    async def test_it_costs_the_same_for_one_and_many(self, students: Students) -> None:
        (mira,) = await company(students, 600)
        one = await mira.statements("GET", GLOBAL)
        await company(students, 700, 800, 900, 500, 400)
        assert await mira.statements("GET", GLOBAL) == one <= 10 + 2

    @pytest.mark.parametrize("query", ["period=daily", "around=21", "around=-1", "page=0", "per_page=101", "page=x"])
    async def test_bad_input_is_refused(self, students: Students, query: str) -> None:
        mira = await students(NOON)
        await mira.refused("GET", f"{GLOBAL}?{query}", status=422)


class TestCircles:
    async def test_a_group_is_for_its_members(self, students: Students) -> None:
        mira, jonas, eve = await students(NOON), await students(NOON), await students(NOON)
        group = (await mira.post("/groups", {"name": "Trees", "visibility": "public"}, expect=201))["group"]["id"]
        path = f"/leaderboards/group/{group}"
        await jonas.post(f"/groups/{group}/join", expect=201)
        await log(jonas, NOON - timedelta(hours=2), 600)
        board = await mira.get(path)
        assert ranks(board) == [(1, 600), (2, 0)]
        assert board["me"]["rank"] == 2
        await eve.refused("GET", path, status=403)
        await mira.send("PATCH", f"/groups/{group}", {"visibility": "private"})
        await eve.refused("GET", path, status=404)
        await mira.refused("GET", "/leaderboards/group/x", status=422)

    async def test_friends_and_me(self, students: Students) -> None:
        mira, jonas, eve = await students(NOON), await students(NOON), await students(NOON)
        await mira.post("/friends/add", {"user_id": str(jonas.id)}, expect=201)
        await jonas.post("/friends/add", {"user_id": str(mira.id)}, expect=201)
        await log(eve, NOON - timedelta(hours=2), 600)
        await log(mira, NOON - timedelta(hours=2), 660)
        board = await jonas.get("/leaderboards/friends?period=weekly")
        assert ranks(board) == [(1, 660), (2, 0)]
        assert board["leaderboard"][0]["user"]["id"] == str(mira.id)
        await prefer(mira, leaderboard_anonymous=True)
        board = await jonas.get("/leaderboards/friends?page=1")
        assert board["leaderboard"][0]["user"] is None
        assert board["pagination"]["total"] == 2

    async def test_old_paths_lead_here(self, students: Students) -> None:
        mira = await students(NOON)
        group = (await mira.post("/groups", {"name": "Trees"}, expect=201))["group"]["id"]
        for path in (
            "/leaderboard",
            "/study-sessions/leaderboards/global",
            f"/study-sessions/leaderboards/group/{group}",
        ):
            assert (await mira.get(path))["me"]["rank"] == 1


class TestTruth:
    async def test_edits_and_deletions_show_at_once(self, students: Students, resources: Resources) -> None:
        mira, jonas = await company(students, 600, 900)
        session = await log(mira, NOON - timedelta(hours=2), 600)
        assert (await jonas.get(GLOBAL))["me"]["rank"] == 2
        gone = await mira.send("DELETE", f"/study-sessions/{session}")
        assert (await jonas.get(GLOBAL))["me"]["rank"] == 1
        await mira.post(f"/undo/{gone['undo_token']}")
        assert (await jonas.get(GLOBAL))["me"]["rank"] == 2
        async with resources.unit_of_work() as uow:
            assert list(await rebuild.of_person(uow, mira.id)) == []

    @pytest.mark.parametrize(
        "fault",
        [
            "UPDATE board_standings SET seconds = seconds + 1 WHERE user_id = :user AND period = 'weekly'",
            "UPDATE board_standings SET is_listed = NOT is_listed WHERE user_id = :user",
            "DELETE FROM board_standings WHERE user_id = :user",
            "UPDATE board_standings SET starts_on = starts_on - 7 WHERE user_id = :user AND period = 'weekly'",
            "UPDATE xp_awards SET points = points + 1 WHERE user_id = :user",
            "DELETE FROM xp_awards WHERE user_id = :user",
            "UPDATE xp_totals SET xp = xp + 1 WHERE user_id = :user",
            "DELETE FROM user_achievements WHERE user_id = :user",
        ],
    )
    async def test_a_rebuild_finds_and_mends_a_planted_fault(
        self, students: Students, resources: Resources, fault: str
    ) -> None:
        (mira,) = await company(students, 600)
        for expected in (False, True, False):
            if expected:
                await mira.execute(text(fault))
            async with resources.unit_of_work() as uow:
                assert bool(await rebuild.of_person(uow, mira.id)) is expected

    async def test_snapshots_tell_the_movement(self, students: Students, resources: Resources) -> None:
        mira, jonas = await company(students, 600, 900)
        for _ in range(2):
            await jobs.take_snapshot.job.handler(JobRun(1, "leaderboards.snapshot", 1, 1, resources))
        await log(mira, NOON - timedelta(hours=2), 1200)
        board = await mira.get(f"{GLOBAL}?period=weekly")
        assert board["me"]["movement"] == 1
        assert [row["movement"] for row in board["leaderboard"]] == [1, -1]
        assert (await jonas.get(f"{GLOBAL}?period=weekly"))["me"]["movement"] == -1
        jonas.time.move(jobs.KEPT + timedelta(days=1))
        await jobs.forget.job.handler(JobRun(1, "leaderboards.forget", 1, 1, resources))
        async with resources.unit_of_work() as uow:
            assert await uow.session.scalar(text("SELECT count(*) FROM leaderboard_snapshots")) == 0


async def test_many_sessions_at_once_end_in_the_right_sum(committed: Committed) -> None:
    racer = await committed.person()
    now = datetime.now(UTC).replace(microsecond=0)

    async def one(number: int) -> int:
        begin = now - timedelta(minutes=10 * number)
        body = {"started_at": begin.isoformat(), "ended_at": (begin + timedelta(minutes=5)).isoformat()}
        answer = await racer.client.post("/api/v1/study-sessions", json=body)
        return int(answer.status_code)

    assert await asyncio.gather(*(one(number) for number in range(1, 7))) == [201] * 6
    board = (await racer.client.get("/api/v1/leaderboards/global")).json()["data"]
    assert board["me"]["seconds"] == 6 * 300
    async with committed.resources.unit_of_work() as uow:
        assert list(await rebuild.of_person(uow, racer.id)) == []

"""Two devices, clocks that are off, and sessions that were kept without a connection."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.study.rules import CLOCK_SKEW, Interval, clock_error, give_way, is_same
from studyhall.entrypoints import rebuild
from studyhall.platform import clock
from tests.domains.study.student import Student, Students

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
seconds = st.integers(0, 4000)
spans = st.tuples(seconds, st.integers(1, 4000)).map(
    lambda one: Interval(NOON + timedelta(seconds=one[0]), NOON + timedelta(seconds=sum(one)))
)


class TestRules:
    @given(st.integers(-200_000, 200_000))
    def test_a_minute_is_no_error(self, off: int) -> None:
        error = clock_error(NOON + timedelta(seconds=off), NOON)
        assert error == (timedelta(0) if abs(off) <= 60 else timedelta(seconds=-off))

    @given(spans, st.lists(spans, max_size=4))
    def test_it_gives_way_by_little_and_only_to_others(self, whole: Interval, taken: list[Interval]) -> None:
        left = give_way(whole, taken)
        assert whole.started_at <= left.started_at < left.ended_at <= whole.ended_at
        assert left == whole or any(whole.overlaps(other) for other in taken)
        if len(taken) == 1:
            assert left.started_at - whole.started_at <= CLOCK_SKEW
            assert whole.ended_at - left.ended_at <= CLOCK_SKEW
            overlap = min(whole.ended_at, taken[0].ended_at) - max(whole.started_at, taken[0].started_at)
            at_an_end = not (taken[0].started_at > whole.started_at and taken[0].ended_at < whole.ended_at)
            inside = taken[0].started_at <= whole.started_at and taken[0].ended_at >= whole.ended_at
            is_little = timedelta(0) < overlap <= CLOCK_SKEW and 2 * overlap.total_seconds() < whole.seconds
            if is_little and at_an_end and not inside:
                assert not left.overlaps(taken[0])

    @given(spans, st.integers(-9, 9))
    def test_told_twice_it_is_the_same_give_or_take_the_network(self, one: Interval, late: int) -> None:
        by = timedelta(seconds=late)
        assert is_same(one, Interval(one.started_at + by, one.ended_at + by)) == (abs(late) <= 5)


async def replay(student: Student, body: dict[str, Any], shown: datetime | None, key: str | None = None) -> Any:
    headers = {} if shown is None else {"X-Client-Time": shown.isoformat()}
    if key is not None:
        headers["Idempotency-Key"] = key
    return await student.person.client.post("/api/v1/study-sessions", json=body, headers=headers)


def kept(begin: datetime, minutes: int) -> dict[str, Any]:
    """What a timer without a connection keeps, by its own clock."""
    ended = begin + timedelta(minutes=minutes)
    return {"started_at": begin.isoformat(), "ended_at": ended.isoformat(), "source": "timer"}


class TestClocksThatAreOff:
    @pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=37, seconds=11)])
    async def test_an_hour_off_is_corrected(self, students: Students, off: timedelta) -> None:
        mira = await students(NOON)
        answer = await replay(mira, kept(NOON - timedelta(minutes=30) + off, 30), NOON + off)
        assert answer.status_code == 201, answer.text
        data = answer.json()["data"]
        assert data["session"]["started_at"] == "2026-11-18T11:30:00Z"
        assert data["session"]["duration_seconds"] == 1800
        assert data["clock_corrected_seconds"] == -off.total_seconds()

    async def test_sessions_that_followed_one_another_still_do(self, students: Students) -> None:
        mira, hour = await students(NOON), timedelta(hours=1)
        for begin, slowness in ((60, 0), (30, 3)):  # the second request took longer
            body = kept(NOON + hour - timedelta(minutes=begin), 30)
            answer = await replay(mira, body, NOON + hour + timedelta(seconds=slowness))
            assert answer.status_code == 201, answer.text
        assert (await mira.get("/study-sessions/summary/today"))["today"]["seconds"] in range(3595, 3601)

    async def test_an_exact_clock_gives_way_to_a_corrected_one_too(self, students: Students) -> None:
        mira, hour = await students(NOON), timedelta(hours=1)
        late = NOON + hour - timedelta(seconds=3)  # three seconds on the way: corrected by three too many
        assert (await replay(mira, kept(NOON + hour - timedelta(minutes=60), 30), late)).status_code == 201
        answer = await replay(mira, kept(NOON - timedelta(minutes=30), 30), NOON)
        assert answer.status_code == 201, answer.text
        assert answer.json()["data"]["session"]["duration_seconds"] == 1797
        again = await replay(mira, kept(NOON - timedelta(minutes=30), 30), NOON)
        assert again.json()["error_code"] == "SESSION_LOGGED_ALREADY"

    async def test_a_minute_is_the_networks(self, students: Students) -> None:
        mira = await students(NOON)
        answer = await replay(mira, kept(NOON - timedelta(minutes=30), 30), NOON - timedelta(seconds=45))
        assert answer.json()["data"]["clock_corrected_seconds"] == 0

    async def test_typed_times_are_the_persons_own(self, students: Students) -> None:
        mira = await students(NOON)
        body = {**kept(NOON - timedelta(hours=2), 30), "source": "manual"}
        answer = await replay(mira, body, NOON + timedelta(hours=1))
        assert answer.json()["data"]["session"]["started_at"] == "2026-11-18T10:00:00Z"

    async def test_without_word_of_the_clock_the_future_is_refused_with_the_time_here(self, students: Students) -> None:
        mira = await students(NOON)
        answer = await replay(mira, kept(NOON + timedelta(minutes=30), 30), None)
        assert answer.status_code == 422
        assert "2026-11-18T12:00:00Z" in answer.json()["message"]

    @pytest.mark.parametrize("shown", ["2026-11-20T12:00:00Z", "1970-01-01T00:00:00Z", "never", ""])
    async def test_a_clock_that_says_nothing_is_refused(self, students: Students, shown: str) -> None:
        mira = await students(NOON)
        headers = {"X-Client-Time": shown}
        body = kept(NOON - timedelta(minutes=30), 30)
        answer = await mira.person.client.post("/api/v1/study-sessions", json=body, headers=headers)
        assert answer.status_code == 422, answer.text
        assert (await mira.get("/study-sessions"))["sessions"] == []


class TestReplay:
    async def test_a_week_and_not_longer(self, students: Students) -> None:
        mira = await students(NOON)
        week = timedelta(days=7)
        assert (await replay(mira, kept(NOON - week - timedelta(minutes=30), 30), NOON)).status_code == 201
        assert (await replay(mira, kept(NOON - week - timedelta(minutes=90), 30), NOON)).status_code == 422

    async def test_a_retry_answers_the_first_result_though_its_clock_went_on(self, students: Students) -> None:
        mira = await students(NOON)
        body = kept(NOON - timedelta(minutes=30), 30)
        first = await replay(mira, body, NOON, key="queued-1")
        await mira.wait(minutes=5)
        again = await replay(mira, body, NOON + timedelta(minutes=5), key="queued-1")
        assert (again.status_code, again.json()) == (201, first.json())
        assert (await mira.get("/study-sessions"))["pagination"]["total"] == 1

    async def test_a_retry_days_later_is_told_that_nothing_is_lost(self, students: Students) -> None:
        mira = await students(NOON)
        body = kept(NOON - timedelta(minutes=30), 30)
        assert (await replay(mira, body, None, key="queued-1")).status_code == 201
        await mira.wait(hours=30)
        await mira.get("/study-sessions")
        again = await replay(mira, body, None, key="queued-2")
        assert (again.status_code, again.json()["error_code"]) == (409, "SESSION_LOGGED_ALREADY")

    async def test_a_clash_is_shown_and_takes_nothing_away(self, students: Students) -> None:
        mira = await students(NOON)
        assert (await replay(mira, kept(NOON - timedelta(minutes=60), 40), NOON)).status_code == 201
        clash = await replay(mira, kept(NOON - timedelta(minutes=30), 30), NOON)
        assert (clash.status_code, clash.json()["error_code"]) == (409, "SESSION_OVERLAPS")
        assert "from 2026-11-18T11:00:00Z to 2026-11-18T11:40:00Z" in clash.json()["message"]
        assert (await replay(mira, kept(NOON - timedelta(minutes=20), 20), NOON)).status_code == 201


class TestTwoDevices:
    async def test_a_second_start_says_what_runs(self, students: Students) -> None:
        mira = await students(NOON)
        started = (await mira.post("/study-sessions/start", expect=201))["session"]
        await mira.wait(minutes=3)
        refused = await mira.refused("POST", "/study-sessions/start", {}, status=409)
        assert (refused["error_code"], "since 2026-11-18T12:00:00Z" in refused["message"]) == ("SESSION_RUNNING", True)
        assert (await mira.get("/study-sessions/current"))["session"]["id"] == started["id"]

    async def test_the_other_device_goes_on_with_it(self, students: Students) -> None:
        mira = await students(NOON)
        started = (await mira.post("/study-sessions/start", expect=201))["session"]
        await mira.wait(minutes=5)
        await mira._sign_in()  # another device has a session of its own
        await mira.post("/study-sessions/current/pause")
        await mira.post(f"/study-sessions/{started['id']}/resume")
        ended = (await mira.post("/study-sessions/current/end"))["session"]
        assert (ended["id"], ended["duration_seconds"]) == (started["id"], 300)
        await mira.refused("POST", f"/study-sessions/{started['id']}/end", status=409)

    async def test_what_was_kept_offline_does_not_overlap_the_running_timer(self, students: Students) -> None:
        mira = await students(NOON)
        await mira.post("/study-sessions/start", expect=201)
        await mira.wait(minutes=10, beating=True)
        clash = await replay(mira, kept(NOON - timedelta(minutes=5), 10), None)
        assert "the running timer" in clash.json()["message"]
        assert (await replay(mira, kept(NOON - timedelta(minutes=5), 5), None)).status_code == 201


class TestRaces:
    async def _started(self, racer: Any, ago: timedelta) -> str:
        with clock.frozen_at(clock.now() - ago):
            started = await racer.client.post("/api/v1/study-sessions/start")
        return str(started.json()["data"]["session"]["id"])

    async def test_an_end_beside_a_deletion_leaves_one_of_both(self, committed: Any) -> None:
        racer = await committed.person()
        for _ in range(3):
            session = await self._started(racer, timedelta(minutes=10))
            ended, gone = await asyncio.gather(
                racer.client.post(f"/api/v1/study-sessions/{session}/end", json={}),
                racer.client.delete(f"/api/v1/study-sessions/{session}"),
            )
            assert gone.status_code == 200
            assert ended.status_code in (200, 404)
            async with committed.resources.unit_of_work() as uow:
                assert list(await rebuild.of_person(uow, racer.id)) == []
        listed = (await racer.client.get("/api/v1/study-sessions")).json()["data"]
        assert listed["pagination"]["total"] == 0

    async def test_one_queued_session_sent_twice_at_once_is_one(self, committed: Any) -> None:
        racer = await committed.person()
        body = kept(clock.now() - timedelta(minutes=40), 30)
        same = {"Idempotency-Key": "queued-7"}
        sent = (racer.client.post("/api/v1/study-sessions", json=body, headers=same) for _ in range(4))
        answers = await asyncio.gather(*sent)
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["data"]["session"]["id"] for answer in answers}) == 1

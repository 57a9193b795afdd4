"""The job table: queueing inside a transaction, attempts, failed jobs, and a year simulated through it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pgqueuer.adapters.persistence.queries import Queries
from prometheus_client import REGISTRY
from pydantic import ValidationError
from structlog.contextvars import bound_contextvars

from studyhall.platform import clock
from studyhall.platform.ids import new_id
from studyhall.platform.jobs import (
    GiveUp,
    Job,
    JobRun,
    RetryLater,
    drain,
    drop_failed,
    failed_counts,
    failed_jobs,
    job,
    measure,
    periodic,
    retry_failed,
)
from studyhall.platform.jobs.execution import LOST_STARTS
from studyhall.platform.resources import Resources

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
seen: list[tuple[Any, ...]] = []


@pytest.fixture(autouse=True)
def _forget() -> None:
    seen.clear()


@job("tests.note")
async def note(run: JobRun, *, key: UUID, text: str = "none") -> None:
    seen.append((clock.now(), key, text, run.attempt, run.request_id))


@job("tests.fail", tries=3, first_delay=10)
async def fail(run: JobRun, *, message: str = "it broke") -> None:
    seen.append((clock.now(), run.attempt, run.is_last))
    raise LookupError(message)


async def queue(resources: Resources, what: Job, **arguments: Any) -> None:
    async with resources.unit_of_work() as uow:
        await uow.enqueue(what, **arguments)


async def rows(resources: Resources, sql: str = "SELECT * FROM pgqueuer") -> list[Any]:
    async with resources.unit_of_work() as uow:
        return list(await (await uow.connection()).fetch(sql))


async def test_a_job_exists_only_when_its_transaction_commits(bare: Resources) -> None:
    async def queue_and_fail() -> None:
        async with bare.unit_of_work() as uow:
            await uow.enqueue(note, key=new_id())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await queue_and_fail()
    assert await rows(bare) == []
    await queue(bare, note, key=new_id())
    assert len(await rows(bare)) == 1


async def test_arguments_are_checked_when_queued(bare: Resources) -> None:
    for wrong in ({}, {"key": "no uuid"}, {"key": new_id(), "other": 1}):
        with pytest.raises(ValidationError):
            await queue(bare, note, **wrong)
    assert await rows(bare) == []


async def test_arguments_are_checked_when_run(bare: Resources) -> None:
    await queue(bare, note, key=new_id())
    await rows(bare, "UPDATE pgqueuer SET payload = '{\"key\": 5}'")
    (ran,) = await drain(bare, [note])
    assert (ran.outcome.state, seen) == ("failed", [])
    assert "arguments no longer fit" in ran.outcome.reason


async def test_runs_once_with_its_arguments_and_request(bare: Resources) -> None:
    key = new_id()
    with bound_contextvars(request_id="req-1"):
        await queue(bare, note, key=key, text="hello")
    assert [ran.outcome.state for ran in await drain(bare, [note])] == ["done"]
    assert [entry[1:] for entry in seen] == [(key, "hello", 1, "req-1")]
    assert await drain(bare, [note]) == []


async def test_waits_for_its_time_by_the_platform_clock(bare: Resources) -> None:
    with clock.frozen_at(NOON):
        await queue(bare, note, key=new_id(), run_at=NOON + timedelta(days=3))
        assert await drain(bare, [note]) == []
    with clock.frozen_at(NOON + timedelta(days=3)):
        assert len(await drain(bare, [note])) == 1


async def test_the_worker_finds_the_same_distance_in_database_time(bare: Resources) -> None:
    with clock.frozen_at(datetime(2031, 1, 1, tzinfo=UTC)):
        await queue(bare, note, key=new_id(), run_at=clock.now() + timedelta(hours=2))
    (row,) = await rows(bare, "SELECT execute_after - created AS distance FROM pgqueuer")
    assert row["distance"] == timedelta(hours=2)


async def test_runs_in_order_of_time_then_priority_then_age(bare: Resources) -> None:
    with clock.frozen_at(NOON):
        for text, minutes, priority in (("c", 5, 0), ("a", 1, 0), ("d", 5, 0), ("b", 5, 9)):
            await queue(
                bare, note, key=new_id(), text=text, run_at=NOON + timedelta(minutes=minutes), priority=priority
            )
        await drain(bare, [note], NOON + timedelta(minutes=5))
    assert [entry[2] for entry in seen] == ["a", "b", "c", "d"]
    assert [entry[0] - NOON for entry in seen] == [timedelta(minutes=n) for n in (1, 5, 5, 5)]


async def test_tries_again_after_growing_pauses_then_keeps_it_as_failed(bare: Resources) -> None:
    with clock.frozen_at(NOON):
        await queue(bare, fail, message="no room for ann@example.org")
        ran = await drain(bare, [fail], NOON + timedelta(hours=1))
    assert [entry.outcome.state for entry in ran] == ["retried", "retried", "failed"]
    assert [entry[1:] for entry in seen] == [(1, False), (2, False), (3, True)]
    first, second = ran[1].at - ran[0].at, ran[2].at - ran[1].at
    assert timedelta(seconds=8) <= first <= timedelta(seconds=12)
    assert timedelta(seconds=16) <= second <= timedelta(seconds=24)
    async with bare.unit_of_work() as uow:
        connection = await uow.connection()
        (failed,) = await failed_jobs(connection)
        assert (failed.name, failed.attempts) == ("tests.fail", 3)
        assert failed.reason == "LookupError: no room for [email]"
        assert await failed_counts(connection) == {"tests.fail": 1}
        assert await failed_jobs(connection, name="tests.note") == []


async def test_a_failed_job_can_be_tried_again_or_dropped(bare: Resources) -> None:
    @job("tests.give_up")
    async def give_up(run: JobRun) -> None:
        seen.append((run.attempt,))
        raise GiveUp("never")

    await queue(bare, give_up)
    assert [ran.outcome.state for ran in await drain(bare, [give_up])] == ["failed"]
    async with bare.unit_of_work() as uow:
        connection = await uow.connection()
        (failed,) = await failed_jobs(connection)
        assert await retry_failed(connection, failed.id)
        assert not await retry_failed(connection, failed.id)
    assert [ran.outcome.state for ran in await drain(bare, [give_up])] == ["failed"]
    assert seen == [(1,), (1,)]
    async with bare.unit_of_work() as uow:
        connection = await uow.connection()
        assert await drop_failed(connection, failed.id)
        assert not await drop_failed(connection, failed.id)
    assert await rows(bare) == []


async def test_a_job_can_choose_when_to_come_back(bare: Resources) -> None:
    @job("tests.later", tries=2)
    async def later(run: JobRun) -> None:
        if run.attempt == 1:
            raise RetryLater("busy", timedelta(minutes=30))

    with clock.frozen_at(NOON):
        await queue(bare, later)
        ran = await drain(bare, [later], NOON + timedelta(hours=1))
    assert [(entry.at - NOON, entry.outcome.state) for entry in ran] == [
        (timedelta(0), "retried"),
        (timedelta(minutes=30), "done"),
    ]


async def test_an_attempt_that_takes_too_long_is_cut_off(bare: Resources) -> None:
    import asyncio

    @job("tests.hang", tries=1, timeout=0.05)
    async def hang(run: JobRun) -> None:
        await asyncio.sleep(30)

    await queue(bare, hang)
    (ran,) = await drain(bare, [hang])
    assert ran.outcome.state == "failed"
    assert ran.outcome.reason.startswith("TimeoutError")


async def test_what_keeps_killing_its_worker_is_given_up(bare: Resources) -> None:
    await queue(bare, note, key=new_id())
    starts = note.tries + LOST_STARTS
    await rows(bare, f"UPDATE pgqueuer SET headers = headers || '{{\"starts\": {starts}}}'")
    (ran,) = await drain(bare, [note])
    assert (ran.outcome.state, seen) == ("failed", [])


async def test_one_waiting_job_per_dedupe_key(bare: Resources) -> None:
    for _ in range(3):
        await queue(bare, note, key=new_id(), dedupe_key="same")
    await queue(bare, fail, dedupe_key="same")  # another job's keys are its own
    assert len(await rows(bare)) == 2


async def test_a_running_job_does_not_swallow_what_is_queued_meanwhile(bare: Resources) -> None:
    @job("tests.recompute")
    async def recompute(run: JobRun) -> None:
        seen.append((clock.now(),))
        if len(seen) == 1:
            await queue(run.resources, recompute, dedupe_key="course")

    await queue(bare, recompute, dedupe_key="course")
    assert len(await drain(bare, [recompute])) == 2


async def test_a_year_of_a_daily_schedule_and_what_it_queues(bare: Resources) -> None:
    @periodic("tests.daily", "30 4 * * *")
    async def daily(run: JobRun) -> None:
        await queue(run.resources, note, key=new_id(), run_at=clock.now() + timedelta(hours=12))

    with clock.frozen_at(NOON):
        ran = await drain(bare, [note], NOON + timedelta(days=365), periodic=[daily])
        assert clock.now() == NOON
    assert len([entry for entry in ran if entry.name == "tests.daily"]) == 365
    assert len(seen) == 364  # the last one is due in the afternoon after the end
    assert {(entry[0].hour, entry[0].minute) for entry in seen} == {(16, 30)}
    assert [entry.at for entry in ran] == sorted(entry.at for entry in ran)


async def test_a_periodic_job_does_not_pile_up(bare: Resources) -> None:
    @periodic("tests.often", "* * * * *", tries=3)
    async def often(run: JobRun) -> None:
        raise LookupError

    with clock.frozen_at(NOON):
        await drain(bare, [], NOON + timedelta(minutes=10), periodic=[often])
    waiting = await rows(bare, "SELECT 1 FROM pgqueuer WHERE status = 'queued'")
    assert len(waiting) <= 1


async def test_depth_and_runs_are_measured(bare: Resources) -> None:
    def sample(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(name, labels) or 0

    before = sample("studyhall_job_runs_total", job="tests.note", outcome="done")
    for _ in range(3):
        await queue(bare, note, key=new_id())
    async with bare.unit_of_work() as uow:
        await measure(await uow.connection())
    assert sample("studyhall_jobs_waiting", job="tests.note", state="waiting") == 3
    await drain(bare, [note])
    assert sample("studyhall_job_runs_total", job="tests.note", outcome="done") == before + 3
    async with bare.unit_of_work() as uow:
        await measure(await uow.connection())
    assert sample("studyhall_jobs_waiting", job="tests.note", state="waiting") == 0


async def test_our_tables_are_those_that_the_installed_pgqueuer_wants(queue_url: str) -> None:
    connection: Any = await asyncpg.connect(queue_url)
    plan = await Queries.from_asyncpg_connection(connection).plan_upgrade()
    await connection.close()
    assert plan.statements == ()


async def test_names_and_functions_are_checked_at_once() -> None:
    async def positional(run: JobRun, key: UUID) -> None: ...

    async def untyped(run: JobRun, *, key) -> None: ...  # type: ignore[no-untyped-def]

    def plain(run: JobRun) -> None: ...

    for handler in (positional, untyped, plain):
        with pytest.raises(TypeError):
            job("tests.wrong")(handler)  # type: ignore[arg-type]
    for name in ("wrong", "Tests.wrong", "tests.", ""):
        with pytest.raises(ValueError):
            job(name)


@given(attempt=st.integers(1, 60))
async def test_pauses_grow_and_stay_below_the_longest(attempt: int) -> None:
    what = Job("a.b", note.handler, note.arguments, 3, first_delay=10, longest_delay=3600, timeout=1)
    expected = min(10 * 2 ** (attempt - 1), 3600)
    assert 0.8 * expected <= what.delay_after(attempt).total_seconds() <= 1.2 * expected

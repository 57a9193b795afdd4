"""Running the job table in a test, at a moved clock, in a fixed order, without a worker."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import asyncpg

from studyhall.platform import clock
from studyhall.platform.jobs.definition import Job, Periodic
from studyhall.platform.jobs.execution import Outcome, attempt
from studyhall.platform.jobs.queue import enqueue

if TYPE_CHECKING:
    from studyhall.platform.resources import Resources

MOST_RUNS = 100_000

_NEXT = """
SELECT id, entrypoint, payload, attempts, greatest((headers->>'run_at')::timestamptz, $3::timestamptz) AS run_at
FROM pgqueuer
WHERE status = 'queued' AND entrypoint = ANY($1) AND (headers->>'run_at')::timestamptz <= $2
ORDER BY run_at, priority DESC, id LIMIT $4
"""
# What the worker's queue does when an attempt has ended, each in one statement.
_DONE = """
WITH job AS (DELETE FROM pgqueuer WHERE id = $1 RETURNING id, entrypoint, priority)
INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority, traceback)
SELECT id, 'successful', entrypoint, priority, jsonb_build_object('exception_message', $2::text) FROM job
"""
_FAILED = """
WITH job AS (
    UPDATE pgqueuer SET status = 'failed', updated = now() WHERE id = $1 RETURNING id, entrypoint, priority
)
INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority, traceback)
SELECT id, 'failed', entrypoint, priority, jsonb_build_object('exception_message', $2::text) FROM job
"""
_RETRIED = """
WITH job AS (
    UPDATE pgqueuer SET attempts = attempts + 1, execute_after = now() + $3::interval, updated = now(),
        headers = jsonb_set(headers, '{run_at}', to_jsonb($4::text))
    WHERE id = $1 RETURNING id, entrypoint, priority
)
INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority, traceback)
SELECT id, 'queued', entrypoint, priority, jsonb_build_object('exception_message', $2::text) FROM job
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """One attempt that was made, and the moment of the clock at which it was."""

    name: str
    at: datetime
    outcome: Outcome


async def drain(
    resources: "Resources",
    jobs: Sequence[Job],
    until: datetime | None = None,
    *,
    periodic: Sequence[Periodic] = (),
    at_once: int = 1,
) -> list[Ran]:
    """Run every job that is due by `until`, through the same code as a worker, with the clock standing at its moment.

    Jobs that come to be meanwhile (queued by jobs, retried, or by the periodic ones' ticks) run too, all in order of
    their due time, then priority, then age. Each attempt sees `clock.now()` as its due time or, if that had
    already passed when `drain` was called, as the moment of the call. Afterwards the clock stands where it stood.

    Args:
        until: a moment of the platform's clock; None is now.
        periodic: schedules to tick on the way, from now (exclusive) to `until` (inclusive).
        at_once: so many jobs of one moment run side by side, as in a worker. What one of them raises past the code of
            a worker, to play its death, is passed on when the others have ended.

    Raises:
        RuntimeError: more than `MOST_RUNS` attempts; something queues itself for ever.
    """
    now = clock.now()
    until = until or now
    known = {job.name: job for job in (*jobs, *(entry.job for entry in periodic))}
    ticks = _Ticks(periodic, now)
    ran: list[Ran] = []
    while len(ran) < MOST_RUNS:
        rows = await _next_due(resources, list(known), until, now, at_once)
        tick = ticks.peek()
        if tick is not None and tick <= until and (not rows or tick <= rows[0]["run_at"]):
            now = tick
            with clock.frozen_at(now):
                await _queue(resources, ticks.pop())
        elif rows:
            now = rows[0]["run_at"]
            with clock.frozen_at(now):
                ran += await _run_all(resources, known, [row for row in rows if row["run_at"] == now], now)
        else:
            return ran
    raise RuntimeError(f"more than {MOST_RUNS} attempts: does a job queue itself for ever?")


class _Ticks:
    """The coming ticks of the schedules, in order."""

    def __init__(self, periodic: Sequence[Periodic], after: datetime) -> None:
        from croniter import croniter  # only where time is simulated

        self._schedules = [(croniter(entry.cron, after), entry.job) for entry in periodic]
        self._coming: list[datetime] = [schedule.get_next(datetime) for schedule, _ in self._schedules]

    def peek(self) -> datetime | None:
        return min(self._coming, default=None)

    def pop(self) -> Job:
        index = self._coming.index(min(self._coming))
        schedule, job = self._schedules[index]
        self._coming[index] = schedule.get_next(datetime)
        return job


async def _next_due(
    resources: "Resources", names: list[str], until: datetime, now: datetime, most: int
) -> list[asyncpg.Record]:
    async with resources.unit_of_work() as uow:
        return list(await (await uow.connection()).fetch(_NEXT, names, until, now, most))


async def _run_all(
    resources: "Resources", known: Mapping[str, Job], rows: Sequence[asyncpg.Record], now: datetime
) -> list[Ran]:
    ended = await asyncio.gather(
        *(_run(resources, known[row["entrypoint"]], row) for row in rows), return_exceptions=True
    )
    ran = list[Ran]()
    for row, outcome in zip(rows, ended, strict=True):
        if isinstance(outcome, BaseException):
            raise outcome
        ran.append(Ran(row["entrypoint"], now, outcome))
    return ran


async def _queue(resources: "Resources", job: Job) -> None:
    async with resources.unit_of_work() as uow:
        await enqueue(await uow.connection(), job, {}, dedupe_key="tick")


async def _run(resources: "Resources", job: Job, row: asyncpg.Record) -> Outcome:
    async def begin(sql: str, *arguments: object) -> object:
        async with resources.unit_of_work() as uow:
            return await (await uow.connection()).fetchval(sql, *arguments)

    outcome = await attempt(
        resources, job, job_id=row["id"], payload=row["payload"], failures=row["attempts"], begin=begin
    )
    async with resources.unit_of_work() as uow:
        await _record(await uow.connection(), row["id"], outcome)
    return outcome


async def _record(connection: asyncpg.Connection, job_id: int, outcome: Outcome) -> None:
    if outcome.state == "retried":
        again = clock.now() + outcome.delay
        await connection.execute(_RETRIED, job_id, outcome.reason, outcome.delay, again.isoformat())
    else:
        await connection.execute(_DONE if outcome.state == "done" else _FAILED, job_id, outcome.reason)

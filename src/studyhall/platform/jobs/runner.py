"""The worker's loop: pgqueuer takes jobs from the table, our attempt runs them."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog
from croniter import croniter
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.adapters.persistence import qb
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.executors import (
    AbstractEntrypointExecutor,
    AbstractScheduleExecutor,
    EntrypointExecutorParameters,
    ScheduleExecutorFactoryParameters,
)
from pgqueuer.core.qm import QueueManager
from pgqueuer.core.sm import SchedulerManager
from pgqueuer.domain import models
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.types import Channel, CronEntrypoint

from studyhall.platform import clock
from studyhall.platform.jobs.definition import Job, Periodic
from studyhall.platform.jobs.execution import attempt
from studyhall.platform.jobs.queue import enqueue
from studyhall.platform.jobs.schema import table_settings

if TYPE_CHECKING:
    from studyhall.platform.resources import Resources

log = structlog.get_logger(__name__)

# Ticks of schedules that the code no longer has, or has with another time.
_FORGET = """
DELETE FROM pgqueuer_schedules
WHERE (entrypoint, expression) NOT IN (SELECT * FROM unnest($1::text[], $2::text[]))
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a worker works.

    Attributes:
        concurrency: jobs at the same time in this process; at least 2.
        heartbeat: a job whose worker was not heard of for so long is given to another.
        poll: the longest time without a look at the table; notifications and due times wake it earlier.
    """

    concurrency: int = 10
    heartbeat: timedelta = timedelta(seconds=20)
    poll: timedelta = timedelta(seconds=5)


class AttemptFailed(Exception):
    """Tells pgqueuer that a job is to be kept as failed; its text is the reason, and free of personal data."""


class _JobExecutor(AbstractEntrypointExecutor):
    """Runs one of our jobs for pgqueuer."""

    def __init__(self, resources: "Resources", pool: asyncpg.Pool, job: Job) -> None:
        super().__init__(EntrypointExecutorParameters(concurrency_limit=0, func=_unused, on_failure="hold"))
        self._resources, self._pool, self._job = resources, pool, job

    async def execute(self, job: models.Job, context: models.Context) -> None:
        outcome = await attempt(
            self._resources,
            self._job,
            job_id=job.id,
            payload=job.payload,
            failures=job.attempts,
            begin=self._pool.fetchval,
        )
        if outcome.state == "retried":
            raise RetryRequested(outcome.delay, outcome.reason)
        if outcome.state == "failed":
            raise AttemptFailed(outcome.reason)


class _TickExecutor(AbstractScheduleExecutor):
    """Queues a periodic job at its time, which is one of the platform's clock."""

    def __init__(self, pool: asyncpg.Pool, job: Job, parameters: ScheduleExecutorFactoryParameters) -> None:
        super().__init__(parameters)
        self._pool, self._job = pool, job

    async def execute(self, schedule: models.Schedule, context: models.ScheduleContext) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await enqueue(connection, self._job, {}, dedupe_key="tick")

    def get_next(self) -> datetime:
        following: datetime = croniter(self.parameters.expression, clock.now()).get_next(datetime)
        return following

    def next_in(self) -> timedelta:
        return self.get_next() - clock.now()


async def _unused(_job: models.Job) -> None:
    raise RuntimeError("the executor runs the job")


class Runner:
    """Takes and runs jobs until it is told to stop.

    Args:
        pool: connections for the queue itself, two at least: one listens.
        jobs: everything that may be queued; other rows are left alone.
    """

    def __init__(
        self,
        resources: "Resources",
        pool: asyncpg.Pool,
        jobs: Sequence[Job],
        periodic: Sequence[Periodic],
        pace: Pace | None = None,
    ) -> None:
        self._pool = pool
        self._pace = pace or Pace()
        self._schedules = [(entry.job.name, _normal(entry.cron)) for entry in periodic]
        settings = table_settings()
        queries = Queries(
            AsyncpgPoolDriver(pool),
            qbe=qb.QueryBuilderEnvironment(settings),
            qbq=qb.QueryQueueBuilder(settings),
            qbs=qb.QuerySchedulerBuilder(settings),
        )
        self._queue = QueueManager(queries, Channel(settings.channel))
        self._scheduler = SchedulerManager(queries)
        self._scheduler.shutdown = self._queue.shutdown
        for job in (*jobs, *(entry.job for entry in periodic)):
            self._queue.register_executor(job.name, _JobExecutor(resources, pool, job))
        for entry in periodic:
            self._add_schedule(entry)

    def _add_schedule(self, entry: Periodic) -> None:
        def make(parameters: ScheduleExecutorFactoryParameters) -> _TickExecutor:
            return _TickExecutor(self._pool, entry.job, parameters)

        async def tick(_schedule: models.Schedule) -> None:
            raise RuntimeError("the executor queues the job")

        self._scheduler.schedule(CronEntrypoint(entry.job.name), entry.cron, executor_factory=make)(tick)

    def stop(self) -> None:
        """Take no more jobs; `run` returns when the running ones have ended."""
        self._queue.shutdown.set()

    async def run(self) -> None:
        """Work until `stop`.

        It is never cancelled: pgqueuer takes a cancelled job for one that nobody wants any more, and deletes it.

        Raises:
            OSError, asyncpg.PostgresError, asyncpg.InterfaceError, FailingListenerError: the database went away; start
                anew.
        """
        _quieten()
        await self._pool.execute(_FORGET, [name for name, _ in self._schedules], [cron for _, cron in self._schedules])
        concurrency = max(2, self._pace.concurrency)
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(
                self._queue.run(
                    dequeue_timeout=self._pace.poll,
                    batch_size=concurrency // 2,
                    max_concurrent_tasks=concurrency,
                    shutdown_on_listener_failure=True,
                    heartbeat_timeout=self._pace.heartbeat,
                    log_aggregation_interval=timedelta(0),
                )
            ),
            asyncio.create_task(self._scheduler.run()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.stop()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome


def _normal(cron: str) -> str:
    """The expression as pgqueuer stores it."""
    return " ".join(croniter(cron).expressions)


class _NoOutcomes(logging.Filter):
    """Leaves out what `attempt` has already logged, without the traceback of our own signal."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, AttemptFailed)


def _quieten() -> None:
    logger = logging.getLogger("pgqueuer")
    if not any(isinstance(present, _NoOutcomes) for present in logger.filters):
        logger.addFilter(_NoOutcomes())
    logger.setLevel(logging.WARNING)

"""The worker: runs queued and periodic jobs until it is told to stop."""

import asyncio
import os
import signal
from collections.abc import Sequence
from datetime import timedelta

import asyncpg
import structlog
from pgqueuer.errors import FailingListenerError
from prometheus_client import start_http_server

from studyhall.platform import clock, logs, tracing
from studyhall.platform.database import asyncpg_url
from studyhall.platform.jobs import Job, Periodic, measure
from studyhall.platform.jobs.runner import Pace, Runner
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Settings

log = structlog.get_logger(__name__)

QUEUE_CONNECTIONS = 4
GRACE_SECONDS = 25
LONGEST_PAUSE_SECONDS = 30
MEASURE_SECONDS = 15

# The last: the queue heard nothing of its own call for a while, because the database or this machine was too busy.
DATABASE_TROUBLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, FailingListenerError)


def main(settings: Settings) -> None:
    """Work until SIGTERM or Ctrl-C, then finish the jobs at hand."""
    logs.configure(settings)
    tracing.configure(settings)
    if settings.clock_shift_seconds:
        clock.shift(timedelta(seconds=settings.clock_shift_seconds))
    if settings.worker_metrics_port is not None:
        start_http_server(settings.worker_metrics_port, addr="127.0.0.1")
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    from studyhall.entrypoints import wiring  # here, so that `work` can be had without all domains

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with wiring.open_resources(settings) as resources:
        await work(resources, wiring.JOBS, wiring.PERIODIC, stop)


async def work(
    resources: Resources,
    jobs: Sequence[Job],
    periodic: Sequence[Periodic],
    stop: asyncio.Event,
    pace: Pace | None = None,
) -> None:
    """Run jobs until `stop` is set and those at hand have ended.

    A database that goes away is waited for. Jobs that do not end within `GRACE_SECONDS` are left to another worker by
    ending the process at once: being cancelled would look to the queue as if nobody wanted them any more.
    """
    pace = pace or Pace(concurrency=resources.settings.worker_concurrency)
    pause = 1.0
    while not stop.is_set():
        try:
            await _work_once(resources, jobs, periodic, stop, pace)
            pause = 1.0
        except DATABASE_TROUBLE as error:
            log.warning("the job table does not answer; trying again", error=repr(error), seconds=pause)
            await _wait(stop, pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


async def _work_once(
    resources: Resources, jobs: Sequence[Job], periodic: Sequence[Periodic], stop: asyncio.Event, pace: Pace
) -> None:
    address = resources.settings.database_url
    if address is None:
        raise RuntimeError("no database address: start through `studyhall worker`, or set STUDYHALL_DATABASE_URL.")
    async with asyncpg.create_pool(
        asyncpg_url(address),
        min_size=2,
        max_size=QUEUE_CONNECTIONS,
        server_settings={"application_name": "studyhall worker"},
    ) as pool:
        runner = Runner(resources, pool, jobs, periodic, pace)
        stopping = asyncio.create_task(_stop_runner(runner, stop))
        measuring = asyncio.create_task(_measure(pool))
        log.info("worker ready", jobs=len(jobs) + len(periodic), concurrency=pace.concurrency)
        try:
            await runner.run()
        finally:
            stopping.cancel()
            measuring.cancel()


async def _stop_runner(runner: Runner, stop: asyncio.Event) -> None:
    await stop.wait()
    log.info("worker stopping; finishing the jobs at hand")
    runner.stop()
    await asyncio.sleep(GRACE_SECONDS)
    log.warning("jobs did not end in time; another worker will run them again", seconds=GRACE_SECONDS)
    os._exit(0)


async def _measure(pool: asyncpg.Pool) -> None:
    while True:
        try:
            await measure(pool)
        except DATABASE_TROUBLE as error:
            log.debug("the job table could not be measured", error=repr(error))
        await asyncio.sleep(MEASURE_SECONDS)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return

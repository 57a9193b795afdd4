"""A worker in a process of its own, for tests that kill it. Arguments: database address, seconds of heartbeat."""

import asyncio
import signal
import sys
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from sqlalchemy import text

from studyhall.entrypoints.worker import work
from studyhall.platform.database import Database
from studyhall.platform.jobs import JobRun, job
from studyhall.platform.jobs.runner import Pace
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Settings
from studyhall.platform.uow import Origin, Subscribers, UnitOfWork, unit_of_work

BEGIN = "INSERT INTO effects (key, times) VALUES (:key, 1) ON CONFLICT (key) DO UPDATE SET times = effects.times + 1"


@dataclass
class WorkerResources:
    settings: Settings
    database: Database
    subscribers: Subscribers = field(default_factory=dict)

    def unit_of_work(self, origin: Origin | None = None) -> AbstractAsyncContextManager[UnitOfWork]:
        return unit_of_work(cast(Resources, self), origin)


@job("tests.effect", tries=3, first_delay=0.1)
async def effect(run: JobRun, *, key: str, seconds: float = 0) -> None:
    """Counts how often it was begun, takes its time, then has its effect once."""
    async with run.unit_of_work() as uow:
        await uow.session.execute(text(BEGIN), {"key": f"begun:{key}"})
    await asyncio.sleep(seconds)
    async with run.unit_of_work() as uow:
        await uow.session.execute(text("INSERT INTO effects (key) VALUES (:key) ON CONFLICT DO NOTHING"), {"key": key})


@job("tests.stumble", tries=3, first_delay=0.1)
async def stumble(run: JobRun, *, key: str) -> None:
    """Fails twice, then has its effect."""
    if run.attempt < 3:
        raise LookupError("not yet")
    async with run.unit_of_work() as uow:
        await uow.session.execute(text("INSERT INTO effects (key) VALUES (:key)"), {"key": key})


@job("tests.never", tries=2, first_delay=0.1)
async def never(run: JobRun) -> None:
    raise LookupError("never")


async def run(url: str, heartbeat: float) -> None:
    settings = Settings(database_url=url, database_pool=4, straight_pool=1)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    resources = cast(Resources, WorkerResources(settings, await Database.connect(settings)))
    pace = Pace(concurrency=4, heartbeat=timedelta(seconds=heartbeat), poll=timedelta(seconds=0.5))
    await work(resources, (effect, stumble, never), (), stop, pace)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], float(sys.argv[2])))

"""Real worker processes on a real job table: killed, doubled, stopped."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from studyhall.platform.jobs import Job, enqueue, failed_jobs
from tests.platform.worker_process import effect, never, stumble

pytestmark = pytest.mark.asyncio(loop_scope="session")

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


class Workers:
    """Starts worker processes and leaves none behind."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, heartbeat: float = 2) -> subprocess.Popen[bytes]:
        path = os.pathsep.join(filter(None, (str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(
            [sys.executable, str(HERE / "worker_process.py"), self._url, str(heartbeat)],
            env={**os.environ, "PYTHONPATH": path},
        )
        self.running.append(process)
        return process

    def end(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()


@pytest.fixture
def workers(queue_url: str) -> Iterator[Workers]:
    started = Workers(queue_url)
    yield started
    started.end()


@pytest.fixture
async def connection(queue_url: str) -> Any:
    opened = await asyncpg.connect(queue_url)
    yield opened
    await opened.close()


async def put(connection: Any, what: Job, **arguments: Any) -> None:
    async with connection.transaction():
        await enqueue(connection, what, arguments)


async def until(check: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not await check():
            await asyncio.sleep(0.05)


async def counts(connection: Any) -> dict[str, int]:
    return dict(await connection.fetch("SELECT key, times FROM effects"))


async def waiting(connection: Any) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE status <> 'failed'"))


async def test_a_killed_workers_jobs_are_done_by_another(connection: Any, workers: Workers) -> None:
    for number in range(6):
        await put(connection, effect, key=f"k{number}", seconds=1.5)
    first = workers.start()

    async def begun() -> bool:
        return len(await counts(connection)) >= 4

    await until(begun)
    first.send_signal(signal.SIGKILL)
    first.wait()
    before = await counts(connection)
    assert not any(key.startswith("k") for key in before)  # killed in the middle of all of them
    workers.start()

    async def done() -> bool:
        return await waiting(connection) == 0

    await until(done)
    after = await counts(connection)
    assert {key for key in after if key.startswith("k")} == {f"k{number}" for number in range(6)}
    assert all(after[f"k{number}"] == 1 for number in range(6))
    assert sum(times for key, times in after.items() if key.startswith("begun:")) == 6 + len(before)


async def test_two_workers_do_nothing_twice(connection: Any, workers: Workers) -> None:
    for number in range(120):
        await put(connection, effect, key=f"k{number}")
    workers.start()
    workers.start()

    async def done() -> bool:
        return await waiting(connection) == 0

    await until(done)
    after = await counts(connection)
    assert len(after) == 240
    assert set(after.values()) == {1}


async def test_a_job_that_outlasts_the_heartbeat_is_not_run_twice(connection: Any, workers: Workers) -> None:
    await put(connection, effect, key="long", seconds=4)
    workers.start(heartbeat=1)
    workers.start(heartbeat=1)

    async def done() -> bool:
        return await waiting(connection) == 0

    await until(done)
    assert await counts(connection) == {"begun:long": 1, "long": 1}


async def test_failures_are_tried_again_and_then_kept(connection: Any, workers: Workers) -> None:
    await put(connection, stumble, key="third")
    await put(connection, never)
    workers.start()

    async def done() -> bool:
        return await waiting(connection) == 0

    await until(done)
    assert await counts(connection) == {"third": 1}
    (failed,) = await failed_jobs(connection)
    assert (failed.name, failed.attempts, failed.reason) == ("tests.never", 2, "LookupError: never")


async def test_told_to_stop_it_finishes_what_it_has_begun(connection: Any, workers: Workers) -> None:
    await put(connection, effect, key="begun-before", seconds=1.5)
    worker = workers.start()

    async def begun() -> bool:
        return bool(await counts(connection))

    await until(begun)
    worker.terminate()
    await put(connection, effect, key="after")
    assert await asyncio.to_thread(worker.wait, 10) == 0
    assert await counts(connection) == {"begun:begun-before": 1, "begun-before": 1}
    assert await waiting(connection) == 1


async def test_a_job_in_the_future_is_taken_at_its_time(connection: Any, workers: Workers) -> None:
    from datetime import timedelta

    from studyhall.platform import clock

    workers.start()
    async with connection.transaction():
        await enqueue(connection, effect, {"key": "later"}, run_at=clock.now() + timedelta(seconds=3))
    await asyncio.sleep(1.5)
    assert await counts(connection) == {}

    async def done() -> bool:
        return "later" in await counts(connection)

    await until(done, 6)

"""A process that is started, idle, killed and replaced. The real engine is not loaded here."""

import asyncio
import os
from typing import Any

import pytest

from studyhall.platform.clients.model_process import ModelProcess, ProcessFailed

# Stands in for the engine: echoes, sleeps, dies or babbles as it is told.
ECHO = """
import json, os, sys, time
def frame():
    head = sys.stdin.buffer.read(4)
    if len(head) < 4: sys.exit()
    return sys.stdin.buffer.read(int.from_bytes(head, "big"))
while True:
    request, payload = json.loads(frame()), frame()
    if request.get("die"): os._exit(3)
    if request.get("sleep"): time.sleep(60)
    if request.get("babble"): sys.stdout.buffer.write(b"\\xff" * 100); sys.stdout.buffer.flush(); continue
    answer = json.dumps({"bytes": len(payload), "names": sorted(os.environ)}).encode()
    sys.stdout.buffer.write(len(answer).to_bytes(4, "big") + answer); sys.stdout.buffer.flush()
"""


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes processes that run the stand-in instead of a module."""
    start = asyncio.create_subprocess_exec

    async def started(program: str, *_: str, **options: Any) -> Any:
        return await start(program, "-I", "-c", ECHO, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", started)
    return ModelProcess


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_one_process_answers_all_calls_and_knows_no_secret(echo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDYHALL_SECRET_KEY", "not for the model process")
    process = echo("unused")
    assert process.pid is None
    answers = await asyncio.gather(*(process.call({}, bytes(size)) for size in (0, 5, 3_000_000)))
    assert [one["bytes"] for one in answers] == [0, 5, 3_000_000]
    assert "STUDYHALL_SECRET_KEY" not in answers[0]["names"]
    pid = process.pid
    await process.close()
    assert process.pid is None and not _lives(pid)


@pytest.mark.parametrize("fault", ["die", "sleep", "babble"])
async def test_after_a_fault_the_next_call_has_a_new_process(echo: Any, fault: str) -> None:
    process = echo("unused", call_seconds=1.0)
    await process.call({})
    first = process.pid
    with pytest.raises(ProcessFailed):
        await process.call({fault: True})
    assert not _lives(first)
    assert (await process.call({}, b"abc"))["bytes"] == 3
    assert process.pid != first
    await process.close()


async def test_it_ends_when_idle_and_comes_back(echo: Any) -> None:
    process = echo("unused", idle_seconds=0.2)
    await process.call({})
    pid = process.pid
    async with asyncio.timeout(10):
        while process.pid is not None or _lives(pid):
            await asyncio.sleep(0.05)
    assert (await process.call({}, b"x"))["bytes"] == 1
    await process.close()


async def test_a_cancelled_call_leaves_nothing_half_read(echo: Any) -> None:
    process = echo("unused")
    waiting = asyncio.create_task(process.call({"sleep": True}))
    await asyncio.sleep(0.3)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert process.pid is None
    assert (await process.call({}, b"xy"))["bytes"] == 2
    await process.close()

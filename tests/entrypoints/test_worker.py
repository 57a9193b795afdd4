"""The worker goes on when what it leans on goes away for a while."""

import asyncio

import asyncpg
import pytest
from pgqueuer.errors import FailingListenerError

from studyhall.entrypoints import worker
from studyhall.platform.resources import Resources


@pytest.mark.parametrize("trouble", [FailingListenerError(), ConnectionResetError(), asyncpg.InterfaceError("closed")])
async def test_it_begins_anew(resources: Resources, monkeypatch: pytest.MonkeyPatch, trouble: Exception) -> None:
    stop, begun = asyncio.Event(), 0

    async def once(*_: object) -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise trouble
        stop.set()

    async def at_once(*_: object) -> None:
        return None

    monkeypatch.setattr(worker, "_work_once", once)
    monkeypatch.setattr(worker, "_wait", at_once)
    await asyncio.wait_for(worker.work(resources, [], [], stop), 5)
    assert begun == 2


async def test_a_fault_of_our_own_is_not_hidden(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    async def once(*_: object) -> None:
        raise ValueError("ours")

    monkeypatch.setattr(worker, "_work_once", once)
    with pytest.raises(ValueError, match="ours"):
        await worker.work(resources, [], [], asyncio.Event())

"""One process of its own for models: started by the first call, ended when idle, killed and replaced when it hangs.

Models need hundreds of megabytes and their libraries open hostile files in C. So both live where a crash or a leak
costs one request and where the operating system gets the memory back. The process inherits no environment, hence no
secret.

A call is a frame of JSON and a frame of bytes, an answer is a frame of JSON; a frame is its length (4 bytes, big
endian) and its content.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import structlog

import studyhall

log = structlog.get_logger(__name__)

ENGINE = "studyhall.platform.clients.model_engine"
LENGTH_BYTES = 4
LONGEST_ANSWER = 64 * 1024 * 1024
IDLE_SECONDS = 120.0
# One thread a model: two that spin for one another are slower wherever the machine has something else to do.
# The code that it runs is the code that started it, wherever that was imported from; nothing else of the environment.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(studyhall.__file__).resolve().parents[1])}
CALL_SECONDS = 120.0


class ProcessFailed(Exception):
    """The process died, hung, or answered nonsense; it is gone, and the next call starts a new one."""


class ModelProcess:
    """A module of ours run as a process; calls wait for one another.

    Args:
        module: run with `python -m`; it serves frames on its standard input and output until its input ends.
        idle_seconds: how long it is kept after its last call.
        call_seconds: how long one call may take.
    """

    def __init__(self, module: str, *, idle_seconds: float = IDLE_SECONDS, call_seconds: float = CALL_SECONDS) -> None:
        self._module = module
        self._idle_seconds, self._call_seconds = idle_seconds, call_seconds
        self._lock = asyncio.Lock()
        self._process: Process | None = None
        self._ending: asyncio.TimerHandle | None = None
        self._closers: set[asyncio.Task[None]] = set()

    @property
    def pid(self) -> int | None:
        """The process id while there is one."""
        return None if self._process is None else self._process.pid

    async def call(self, request: dict[str, Any], payload: bytes = b"") -> dict[str, Any]:
        """Ask it, and have its answer. Raises ProcessFailed."""
        async with self._lock:
            if self._ending is not None:
                self._ending.cancel()
            try:
                process = await self._running()
                async with asyncio.timeout(self._call_seconds):
                    answer = await _exchange(process, request, payload)
            except TimeoutError as error:
                await self._kill()
                raise ProcessFailed(f"no answer within {self._call_seconds:g} seconds") from error
            except (OSError, EOFError, ValueError) as error:
                await self._kill()
                raise ProcessFailed("the process has died or answered nonsense") from error
            except BaseException:
                # Whoever waited has gone; the half-read answer must not be taken for the next one's.
                await self._kill()
                raise
            self._ending = asyncio.get_running_loop().call_later(self._idle_seconds, self._end)
            return answer

    async def close(self) -> None:
        """End it, after the call that it is at."""
        async with self._lock:
            if self._ending is not None:
                self._ending.cancel()
            await self._kill()

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-s", "-m", self._module, stdin=PIPE, stdout=PIPE, env=ENVIRONMENT
            )
            log.info("model process started", module=self._module, pid=self._process.pid)
        return self._process

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()

    def _end(self) -> None:
        task = asyncio.get_running_loop().create_task(self._end_if_idle())
        self._closers.add(task)
        task.add_done_callback(self._closers.discard)

    async def _end_if_idle(self) -> None:
        if self._lock.locked():
            return  # a call came first, and sets the time anew
        async with self._lock:
            await self._kill()


async def _exchange(process: Process, request: dict[str, Any], payload: bytes) -> dict[str, Any]:
    reader, writer = process.stdout, process.stdin
    assert reader is not None and writer is not None
    header = orjson.dumps(request)
    for frame in (header, payload):
        writer.write(len(frame).to_bytes(LENGTH_BYTES, "big"))
        writer.write(frame)
    await writer.drain()
    length = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "big")
    if length > LONGEST_ANSWER:
        raise ValueError("the answer is too long")
    answer = orjson.loads(await reader.readexactly(length))
    if not isinstance(answer, dict):
        raise ValueError("the answer is no object")
    return answer

"""A small HTTP/1.1 load generator: raw keep-alive connections, so that it takes little of the CPU that it measures."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, ready to be sent."""

    name: str
    wire: bytes

    @classmethod
    def make(cls, name: str, method: str, path: str, token: str | None = None, body: bytes = b"") -> "Call":
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "User-Agent: bench"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        elif method != "GET":
            lines.append("Content-Length: 0")
        return cls(name, "\r\n".join(lines).encode() + _HEAD_END + body)


@dataclass
class Outcome:
    """What a load did: latencies in seconds, statuses, and how long it took."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    statements: list[int] = field(default_factory=list)
    body_bytes: int = 0
    seconds: float = 0.0

    @property
    def requests(self) -> int:
        return len(self.latencies)

    @property
    def rate(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Latency in milliseconds below which that share of the requests lies."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    @property
    def failures(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 400)

    @property
    def server_errors(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)


class _Connection(asyncio.Protocol):
    """Sends one call after another; the answer's end is found by its content-length."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._waiter: asyncio.Future[tuple[int, bytes, int]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(_HEAD_END)
        if end < 0 or self._waiter is None:
            return
        head = bytes(self._buffer[:end]).lower()
        at = head.find(b"\r\ncontent-length:")
        length = int(head[at + 17 : _line_end(head, at + 2)]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + length:
            return
        del self._buffer[: end + 4 + length]
        waiter, self._waiter = self._waiter, None
        waiter.set_result((int(head[9:12]), head, length))

    async def ask(self, call: Call) -> tuple[int, bytes, int]:
        self._waiter = asyncio.get_running_loop().create_future()
        self._transport.write(call.wire)  # type: ignore[attr-defined]  # a stream's transport writes
        return await self._waiter

    def close(self) -> None:
        self._transport.close()


def _line_end(head: bytes, start: int) -> int:
    end = head.find(b"\r\n", start)
    return len(head) if end < 0 else end


def _statements(head: bytes) -> int | None:
    at = head.find(b'sql;desc="')
    return int(head[at + 10 : head.index(b'"', at + 10)]) if at >= 0 else None


async def closed_loop(port: int, calls: Sequence[Call], connections: int, seconds: float) -> Outcome:
    """Every connection asks again as soon as it was answered."""
    return await _run(port, calls, connections, seconds, lambda _: 0.0)


async def paced(port: int, calls: Sequence[Call], connections: int, seconds: float, rate: float) -> Outcome:
    """So many requests a second, whatever the server does; latency counts from when a request was due."""
    return await _run(port, calls, connections, seconds, lambda _: connections / rate)


async def each_once(port: int, calls: Sequence[Call], connections: int) -> Outcome:
    """Every call is sent exactly once, in the given order."""
    outcome, waiting = Outcome(), iter(calls)
    started = time.perf_counter()
    await asyncio.gather(*(_worker(port, waiting, outcome) for _ in range(connections)))
    outcome.seconds = time.perf_counter() - started
    return outcome


async def _worker(port: int, waiting: Iterator[Call], outcome: Outcome) -> None:
    _, connection = await asyncio.get_running_loop().create_connection(_Connection, "127.0.0.1", port)
    for call in waiting:
        await _ask(connection, call, time.perf_counter(), outcome)
    connection.close()


async def _run(
    port: int, calls: Sequence[Call], connections: int, seconds: float, pause: Callable[[int], float]
) -> Outcome:
    outcome = Outcome()
    started = time.perf_counter()
    until = started + seconds
    await asyncio.gather(
        *(_student(port, calls, until, pause(number), number, outcome) for number in range(connections))
    )
    outcome.seconds = time.perf_counter() - started
    return outcome


async def _student(port: int, calls: Sequence[Call], until: float, pause: float, number: int, outcome: Outcome) -> None:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(_Connection, "127.0.0.1", port)
    order = list(calls)
    random.Random(number).shuffle(order)
    due = time.perf_counter() + (random.Random(number).random() * pause)
    for call in cycle(order):
        if pause:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        begun = due if pause else time.perf_counter()
        if begun >= until:
            break
        await _ask(connection, call, begun, outcome)
        due += pause
    connection.close()


async def _ask(connection: _Connection, call: Call, begun: float, outcome: Outcome) -> None:
    status, head, length = await connection.ask(call)
    outcome.latencies.append(time.perf_counter() - begun)
    outcome.statuses[status] += 1
    outcome.body_bytes = max(outcome.body_bytes, length)
    counted = _statements(head)
    if counted is not None:
        outcome.statements.append(counted)

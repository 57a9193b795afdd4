"""Sends every measured request for every person of a sample, and says what came of it."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from redis.asyncio import Redis

from bench.load import Call, Outcome, each_once
from bench.scale.calls import Measured
from bench.scale.people import FEW, MANY, Person
from studyhall.domains.identity.service import tokens
from studyhall.platform.crypto import Keys

CONNECTIONS = 4
SLOW, MOST_STATEMENTS = 200.0, 10
_LIFETIME = timedelta(hours=6)


@dataclass
class Row:
    """One request. Times in milliseconds; statements of the cold round; `few` and `many` of the two special people,
    `many_ms` the time of the one request of the second."""

    name: str
    requests: int
    p50: float
    p95: float
    p99: float
    again_p95: float | None
    statements: int
    few: int | None
    many: int | None
    many_ms: float
    body_bytes: int
    statuses: dict[str, int]
    flags: list[str] = field(default_factory=list)


class Measurement:
    """A server under load by a sample of people."""

    def __init__(
        self, port: int, redis_url: str, secret: str, sample: Sequence[Person], special: Sequence[Person]
    ) -> None:
        self._port, self._redis_url = port, redis_url
        self._sample, self._special = sample, special
        keys = Keys(secret)
        self._tokens = {
            one.number: tokens.issue_access(keys, one.id, one.row("session", 0), _LIFETIME)
            for one in (*sample, *special)
        }

    def measure(self, measured: Measured) -> Row:
        """Each person of the sample asks once with nothing cached, reads then once more; last the two special people.

        The first few requests are not counted: they fill what the process keeps, such as prepared statements.
        """
        return asyncio.run(self._measure(measured))

    async def _measure(self, measured: Measured) -> Row:
        calls = self._calls(measured, self._sample)
        warming = 8 if measured.is_write else 16
        await each_once(self._port, calls[:warming], CONNECTIONS)
        if measured.is_write:
            calls = calls[warming:]
        await self._forget()
        cold = await each_once(self._port, calls, CONNECTIONS)
        again = None if measured.is_write else await each_once(self._port, calls, CONNECTIONS)
        few, many = [await self._alone(measured, one) for one in self._special]
        return _row(measured.name, cold, again, few, many)

    def _calls(self, measured: Measured, people: Sequence[Person]) -> list[Call]:
        prepared = ((one, measured.prepare(one)) for one in people)
        return [
            Call.make(measured.name, request[0], request[1], self._tokens[one.number], request[2])
            for one, request in prepared
            if request is not None
        ]

    async def _forget(self) -> None:
        redis = Redis.from_url(self._redis_url)
        await redis.flushdb()
        await redis.aclose()

    async def _alone(self, measured: Measured, one: Person) -> Outcome:
        """One request of that person, nothing cached; no outcome where it does not fit."""
        await self._forget()
        return await each_once(self._port, self._calls(measured, [one]), 1)


def special(people: Sequence[Person]) -> list[Person]:
    """Who has one row of everything, and who has a great deal."""
    return [people[FEW], people[MANY]]


def _row(name: str, cold: Outcome, again: Outcome | None, few: Outcome, many: Outcome) -> Row:
    row = Row(
        name=name,
        requests=cold.requests,
        p50=round(cold.percentile(0.5), 1),
        p95=round(cold.percentile(0.95), 1),
        p99=round(cold.percentile(0.99), 1),
        again_p95=round(again.percentile(0.95), 1) if again else None,
        statements=max(cold.statements, default=0),
        few=_statements(few),
        many=_statements(many),
        many_ms=round(many.percentile(0.5), 1),
        body_bytes=cold.body_bytes,
        statuses={str(status): count for status, count in sorted(cold.statuses.items())},
    )
    if max(row.p95, row.many_ms) > SLOW:
        row.flags.append(f"over {SLOW:.0f} ms")
    if max(row.statements, row.few or 0, row.many or 0) > MOST_STATEMENTS:
        row.flags.append(f"over {MOST_STATEMENTS} statements")
    if row.few is not None and row.many is not None and row.many > row.few + 1:
        row.flags.append("statements grow")
    if cold.failures:
        row.flags.append(f"{cold.failures} refused")
    return row


def _statements(alone: Outcome) -> int | None:
    """How many it took; None where it was refused or not sent."""
    return alone.statements[0] if alone.statements and not alone.failures else None


def told(rows: Sequence[Row]) -> str:
    """The rows as text, the slowest first."""
    lines = [f"{'p50':>8} {'p95':>8} {'p99':>8} {'again':>8} {'many':>8} {'SQL':>4} few/many  request"]
    for row in sorted(rows, key=lambda one: -one.p95):
        again = "" if row.again_p95 is None else f"{row.again_p95:.1f}"
        shown = "/".join("-" if count is None else str(count) for count in (row.few, row.many))
        lines.append(
            f"{row.p50:8.1f} {row.p95:8.1f} {row.p99:8.1f} {again:>8} {row.many_ms:8.1f} {row.statements:4} {shown:>8}"
            + f"  {row.name}"
            + (f"   ! {json.dumps(row.flags)}" if row.flags else "")
        )
    return "\n".join(lines)

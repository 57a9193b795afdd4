"""Answers kept in Redis for a while; losing them must never matter.

A failing Redis never fails a request: a look-up becomes a miss, a drop is given up (and the value lives until its
time is over). Both are counted in `studyhall_redis_outages_total{part="cache"}`.

The race that every such cache has: a reader misses and reads the old row; a writer commits and drops the key; then
the reader stores the old value, which now stays until its time is over. Against it every key has a generation, a
random token beside the value. A reader notes the generation before it reads the database, and the value is stored
only if the generation is still the same, compared and set in one step inside Redis. A drop sets a new generation.
So a value that was read before a drop can never be stored after it. Two conditions: `make` reads with READ
COMMITTED (the default here), and a drop happens after the commit, through `uow.after_commit`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
from redis.asyncio import Redis

from studyhall.platform import metrics
from studyhall.platform.breaker import OUTAGE, CircuitBreaker
from studyhall.platform.ids import new_id

GENERATION_SECONDS = 3600
"""How long a drop is remembered; longer than any reader takes to make a value."""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of cached answer.

    Attributes:
        ttl_seconds: how old an answer may get.
        version: raise it with every change of the answer's shape, so that a new release does not read old shapes.
    """

    name: str
    ttl_seconds: int
    version: int = 1

    def key(self, *parts: object) -> str:
        """The key of one answer, e.g. of a user: `DASHBOARD.key(user_id)`."""
        return ":".join((self.name, f"v{self.version}", *map(str, parts)))


# The times that the specifications ask for.
DASHBOARD = Source("dashboard", 300)
PREFERENCES = Source("preferences", 3600)
COURSES = Source("courses", 1800)
TIMETABLE = Source("timetable", 3600)
RECOMMENDATIONS = Source("recommendations", 900)
PROGRESS = Source("progress", 600)

_BYTES, _JSON = b"b", b"j"

# KEYS: value, generation. ARGV: the generation the reader saw, the value, milliseconds to live.
_STORE = """
if (redis.call('GET', KEYS[2]) or '') == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1
end
return 0
"""


class Cache:
    """Answers by key.

    Args:
        redis: a client that answers bytes (no `decode_responses`).
        prefix: put before every key, so that installations can share a Redis.
    """

    def __init__(self, redis: Redis, prefix: str = "cache") -> None:
        self._redis = redis
        self._call: Callable[..., Awaitable[Any]] = redis.execute_command
        self._prefix = prefix
        self._breaker = CircuitBreaker("cache")

    async def get_or_make(self, key: str, ttl_seconds: int, make: Callable[[], Awaitable[Any]]) -> Any:
        """The kept answer, or what `make` gives, which is then kept.

        `bytes` come back as they are; anything else as plain JSON (a UUID as its text), the first time as well as
        later, so that nobody comes to depend on the difference.

        Raises:
            TypeError: `make` gave something that is no JSON.
        """
        kept, generation = await self._read(key)
        if kept is not None:
            return _unpack(kept)
        packed = _pack(await make())
        if generation is not None:
            await self._store(key, generation, packed, ttl_seconds)
        return _unpack(packed)

    async def drop(self, *keys: str) -> None:
        """Forget these answers, also those that somebody is making right now. Call it after the commit."""
        if not keys or self._breaker.is_open:
            return
        generation = new_id().bytes
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                for key in keys:
                    pipe.set(self._generation_key(key), generation, ex=GENERATION_SECONDS)
                    pipe.delete(self._value_key(key))
                await pipe.execute()
        except OUTAGE as error:
            self._breaker.failed(error)

    async def _read(self, key: str) -> tuple[bytes | None, bytes | None]:
        """The kept bytes and the generation of the key; no generation means that nothing may be stored."""
        if self._breaker.is_open:
            return None, None
        try:
            kept, generation = await self._call("MGET", self._value_key(key), self._generation_key(key))
        except OUTAGE as error:
            self._breaker.failed(error)
            return None, None
        source = key.partition(":")[0]
        metrics.cache_reads.labels(source, "miss" if kept is None else "hit").inc()
        return kept, generation or b""

    async def _store(self, key: str, generation: bytes, packed: bytes, ttl_seconds: int) -> None:
        if self._breaker.is_open:
            return
        keys = (self._value_key(key), self._generation_key(key))
        try:
            await self._call("EVAL", _STORE, 2, *keys, generation, packed, ttl_seconds * 1000)
        except OUTAGE as error:
            self._breaker.failed(error)

    def _value_key(self, key: str) -> str:
        return f"{self._prefix}:{key}"

    def _generation_key(self, key: str) -> str:
        return f"{self._prefix}:generation:{key}"


def _pack(value: object) -> bytes:
    return _BYTES + value if isinstance(value, bytes) else _JSON + orjson.dumps(value)


def _unpack(packed: bytes) -> Any:
    body = packed[1:]
    return body if packed[:1] == _BYTES else orjson.loads(body)

"""Rate limits, counted in Redis, decided in one round trip.

The algorithm is the sliding-window counter (Cloudflare, "How we built rate limiting capable of scaling to millions
of domains", 2017): two fixed windows are counted, and the earlier one weighs as much as it still overlaps the
sliding window,

    used = earlier * (1 - elapsed / window) + current

Cloudflare measured 0.003 % wrong decisions with it, for one small hash per key instead of a log of every call.

While a person is far from a wide limit (100 calls or more, under half of them used), a process counts eight of his
calls in one round trip and lets the next seven through on that, for two seconds at most. A burst so costs an eighth of
the round trips, and nobody is ever let through uncounted; what was counted ahead and not called is forgotten.

Time comes from the platform's clock, so that tests can move it. When Redis is away every call is let through: a
limit protects the service, and must not be what takes it down. That is logged once a minute and counted in
`studyhall_redis_outages_total{part="ratelimit"}`.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha1
from typing import Any, Self

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from studyhall.platform import clock
from studyhall.platform.breaker import OUTAGE, CircuitBreaker

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_TEXT = re.compile(r"^\s*(\d+)\s*(?:/|\bper\b)\s*(\d*)\s*(second|minute|hour|day)s?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in any stretch of `window_seconds`."""

    count: int
    window_seconds: int

    def __post_init__(self) -> None:
        if self.count < 1 or self.window_seconds < 1:
            raise ValueError("a rate limit allows at least one call in at least one second")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `60/minute`, `5/day`, `10/15 minutes` or `100 per hour`.

        Raises:
            ValueError: the text says something else.
        """
        return cls(*_parsed(text))

    def __str__(self) -> str:
        return f"{self.count} per {self.window_seconds} seconds"


@lru_cache(maxsize=256)
def _parsed(text: str) -> tuple[int, int]:
    match = _TEXT.match(text)
    if match is None:
        raise ValueError(f"'{text}' is no rate limit, e.g. 60/minute, 5/day or 10/15 minutes.")
    count, times, unit = match.groups()
    return int(count), int(times or 1) * _UNITS[unit.lower()]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the tightest of the asked limits says.

    Attributes:
        name: which limit that is; empty when none was asked or Redis is away.
        limit: calls allowed in a window.
        remaining: calls that are left now.
        reset_seconds: until the current fixed window ends and quota starts to come back; when refused, the same
            as `retry_after`.
        retry_after: seconds until one call is allowed again; 0 when this one is.
    """

    allowed: bool
    name: str = ""
    limit: int = 0
    remaining: int = 0
    reset_seconds: int = 0
    retry_after: int = 0

    def headers(self) -> dict[str, str]:
        """The `RateLimit-*` fields, and `Retry-After` (RFC 9110, 10.2.3) when refused."""
        if not self.limit:
            return {}
        fields = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }
        if not self.allowed:
            fields["Retry-After"] = str(self.retry_after)
        return fields


UNLIMITED = Decision(True)

Request = tuple[str, str, Limit]
"""Name of the limit, whom it is counted for, and how much is allowed."""

_CHECK, _PEEK, _HIT = b"c", b"p", b"h"

WIDE = 100
BULK = 8
LEASE_MS = 2000
MOST_LEASES = 50_000

# KEYS: one hash per limit {w: number of the window, c: calls in it, p: calls in the one before}.
# ARGV: now in ms, mode, calls to count if they leave enough, then count and window in ms for each key.
# Answers {allowed, index of the tightest limit (from 0), remaining, reset in ms, retry after in ms, calls counted}.
_SCRIPT = """
local now, mode, bulk = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local n = #KEYS
local state = {}
local allowed = 1
for i = 1, n do
  local count, window = tonumber(ARGV[2 + 2 * i]), tonumber(ARGV[3 + 2 * i])
  local index = math.floor(now / window)
  local stored = redis.call('HMGET', KEYS[i], 'w', 'c', 'p')
  local w, current, earlier = tonumber(stored[1]), tonumber(stored[2]), tonumber(stored[3])
  if w == index + 1 then index = w
  elseif w == index - 1 then earlier = current; current = 0
  elseif w ~= index then current = 0; earlier = 0 end
  local elapsed = math.max(0, now - index * window)
  local used = earlier * (1 - elapsed / window) + current
  local over = used + 1 > count
  if over then allowed = 0 end
  if used + bulk > count / 2 then bulk = 1 end
  state[i] = {count, window, index, elapsed, current, earlier, used, over}
end
local counted = mode == 'h' or (mode == 'c' and allowed == 1)
local tightest, t_left, t_retry, t_reset = 0, nil, 0, 0
for i = 1, n do
  local count, window, index, elapsed, current, earlier, used, over = unpack(state[i])
  local retry = 0
  if over then
    if current <= count - 1 then retry = window * (1 - (count - 1 - current) / earlier) - elapsed
    else retry = (window - elapsed) + window * (1 - (count - 1) / current) end
  end
  if counted then
    current = current + bulk
    used = used + bulk
    redis.call('HSET', KEYS[i], 'w', index, 'c', current, 'p', earlier)
    redis.call('PEXPIRE', KEYS[i], 2 * window)
  end
  local left = math.max(0, math.floor(count - used + 1e-9))
  local tighter = t_left == nil or (over and (retry > t_retry))
      or (t_retry == 0 and not over and left < t_left)
  if tighter then
    tightest, t_left, t_retry = i - 1, left, retry
    t_reset = over and retry or (window - elapsed)
  end
end
return {allowed, tightest, t_left, math.ceil(t_reset), math.ceil(t_retry), bulk}
"""
_SHA = sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()


class RateLimiter:
    """Counts calls and says whether one more is allowed.

    Args:
        redis: a client; both text and bytes answers will do.
        prefix: put before every key, so that installations can share a Redis.
        enabled: off lets everything through and counts nothing.
    """

    def __init__(self, redis: Redis, prefix: str = "rl", enabled: bool = True) -> None:
        self._call: Callable[..., Awaitable[Any]] = redis.execute_command
        self._prefix = prefix
        self._enabled = enabled
        self._breaker = CircuitBreaker("ratelimit")
        self._leases: dict[str, tuple[int, int, Decision]] = {}

    async def check(self, requests: Sequence[Request]) -> Decision:
        """Count one call against all the limits if all allow it; a refused call is counted against none.

        The tightest limit decides what is answered: among refusing ones the one with the longest wait, else the
        one with the fewest calls left. Who refuses a call because of it counts that with `metrics.count_refusal`.
        """
        return await self._ask(_CHECK, requests)

    async def peek(self, requests: Sequence[Request]) -> Decision:
        """Say whether a call would be allowed, without counting it (login counts only failures)."""
        return await self._ask(_PEEK, requests)

    async def hit(self, requests: Sequence[Request]) -> Decision:
        """Count one call against all the limits whatever they say; `allowed` says whether it was within them."""
        return await self._ask(_HIT, requests)

    async def _ask(self, mode: bytes, requests: Sequence[Request]) -> Decision:
        if not self._enabled or not requests or self._breaker.is_open:
            return UNLIMITED
        keys = [f"{self._prefix}:{name}:{key}" for name, key, _ in requests]
        now = int(clock.now().timestamp() * 1000)
        is_wide = mode == _CHECK and len(requests) == 1 and requests[0][2].count >= WIDE
        if is_wide and (taken := self._taken(keys[0], now)) is not None:
            return taken
        arguments: list[str | bytes | int] = [now, mode, BULK if is_wide else 1]
        for _, _, limit in requests:
            arguments += (limit.count, limit.window_seconds * 1000)
        try:
            answer = await self._evaluate(keys, arguments)
        except OUTAGE as error:
            self._breaker.failed(error)
            return UNLIMITED
        allowed, index, remaining, reset, retry, counted = answer
        name, _, limit = requests[index]
        decision = Decision(
            bool(allowed), name, limit.count, remaining, -(-reset // 1000), max(1, -(-retry // 1000)) if retry else 0
        )
        if is_wide and counted > 1:
            decision = replace(decision, remaining=remaining + counted - 1)
            self._keep(keys[0], counted - 1, now + LEASE_MS, decision)
        return decision

    def _keep(self, key: str, calls: int, until: int, decision: Decision) -> None:
        if len(self._leases) >= MOST_LEASES:
            self._leases.clear()
        waiting = self._leases.get(key, (0, 0, decision))[0]
        self._leases[key] = (calls + waiting, until, decision)

    def _taken(self, key: str, now: int) -> Decision | None:
        """One of the calls that were counted ahead, or None when there is none left."""
        lease = self._leases.get(key)
        if lease is None:
            return None
        calls, until, decision = lease
        if not until - LEASE_MS <= now < until:
            del self._leases[key]
            return None
        decision = replace(decision, remaining=decision.remaining - 1)
        if calls == 1:
            del self._leases[key]
        else:
            self._leases[key] = (calls - 1, until, decision)
        return decision

    async def _evaluate(self, keys: list[str], arguments: list[str | bytes | int]) -> list[int]:
        try:
            answer: list[int] = await self._call("EVALSHA", _SHA, len(keys), *keys, *arguments)
        except NoScriptError:
            answer = await self._call("EVAL", _SCRIPT, len(keys), *keys, *arguments)
        return answer

"""A circuit breaker for Redis, which may be lost: a dead cache must cost a request nothing but the cache."""

import asyncio

import structlog
from redis.exceptions import RedisError

from studyhall.platform import metrics

log = structlog.get_logger(__name__)

OUTAGE = (RedisError, OSError, TimeoutError)
"""What a Redis client raises when the server is away, busy loading, or too slow."""


class CircuitBreaker:
    """Remembers that a dependency just failed, so that the next calls do not wait for it too.

    Every failure is counted in `studyhall_redis_outages_total{part}`; the log gets one line a minute at most.

    Args:
        part: who is asking, as the metric and the log name it.
        retry_seconds: how long to leave the dependency alone after a failure.
        log_seconds: the shortest time between two log lines.
    """

    def __init__(self, part: str, retry_seconds: float = 1.0, log_seconds: float = 60.0) -> None:
        self._part = part
        self._retry_seconds = retry_seconds
        self._log_seconds = log_seconds
        self._closed_from = float("-inf")
        self._silent_until = float("-inf")

    @property
    def is_open(self) -> bool:
        """Whether to go without the dependency for now."""
        return asyncio.get_running_loop().time() < self._closed_from

    def failed(self, error: BaseException) -> None:
        """Note a failure: count it, log it now and then, and stay open for a moment."""
        now = asyncio.get_running_loop().time()
        self._closed_from = now + self._retry_seconds
        metrics.redis_outages.labels(self._part).inc()
        if now >= self._silent_until:
            self._silent_until = now + self._log_seconds
            log.warning("redis does not answer; going on without it", part=self._part, error=repr(error))

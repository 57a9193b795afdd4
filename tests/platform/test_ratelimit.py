"""Rate limits on a real Valkey, with a clock that the test moves."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from studyhall.platform import clock
from studyhall.platform.ids import new_id
from studyhall.platform.ratelimit import UNLIMITED, Decision, Limit, RateLimiter

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def limiter(valkey: Redis) -> RateLimiter:
    return RateLimiter(valkey, prefix="test")


async def at(seconds: float, limiter: RateLimiter, limit: Limit, key: str = "ann") -> Decision:
    with clock.frozen_at(NOON + timedelta(seconds=seconds)):
        return await limiter.check([("read", key, limit)])


@pytest.mark.parametrize(
    ("text", "count", "seconds"),
    [
        ("60/minute", 60, 60),
        ("5/day", 5, 86400),
        ("10/15 minutes", 10, 900),
        ("100 per hour", 100, 3600),
        (" 1 / second ", 1, 1),
    ],
)
async def test_limits_are_read_from_text(text: str, count: int, seconds: int) -> None:
    assert Limit.parse(text) == Limit(count, seconds)


@pytest.mark.parametrize("text", ["", "60", "60/week", "0/minute", "-1/minute", "1/0 minutes", "60/minute/hour"])
async def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Limit.parse(text)


async def test_counts_down_and_refuses_the_call_after_the_last(limiter: RateLimiter) -> None:
    limit = Limit.parse("3/minute")
    assert [(await at(0, limiter, limit)).remaining for _ in range(3)] == [2, 1, 0]
    refused = await at(0, limiter, limit)
    assert refused == Decision(False, "read", 3, 0, reset_seconds=80, retry_after=80)
    assert refused.headers() == {
        "RateLimit-Limit": "3",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": "80",
        "Retry-After": "80",
    }


async def test_a_window_slides_instead_of_starting_afresh(limiter: RateLimiter) -> None:
    limit = Limit.parse("10/minute")
    for _ in range(10):
        assert (await at(59, limiter, limit)).allowed
    assert not (await at(61, limiter, limit)).allowed
    assert (await at(90, limiter, limit)).remaining == 4  # half of the earlier ten still counts, and this one
    assert (await at(200, limiter, limit)).remaining == 9


async def test_a_call_refused_by_one_limit_is_counted_against_none(limiter: RateLimiter) -> None:
    with clock.frozen_at(NOON):
        wide, narrow = ("default", "ann", Limit(10, 60)), ("search", "ann", Limit(1, 60))
        assert (await limiter.check([wide, narrow])).name == "search"
        for _ in range(5):
            assert (await limiter.check([wide, narrow])).name == "search"
        assert (await limiter.peek([wide])).remaining == 9


async def test_the_longest_wait_decides_among_refusals(limiter: RateLimiter) -> None:
    with clock.frozen_at(NOON):
        short, long = ("minute", "ann", Limit(1, 60)), ("day", "ann", Limit(1, 86400))
        await limiter.hit([short, long])
        refused = await limiter.check([short, long])
    assert (refused.allowed, refused.name) == (False, "day")
    assert refused.retry_after > 43000


async def test_keys_and_names_are_counted_apart(limiter: RateLimiter) -> None:
    limit = Limit(1, 60)
    assert (await at(0, limiter, limit, "ann")).allowed
    assert (await at(0, limiter, limit, "ben")).allowed
    assert not (await at(0, limiter, limit, "ann")).allowed


async def test_peek_counts_nothing_and_hit_counts_always(limiter: RateLimiter) -> None:
    request = [("login", "ann", Limit(2, 60))]
    with clock.frozen_at(NOON):
        for _ in range(5):
            assert (await limiter.peek(request)).allowed
        assert [(await limiter.hit(request)).allowed for _ in range(3)] == [True, True, False]
        assert not (await limiter.peek(request)).allowed


async def test_calls_at_the_same_moment_never_pass_the_limit_together(limiter: RateLimiter) -> None:
    with clock.frozen_at(NOON):
        decisions = await asyncio.gather(*(limiter.check([("r", "ann", Limit(20, 60))]) for _ in range(100)))
    assert sum(decision.allowed for decision in decisions) == 20


async def test_counts_leave_redis_by_themselves(limiter: RateLimiter, valkey: Redis) -> None:
    await limiter.check([("read", "ann", Limit(5, 60))])
    assert 0 < await valkey.pttl("test:read:ann") <= 120_000


async def test_without_redis_everything_is_let_through_and_said_once() -> None:
    def outages() -> float:
        return REGISTRY.get_sample_value("studyhall_redis_outages_total", {"part": "ratelimit"}) or 0

    before = outages()
    limiter = RateLimiter(Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.5))
    for _ in range(5):
        assert await limiter.check([("read", "ann", Limit(1, 60))]) == UNLIMITED
    assert outages() == before + 1  # the breaker spares the other four the attempt


async def test_switched_off_it_counts_nothing(valkey: Redis) -> None:
    limiter = RateLimiter(valkey, prefix="off", enabled=False)
    assert await limiter.check([("read", "ann", Limit(1, 60))]) == UNLIMITED
    assert await valkey.keys("off:*") == []


@given(
    count=st.integers(1, 8),
    window=st.integers(1, 90),
    pauses=st.lists(st.floats(0, 60, allow_nan=False), min_size=1, max_size=40),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_never_more_than_the_limit_in_a_window_and_the_promised_wait_suffices(
    limiter: RateLimiter, count: int, window: int, pauses: list[float]
) -> None:
    limit, key = Limit(count, window), str(new_id())
    moment, by_window = NOON, dict[int, int]()
    for pause in pauses:
        moment += timedelta(seconds=pause)
        with clock.frozen_at(moment):
            decision = await limiter.check([("p", key, limit)])
        if decision.allowed:
            number = int(moment.timestamp() * 1000) // (window * 1000)
            by_window[number] = by_window.get(number, 0) + 1
        else:
            with clock.frozen_at(moment + timedelta(seconds=decision.retry_after)):
                assert (await limiter.peek([("p", key, limit)])).allowed
    assert max(by_window.values()) <= count


async def test_far_from_a_wide_limit_a_burst_costs_few_round_trips(
    valkey: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter, limit = RateLimiter(valkey), Limit.parse("200/minute")
    asked = 0
    call = limiter._call

    async def counting(*arguments: object) -> object:
        nonlocal asked
        asked += 1
        return await call(*arguments)

    monkeypatch.setattr(limiter, "_call", counting)
    with clock.frozen_at(datetime(2026, 11, 18, 12, tzinfo=UTC)):
        decisions = [await limiter.check([("read", "mira", limit)]) for _ in range(80)]
    assert all(decision.allowed for decision in decisions)
    assert asked <= 12
    assert [decision.remaining for decision in decisions] == list(range(199, 119, -1))


async def test_counting_ahead_lets_no_call_too_many_through(valkey: Redis) -> None:
    limit = Limit.parse("120/minute")
    processes = [RateLimiter(valkey) for _ in range(3)]
    with clock.frozen_at(datetime(2026, 11, 18, 12, tzinfo=UTC)):
        allowed = sum([(await processes[n % 3].check([("read", "mira", limit)])).allowed for n in range(200)])
    assert 120 - 2 * 7 <= allowed <= 120


async def test_calls_counted_ahead_are_not_kept_for_later(valkey: Redis) -> None:
    limiter, limit = RateLimiter(valkey), Limit.parse("200/minute")
    start = datetime(2026, 11, 18, 12, tzinfo=UTC)
    with clock.frozen_at(start):
        await limiter.check([("read", "mira", limit)])
    with clock.frozen_at(start + timedelta(seconds=3)):
        assert (await limiter.check([("read", "mira", limit)])).remaining == 200 - 8 - 1

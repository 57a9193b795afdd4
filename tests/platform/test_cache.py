"""The cache on a real Valkey, and without one."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from redis.asyncio import Redis

from studyhall.platform.cache import (
    COURSES,
    DASHBOARD,
    PREFERENCES,
    PROGRESS,
    RECOMMENDATIONS,
    TIMETABLE,
    Cache,
    Source,
)
from studyhall.platform.ids import new_id

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def cache(valkey: Redis) -> Cache:
    return Cache(valkey)


def maker(*values: object) -> Callable[[], Awaitable[object]]:
    """Gives one value after the other, and fails when asked once more."""
    left = iter(values)

    async def make() -> object:
        return next(left)

    return make


async def test_the_times_are_those_of_the_specifications() -> None:
    sources = (DASHBOARD, PREFERENCES, COURSES, TIMETABLE, RECOMMENDATIONS, PROGRESS)
    assert [source.ttl_seconds for source in sources] == [300, 3600, 1800, 3600, 900, 600]


async def test_keys_differ_by_source_version_and_part() -> None:
    keys = [DASHBOARD.key("a"), DASHBOARD.key("b"), COURSES.key("a"), Source("dashboard", 300, version=2).key("a")]
    assert len(set(keys)) == 4


async def test_makes_once_and_keeps(cache: Cache) -> None:
    make = maker({"streak": 3})
    assert await cache.get_or_make("dashboard:ann", 300, make) == {"streak": 3}
    assert await cache.get_or_make("dashboard:ann", 300, make) == {"streak": 3}


async def test_answers_the_same_shape_made_or_kept(cache: Cache) -> None:
    made = {"id": new_id(), "hours": (1, 2)}
    first = await cache.get_or_make("k", 300, maker(made))
    assert first == {"id": str(made["id"]), "hours": [1, 2]}
    assert await cache.get_or_make("k", 300, maker()) == first


async def test_bytes_come_back_as_they_are(cache: Cache) -> None:
    for _ in range(2):
        assert await cache.get_or_make("raw", 300, maker(b'{"a":1}')) == b'{"a":1}'


async def test_nothing_is_an_answer_too(cache: Cache) -> None:
    make = maker(None)
    for _ in range(2):
        assert await cache.get_or_make("none", 300, make) is None


async def test_keeps_no_longer_than_told(cache: Cache, valkey: Redis) -> None:
    await cache.get_or_make("k", 300, maker(1))
    assert 299_000 < await valkey.pttl("cache:k") <= 300_000


async def test_a_drop_forgets(cache: Cache) -> None:
    await cache.get_or_make("a", 300, maker(1))
    await cache.get_or_make("b", 300, maker(1))
    await cache.drop("a", "b")
    assert await cache.get_or_make("a", 300, maker(2)) == 2
    assert await cache.get_or_make("b", 300, maker(2)) == 2


@pytest.mark.parametrize("dropped_before", [False, True])
async def test_an_old_value_read_before_a_drop_is_not_kept_after_it(cache: Cache, dropped_before: bool) -> None:
    if dropped_before:
        await cache.drop("k")
    has_read, may_go_on = asyncio.Event(), asyncio.Event()

    async def read_slowly() -> str:
        has_read.set()
        await may_go_on.wait()
        return "old"

    reader = asyncio.create_task(cache.get_or_make("k", 300, read_slowly))
    await has_read.wait()
    await cache.drop("k")  # the writer has committed meanwhile
    may_go_on.set()
    assert await reader == "old"
    assert await cache.get_or_make("k", 300, maker("new")) == "new"


async def test_a_failing_make_keeps_nothing(cache: Cache) -> None:
    async def fail() -> object:
        raise LookupError

    with pytest.raises(LookupError):
        await cache.get_or_make("k", 300, fail)
    assert await cache.get_or_make("k", 300, maker(1)) == 1


async def test_without_redis_every_answer_is_made() -> None:
    cache = Cache(Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.5))
    make = maker(1, 2)
    assert await cache.get_or_make("k", 300, make) == 1
    assert await cache.get_or_make("k", 300, make) == 2
    await cache.drop("k")

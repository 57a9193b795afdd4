"""Real servers for the tests of the platform's own parts, started when the first test asks for one."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from studyhall.platform.embedded.throwaway import throwaway_postgres, throwaway_valkey


@pytest.fixture(scope="session")
def own_valkey_url() -> Iterator[str]:
    with throwaway_valkey() as url:
        yield url


@pytest.fixture(scope="session")
def own_postgres_url() -> Iterator[str]:
    with throwaway_postgres() as url:
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def valkey(own_valkey_url: str) -> AsyncIterator[Redis]:
    """An empty Valkey."""
    client = Redis.from_url(own_valkey_url)
    await client.flushall()
    yield client
    await client.aclose()

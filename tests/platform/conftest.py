"""Real servers for the tests of the platform's own parts, started when the first test asks for one."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import asyncpg
import pytest
import pytest_asyncio
from redis.asyncio import Redis
from sqlalchemy import text

from studyhall.platform.database import Database
from studyhall.platform.embedded.throwaway import throwaway_postgres, throwaway_valkey
from studyhall.platform.jobs import create_statements, drop_statements
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Settings
from studyhall.platform.uow import Origin, Subscribers, UnitOfWork, unit_of_work


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


@dataclass
class BareResources:
    """As much of the resources as a unit of work needs."""

    database: Database
    subscribers: Subscribers = field(default_factory=dict)

    @asynccontextmanager
    async def unit_of_work(self, origin: Origin | None = None) -> AsyncIterator[UnitOfWork]:
        async with unit_of_work(cast(Resources, self), origin) as uow:
            await uow.session.execute(text("SELECT 1"))  # SQLAlchemy begins the transaction with its first statement
            yield uow


@pytest_asyncio.fixture(loop_scope="session")
async def queue_url(own_postgres_url: str) -> AsyncIterator[str]:
    """The address of a database with an empty job table and a table `effects(key unique)`."""
    connection: Any = await asyncpg.connect(own_postgres_url)
    for statement in create_statements():
        await connection.execute(statement)
    await connection.execute("CREATE TABLE effects (key text UNIQUE, times int NOT NULL DEFAULT 1)")
    yield own_postgres_url
    await connection.execute("DROP TABLE effects")
    for statement in drop_statements():
        await connection.execute(statement)
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def bare(queue_url: str) -> AsyncIterator[Resources]:
    """Resources over that database, whose units of work commit for real."""
    database = await Database.connect(Settings(database_url=queue_url, database_pool=3, straight_pool=2))
    yield cast(Resources, BareResources(database))
    await database.close()

"""What the platform's own parts are tried on: the servers of all tests, without the application's schema."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, cast

import asyncpg
import pytest_asyncio
from redis.asyncio import Redis

from studyhall.platform.database import Database
from studyhall.platform.jobs import create_statements, drop_statements
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Settings
from studyhall.platform.uow import Origin, Subscribers, UnitOfWork, unit_of_work


@pytest_asyncio.fixture(loop_scope="session")
async def valkey(redis_url: str) -> AsyncIterator[Redis]:
    """An empty Valkey, apart from that of the application."""
    client = Redis.from_url(redis_url, db=9)
    await client.flushdb()
    yield client
    await client.aclose()


@dataclass
class BareResources:
    """As much of the resources as a unit of work needs."""

    database: Database
    subscribers: Subscribers = field(default_factory=dict)

    def unit_of_work(self, origin: Origin | None = None) -> AbstractAsyncContextManager[UnitOfWork]:
        return unit_of_work(cast(Resources, self), origin)


@pytest_asyncio.fixture(loop_scope="session")
async def queue_url(postgres_url: str) -> AsyncIterator[str]:
    """The address of a database with an empty job table, a table `effects(key unique)` and nothing else."""
    connection: Any = await asyncpg.connect(postgres_url)
    for statement in create_statements():
        await connection.execute(statement)
    await connection.execute("CREATE TABLE effects (key text UNIQUE, times int NOT NULL DEFAULT 1)")
    yield postgres_url
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

"""Real servers, one migrated template database, a savepoint per test, and people who are signed in."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import asyncpg
import httpx2
import hypothesis
import pytest
import pytest_asyncio
from pydantic import SecretStr
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from studyhall.entrypoints import http as http_app
from studyhall.entrypoints import wiring
from studyhall.entrypoints.cli import schema
from studyhall.platform import clock
from studyhall.platform.cache import Cache
from studyhall.platform.clients.mail import RecordingMail
from studyhall.platform.clients.storage import Storage
from studyhall.platform.crypto import Keys
from studyhall.platform.database import Database, Straight
from studyhall.platform.embedded.throwaway import throwaway_postgres, throwaway_valkey
from studyhall.platform.jobs import drain
from studyhall.platform.ratelimit import RateLimiter
from studyhall.platform.realtime import Realtime
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Environment, Settings
from studyhall.platform.uow import UnitOfWork

# The same examples for everybody, so that a failure is a change's and not a throw of the dice;
# `--hypothesis-profile=explore` looks further.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis.settings.load_profile("same")

PASSWORD = "Correct-Horse-7"
TEMPLATE = "studyhall_template"
_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", default="18", choices=("16", "18"), help="major version of the throw-away database")


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A throw-away PostgreSQL; one for each worker of pytest-xdist."""
    with throwaway_postgres(major=int(request.config.getoption("--postgres"))) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with throwaway_valkey() as url:
        yield url


def _database_url(server_url: str, name: str) -> str:
    from sqlalchemy import make_url

    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


async def _create(server_url: str, name: str, template: str | None = None) -> str:
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    finally:
        await connection.close()
    return _database_url(server_url, name)


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> str:
    """The name of a migrated database that others are cloned from."""
    url = asyncio.run(_create(postgres_url, TEMPLATE))
    schema.upgrade(url)
    return TEMPLATE


@pytest.fixture(scope="session")
def database_url(postgres_url: str, template_database: str) -> str:
    """The database of the tests that roll back."""
    return asyncio.run(_create(postgres_url, "studyhall_test", template_database))


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Any) -> Settings:
    """Quick and small; a test may ask for others with `settings.model_copy`."""
    return Settings(
        environment=Environment.TEST,
        data_dir=tmp_path,
        database_url=database_url,
        redis_url=redis_url,
        secret_key=SecretStr("a secret for tests, nothing more than that"),
        bcrypt_cost=4,
        rate_limits_enabled=False,
        public_url="https://studyhall.test",
    )


class RolledBack(Database):
    """Every session and the straight path on one connection, whose transaction never commits."""

    def __init__(self, connection: AsyncConnection, raw: asyncpg.Connection) -> None:
        self.engine = connection.engine
        self._connection, self._raw = connection, raw

    def session(self) -> AsyncSession:
        return AsyncSession(self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False)

    def straight(self) -> Any:
        return self._lend()

    @asynccontextmanager
    async def _lend(self) -> AsyncIterator[Straight]:
        yield Straight(self._raw)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_database(database_url: str, redis_url: str) -> AsyncIterator[Database]:
    database = await Database.connect(Settings(database_url=database_url, redis_url=redis_url))
    yield database
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def resources(settings: Settings, shared_database: Database) -> AsyncIterator[Resources]:
    """Resources whose every change is rolled back after the test."""
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(shared_database.engine.connect())
        transaction = await connection.begin()
        stack.push_async_callback(transaction.rollback)
        await connection.exec_driver_sql("SELECT 1")
        raw = cast(asyncpg.Connection, (await connection.get_raw_connection()).driver_connection)
        yield await _resources(stack, settings, RolledBack(connection, raw))


async def _resources(stack: AsyncExitStack, settings: Settings, database: Database) -> Resources:
    keys = Keys.from_settings(settings)
    redis = Redis.from_url(str(settings.redis_url))
    stack.push_async_callback(redis.aclose)
    await redis.flushdb()
    realtime = Realtime(redis, str(settings.redis_url))
    stack.push_async_callback(realtime.close)
    return Resources(
        settings=settings,
        keys=keys,
        database=database,
        redis=redis,
        cache=Cache(redis),
        limiter=RateLimiter(redis),
        realtime=realtime,
        mail=RecordingMail(),
        storage=Storage.in_memory(keys),
        http=await stack.enter_async_context(httpx2.AsyncClient(timeout=5)),
        authenticator=wiring.authenticate,
        subscribers=wiring.SUBSCRIBERS,
        ports=wiring.PORTS,
    )


@pytest.fixture(autouse=True)
def clock_runs_on() -> Iterator[None]:
    """A test that leaves the clock standing would fail others, far away."""
    yield
    left, clock._frozen = clock._frozen, None
    assert left is None, "the clock was left standing: two that freeze it ran side by side"


@pytest_asyncio.fixture(loop_scope="session")
async def uow(resources: Resources) -> AsyncIterator[UnitOfWork]:
    """A unit of work for tests that call services."""
    async with resources.unit_of_work() as opened:
        yield opened


def _client(resources: Resources) -> httpx2.AsyncClient:
    app = http_app.build(resources.settings, resources)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://studyhall.test")


@pytest_asyncio.fixture(loop_scope="session")
async def client(resources: Resources) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody without a token."""
    async with _client(resources) as opened:
        yield opened


@dataclass
class Person:
    """Somebody who is signed in. `client` sends his token."""

    id: UUID
    email: str
    tokens: dict[str, Any]
    session: dict[str, Any]
    client: httpx2.AsyncClient
    password: str = PASSWORD
    extra: dict[str, Any] = field(default_factory=dict)


MakePerson = Callable[..., Awaitable[Person]]


@asynccontextmanager
async def _people(resources: Resources) -> AsyncIterator[MakePerson]:
    async with AsyncExitStack() as stack:

        async def make(role: str | None = None, **fields: Any) -> Person:
            number = next(_numbers)
            email = fields.pop("email", f"person{number}@example.org")
            client = await stack.enter_async_context(_client(resources))
            body = {"email": email, "password": PASSWORD, "name": f"Person {number}", **fields}
            answer = await client.post("/api/v1/auth/register", json=body)
            assert answer.status_code == 201, answer.text
            data = answer.json()["data"]
            client.headers["Authorization"] = f"Bearer {data['tokens']['access_token']}"
            made = Person(UUID(data["user"]["id"]), email, data["tokens"], data["session"], client)
            if role is not None:
                await _grant(resources, made.id, role)
            return made

        yield make


async def _grant(resources: Resources, user_id: UUID, role: str) -> None:
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        await straight.value(
            "INSERT INTO user_roles (user_id, role_id) SELECT $1, id FROM roles WHERE name = $2", user_id, role
        )


@pytest_asyncio.fixture(loop_scope="session")
async def person(resources: Resources) -> AsyncIterator[MakePerson]:
    """`await person()` opens an account and signs in; `await person("Admin", timezone="Europe/Berlin")`."""
    async with _people(resources) as make:
        yield make


@dataclass
class Committed:
    """A server's worth of resources on a database of its own, where transactions really commit, for races."""

    resources: Resources
    person: MakePerson


@pytest_asyncio.fixture(loop_scope="session")
async def committed(settings: Settings, postgres_url: str, template_database: str) -> AsyncIterator[Committed]:
    name = f"studyhall_race_{next(_numbers)}"
    url = await _create(postgres_url, name, template_database)
    async with AsyncExitStack() as stack:
        own = settings.model_copy(update={"database_url": url})
        database = await Database.connect(own)
        stack.push_async_callback(database.close)
        resources = await _resources(stack, own, database)
        make = await stack.enter_async_context(_people(resources))
        yield Committed(resources, make)


RunJobs = Callable[[], Awaitable[Any]]


@pytest.fixture
def run_jobs(resources: Resources) -> RunJobs:
    """`await run_jobs()` runs everything that is due now, through the worker's own code."""

    async def run() -> Any:
        return await drain(resources, wiring.JOBS)

    return run

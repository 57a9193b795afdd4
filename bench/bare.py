"""What the server is compared with: a bare ASGI handler that asks the same and sends the same bytes.

At start it plays each hot read once through the real application and writes down which statements and cache look-ups
that took and which bytes came out. From then on it only repeats them, on asyncpg and Redis, without any framework.
"""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx2
from redis.asyncio import Redis

from studyhall.entrypoints import http, wiring
from studyhall.platform.auth import Actor
from studyhall.platform.database import Database, Straight
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Settings

HOT = ("/api/v1/courses", "/api/v1/dashboard", "/api/v1/planning/plans", "/api/v1/chapters/{chapter_id}")


@dataclass
class Script:
    """Everything that one read asked for, and its answer."""

    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    cached: list[tuple[Any, ...]] = field(default_factory=list)
    body: bytes = b""


class _Listening(Straight):
    """A straight connection that writes down what it is asked."""

    __slots__ = ("_script",)

    def __init__(self, connection: Any, script: Script) -> None:
        super().__init__(connection)
        self._script = script

    async def value(self, sql: str, *arguments: Any) -> Any:
        self._script.statements.append((sql, arguments))
        return await super().value(sql, *arguments)

    async def row(self, sql: str, *arguments: Any) -> Any:
        self._script.statements.append((sql, arguments))
        return await super().row(sql, *arguments)

    async def rows(self, sql: str, *arguments: Any) -> Any:
        self._script.statements.append((sql, arguments))
        return await super().rows(sql, *arguments)


class _ListeningDatabase:
    def __init__(self, database: Database) -> None:
        self._database = database
        self.script = Script()
        self.is_warm = False

    def session(self) -> Any:
        if self.is_warm:
            raise RuntimeError("a warm hot read went through the ORM; its statements cannot be repeated bare")
        return self._database.session()

    @asynccontextmanager
    async def straight(self) -> AsyncIterator[Straight]:
        async with self._database._pool.acquire() as connection:
            yield _Listening(connection, self.script)


class _ListeningRedis:
    """Passes commands on and writes down the reads."""

    def __init__(self, redis: Redis, listening: _ListeningDatabase) -> None:
        self._redis, self._listening = redis, listening

    def __getattr__(self, name: str) -> Any:
        return getattr(self._redis, name)

    async def execute_command(self, *arguments: Any, **options: Any) -> Any:
        if arguments[0] in ("GET", "MGET"):
            self._listening.script.cached.append(arguments)
        return await self._redis.execute_command(*arguments, **options)


async def write_scripts(resources: Resources, user_id: UUID, chapter_id: str) -> dict[str, Script]:
    """Play every hot read, of that user and chapter, twice, and keep the second: which finds the cache filled."""
    from studyhall.platform.cache import Cache

    listening = _ListeningDatabase(resources.database)

    async def anybody(_resources: Resources, _token: str) -> Actor:
        return Actor(user_id, permissions=frozenset())

    settings = resources.settings.model_copy(update={"rate_limits_enabled": False})
    played = replace(
        resources,
        settings=settings,
        database=listening,  # type: ignore[arg-type]  # it answers all that is asked of one here
        cache=Cache(_ListeningRedis(resources.redis, listening)),  # type: ignore[arg-type]  # the same
        authenticator=anybody,
    )
    transport = httpx2.ASGITransport(app=http.build(settings, played))
    scripts = {}
    async with httpx2.AsyncClient(transport=transport, base_url="http://bench") as client:
        for path in (template.format(chapter_id=chapter_id) for template in HOT):
            for listening.is_warm in (False, True):
                listening.script = Script()
                answer = await client.get(path, headers={"Authorization": "Bearer x", "Accept-Encoding": "identity"})
                answer.raise_for_status()
            scripts[path] = replace(listening.script, body=answer.content)
    return scripts


class Bare:
    """The whole handler."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        script = self._scripts.get(scope["path"])
        if script is None:
            await _send(send, 404, b"{}")
            return
        if script.statements:
            async with self._pool.acquire() as connection:
                for sql, arguments in script.statements:
                    await connection.fetch(sql, *arguments)
        for command in script.cached:
            await self._redis.execute_command(*command)
        await _send(send, 200, script.body)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        resources = await self._stack.enter_async_context(wiring.open_resources(Settings()))
        self._scripts = await write_scripts(resources, UUID(os.environ["BENCH_USER"]), os.environ["BENCH_CHAPTER"])
        self._pool, self._redis = resources.database._pool, resources.redis
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._stack.aclose()
        await send({"type": "lifespan.shutdown.complete"})


async def _send(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


app = Bare()

"""PostgreSQL: the ORM for writes and ordinary reads, and a straight path on asyncpg for the hot reads.

Both count their statements, because a constant number of them is a promise that tests and metrics hold us to.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import DateTime, MetaData, Uuid, event, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.ids import new_id
from studyhall.platform.settings import Settings

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table. Times are aware and UTC; free-form data is JSONB."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Identified:
    """A UUIDv7 primary key, made by us."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-10)


class Timestamped:
    """When the row was made and last changed, by the one clock."""

    created_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=func.now(), sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(
        default=clock.now, onupdate=clock.now, server_default=func.now(), sort_order=91
    )


class SoftDeleted:
    """Deleted rows stay until they are purged; every query must leave them out."""

    deleted_at: Mapped[datetime | None] = mapped_column(default=None, sort_order=92)


_statements: ContextVar[list[int] | None] = ContextVar("statements", default=None)


def start_counting() -> list[int]:
    """Count the statements of this request or job from now on; the count is the list's only element."""
    counter = [0]
    _statements.set(counter)
    return counter


def _count() -> None:
    counter = _statements.get()
    if counter is not None:
        counter[0] += 1


class Straight:
    """A raw asyncpg connection for hot reads: prepared statements, JSON as bytes, no ORM in between."""

    __slots__ = ("_connection",)

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def value(self, sql: str, *arguments: Any) -> Any:
        """First column of the first row, or None. A `json` value comes as bytes, ready to be sent."""
        _count()
        return await self._connection.fetchval(sql, *arguments)

    async def row(self, sql: str, *arguments: Any) -> asyncpg.Record | None:
        _count()
        return await self._connection.fetchrow(sql, *arguments)

    async def rows(self, sql: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        _count()
        return cast(Sequence[asyncpg.Record], await self._connection.fetch(sql, *arguments))


async def prepare_connection(connection: asyncpg.Connection) -> None:
    """`json` travels as the bytes that PostgreSQL made."""
    await connection.set_type_codec("json", schema="pg_catalog", encoder=bytes, decoder=bytes, format="binary")


def _dump(value: object) -> str:
    return orjson.dumps(value).decode()


def asyncpg_url(url: str) -> str:
    """The address as asyncpg wants it, whichever driver it names."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class Database:
    """Both ways to one PostgreSQL."""

    def __init__(self, engine: AsyncEngine, pool: asyncpg.Pool, url: str) -> None:
        self.engine = engine
        self._pool, self._url = pool, url
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        event.listen(engine.sync_engine, "before_cursor_execute", lambda *_: _count())
        event.listen(engine.sync_engine, "connect", lambda connection, _: connection.run_async(prepare_connection))

    @classmethod
    async def connect(cls, settings: Settings) -> "Database":
        """Open both pools. Raises OSError or asyncpg.PostgresError when the server does not answer."""
        url = settings.database_url
        if url is None:
            raise RuntimeError("no database address: start through `studyhall serve`, or set STUDYHALL_DATABASE_URL.")
        server_settings = {
            "application_name": "studyhall",
            "timezone": "UTC",
            "statement_timeout": str(int(settings.statement_timeout_seconds * 1000)),
            "idle_in_transaction_session_timeout": "60000",
            "jit": "off",
        }
        engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=settings.database_pool,
            max_overflow=settings.database_pool,
            pool_pre_ping=True,
            hide_parameters=True,
            json_serializer=_dump,
            json_deserializer=orjson.loads,
            connect_args={"server_settings": server_settings},
        )
        pool = await asyncpg.create_pool(
            asyncpg_url(url),
            min_size=1,
            max_size=settings.straight_pool,
            init=prepare_connection,
            server_settings=server_settings,
            # The default reset query costs a round trip per release and these connections only ever read.
            reset=_keep,
        )
        return cls(engine, pool, asyncpg_url(url))

    def session(self) -> AsyncSession:
        return self._sessions()

    def straight(self) -> AbstractAsyncContextManager[Straight]:
        """A connection for reads outside any unit of work."""
        return self._borrow()

    @asynccontextmanager
    async def _borrow(self) -> AsyncIterator[Straight]:
        connection = await self._pool.acquire()
        try:
            yield Straight(connection)
        finally:
            await self._pool.release(connection)

    async def listener(self) -> asyncpg.Connection:
        """A connection of its own, for whoever listens to a channel; he closes it."""
        return await asyncpg.connect(self._url, timeout=5, server_settings={"application_name": "studyhall listener"})

    async def close(self) -> None:
        await self._pool.close()
        await self.engine.dispose()


async def _keep(_connection: object) -> None:
    return None

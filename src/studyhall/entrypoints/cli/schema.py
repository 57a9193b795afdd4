"""Bringing the database to the schema of this program, safely when several servers start at once."""

import asyncio
from dataclasses import dataclass
from functools import cache

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from studyhall.platform.embedded import SetupError

OLDEST_POSTGRES = 16
CONNECT_SECONDS = 10
# Any number does, as long as every version of Studyhall uses the same.
MIGRATION_LOCK = 7_300_281_504
REFUSALS = (OSError, TimeoutError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What a migration did: the schema revision before (None: an empty database) and after."""

    before: str | None
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


def configuration() -> Config:
    """Alembic on the revisions inside the package, so that an installed wheel can migrate."""
    config = Config()
    config.set_main_option("script_location", "studyhall:migrations")
    return config


@cache
def revisions() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())


def newest() -> str:
    """The revision that this program works with."""
    head = revisions().get_current_head()
    if head is None:
        raise SetupError("This Studyhall holds no database schema: its installation is broken. Install it again.")
    return head


def upgrade(database_url: str) -> Upgrade:
    """Migrates to `newest()`.

    Raises:
        SetupError: the database does not answer, cannot serve, or is newer than this program.
    """
    return asyncio.run(_upgrade(database_url))


async def _upgrade(database_url: str) -> Upgrade:
    url = make_url(database_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": CONNECT_SECONDS})
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            return await connection.run_sync(_upgrade_on)
    except REFUSALS as problem:
        raise unreachable_database(database_url, problem) from problem
    finally:
        await engine.dispose()


def _upgrade_on(connection: Connection) -> Upgrade:
    before = MigrationContext.configure(connection).get_current_revision()
    refuse_newer(before)
    if before == newest():
        return Upgrade(before, before)
    refuse_unfit(connection)
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return Upgrade(before, newest())


def refuse_newer(revision: str | None) -> None:
    """Raises SetupError when `revision` is not one of ours."""
    known = {script.revision for script in revisions().walk_revisions()}
    if revision is not None and revision not in known:
        raise SetupError(
            f"The database was made by a newer Studyhall (schema {revision}, this one knows {newest()}). Install that "
            "version again, or go back with a backup of before (`studyhall restore FILE --data-dir NEW`)."
        )


def refuse_unfit(connection: Connection) -> None:
    """Raises SetupError when the server cannot hold our schema."""
    version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    if version < OLDEST_POSTGRES:
        raise SetupError(f"The database server is PostgreSQL {version}; Studyhall needs {OLDEST_POSTGRES} or newer.")
    if connection.scalar(text("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")) is None:
        raise SetupError(
            f"The database server (PostgreSQL {version}) lacks the extension pgvector. Install it there, e.g. the "
            f"package postgresql-{version}-pgvector, or leave STUDYHALL_DATABASE_URL unset to use the embedded one."
        )


def address_of(url: str) -> str:
    """Where a server is, without who may use it."""
    parsed = make_url(url)
    host = parsed.host or parsed.query.get("host") or "localhost"
    return f"{host}:{parsed.port}" if parsed.port else str(host)


def unreachable_database(database_url: str, problem: BaseException) -> SetupError:
    """The one line for a database that refuses us."""
    cause = problem.orig if isinstance(problem, DBAPIError) and problem.orig else problem
    reason = str(cause).splitlines()[0] if str(cause) else type(cause).__name__
    return SetupError(
        f"The database at {address_of(database_url)} cannot be used ({reason}). Check that PostgreSQL runs there and "
        "that STUDYHALL_DATABASE_URL names the right host, database, user and password."
    )

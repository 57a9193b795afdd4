"""The schema's history: up, down and up again; no drift from the models; what the database itself enforces."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from studyhall.entrypoints.cli import schema
from studyhall.entrypoints.wiring import METADATA
from studyhall.platform.resources import Resources

OTHERS = ("pgqueuer", "alembic_version")


@pytest.fixture
def empty_database(postgres_url: str) -> Iterator[str]:
    name = f"studyhall_migrations_{uuid4().hex[:8]}"

    async def execute(statement: str) -> None:
        connection = await asyncpg.connect(postgres_url)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(execute(f'CREATE DATABASE "{name}"'))
    yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    asyncio.run(execute(f'DROP DATABASE "{name}" WITH (FORCE)'))


def _on(url: str, work: Callable[[Connection], Any]) -> Any:
    async def run() -> Any:
        engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool)
        async with engine.begin() as connection:
            result = await connection.run_sync(work)
        await engine.dispose()
        return result

    return asyncio.run(run())


def _migrate(direction: Callable[..., None], target: str) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        config = schema.configuration()
        config.attributes["connection"] = connection
        direction(config, target)

    return work


def _drift(connection: Connection) -> list[Any]:
    def ours(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "table" or not (name or "").startswith(OTHERS)

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": ours})
    return list(compare_metadata(context, METADATA))


def _leftovers(connection: Connection) -> list[str]:
    rows = connection.execute(
        text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')")
    )
    return sorted(name for (name,) in rows if name != "alembic_version")


def test_up_down_up_and_no_drift(empty_database: str) -> None:
    _on(empty_database, _migrate(command.upgrade, "head"))
    assert _on(empty_database, _drift) == []
    _on(empty_database, _migrate(command.downgrade, "base"))
    assert _on(empty_database, _leftovers) == []
    _on(empty_database, _migrate(command.upgrade, "head"))
    assert _on(empty_database, _drift) == []


def test_a_planted_drift_is_found(empty_database: str) -> None:
    _on(empty_database, _migrate(command.upgrade, "head"))
    _on(empty_database, lambda connection: connection.execute(text("ALTER TABLE users DROP COLUMN university")))
    assert _on(empty_database, _drift) != []


def _columns_to_users() -> list[tuple[Table, str]]:
    return [
        (table, column.name)
        for table in METADATA.sorted_tables
        for column in table.columns
        if any(key.target_fullname == "users.id" for key in column.foreign_keys)
    ]


def test_every_reference_to_a_person_is_indexed() -> None:
    """Else the deletion of one account reads whole tables."""
    missing = []
    for table, column in _columns_to_users():
        leading = [next(iter(index.columns)).name for index in table.indexes if len(index.columns)]
        leading += [
            next(iter(constraint.columns)).name
            for constraint in table.constraints
            if getattr(constraint, "columns", None)
            and len(constraint.columns)
            and constraint.__class__.__name__ in ("PrimaryKeyConstraint", "UniqueConstraint")
        ]
        if column not in leading:
            missing.append(f"{table.name}.{column}")
    assert missing == []


async def test_the_audit_log_is_append_only(resources: Resources, person: Any) -> None:
    await person()
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        assert await straight.value("SELECT count(*) FROM activity_logs") > 0
        for statement in ("UPDATE activity_logs SET event = 'x'", "DELETE FROM activity_logs"):
            with pytest.raises(asyncpg.RaiseError, match="append-only"):
                async with uow.session.begin_nested():
                    await (await uow.straight()).value(statement)

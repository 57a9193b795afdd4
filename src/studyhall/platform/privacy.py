"""Personal rows: taken out whole for the person, erased with him, and dropped when they are over."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, tuple_

from studyhall.platform.database import Base
from studyhall.platform.jobs import JobRun
from studyhall.platform.uow import UnitOfWork

BATCH = 5_000

Rows = AsyncIterator[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Personal:
    """A table of personal rows.

    Attributes:
        name: what the export calls it.
        owner: the column that names the person.
        secrets: columns that stay inside, hashes of secrets too.
    """

    name: str
    table: type[Base]
    owner: str = "user_id"
    secrets: frozenset[str] = frozenset()

    async def rows(self, uow: UnitOfWork, user_id: UUID) -> Rows:
        """The person's rows without their secrets, oldest first, as a stream."""
        columns = self.table.__table__.c
        shown = [column for column in columns if column.name not in self.secrets]
        order = columns.get("id", columns.created_at)
        found = await uow.session.stream(select(*shown).where(columns[self.owner] == user_id).order_by(order))
        async for row in found.mappings():
            yield dict(row)

    async def erase(self, uow: UnitOfWork, user_id: UUID) -> None:
        """Delete the person's rows."""
        owned = self.table.__table__.c[self.owner] == user_id
        await uow.session.execute(delete(self.table).where(owned).execution_options(synchronize_session=False))


class Export(Protocol):
    """A domain's `privacy.export`."""

    def __call__(self, uow: UnitOfWork, user_id: UUID) -> Mapping[str, Rows]:
        """Named streams of rows."""
        ...


@dataclass(frozen=True, slots=True)
class Keeper:
    """What one domain keeps of people: how it is told, and how it is erased. Both may be asked again."""

    domain: str
    export: Export
    erase: Callable[[UnitOfWork, UUID], Awaitable[None]]


def streams(uow: UnitOfWork, user_id: UUID, tables: Iterable[Personal]) -> dict[str, Rows]:
    """All rows that belong to the person, by name."""
    return {one.name: one.rows(uow, user_id) for one in tables}


Before = Callable[[UnitOfWork], Awaitable[None]]


async def drop_over(run: JobRun, table: type[Base], is_over: ColumnElement[bool], before: Before | None = None) -> None:
    """Delete what is over in batches, each in its own transaction, so that no lock is held for long.

    A run that dies is simply run again.

    Args:
        before: what each transaction does first.
    """
    while await _drop_batch(run, table, is_over, before) == BATCH:
        pass


async def _drop_batch(run: JobRun, table: type[Base], is_over: ColumnElement[bool], before: Before | None) -> int:
    key = list(table.__table__.primary_key.columns)  # type: ignore[attr-defined]  # a mapped class has a whole Table
    chosen = select(*key).where(is_over).limit(BATCH)
    async with run.unit_of_work() as uow:
        if before is not None:
            await before(uow)
        gone = await uow.session.execute(
            delete(table).where(tuple_(*key).in_(chosen)).returning(key[0]).execution_options(synchronize_session=False)
        )
        return len(gone.all())

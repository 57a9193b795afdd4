"""Alembic's entry: the caller opens the connection and its transaction, and holds the migration lock."""

from alembic import context
from sqlalchemy import Connection

from studyhall.entrypoints.wiring import METADATA

# Tables that belong to the queue, and Alembic's own.
OTHERS = ("pgqueuer", "alembic_version")


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Compare only our own tables."""
    return kind != "table" or not (name or "").startswith(OTHERS)


connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    compare_type=True,
    include_name=include_name,
    transaction_per_migration=False,
)
context.run_migrations()

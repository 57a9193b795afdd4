"""The queue's tables, which belong to pgqueuer and are installed by our migration."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pgqueuer.domain.settings import DBSettings


def table_settings() -> "DBSettings":
    """pgqueuer's own table names, said outright so that nothing in the environment can change them."""
    from pgqueuer.domain.settings import DBSettings, Durability
    from pgqueuer.domain.types import Channel

    return DBSettings(
        prefix="",
        db_schema=None,
        channel=Channel("ch_pgqueuer"),
        function="fn_pgqueuer_changed",
        statistics_table="pgqueuer_statistics",
        queue_status_type="pgqueuer_status",
        queue_table="pgqueuer",
        queue_table_log="pgqueuer_log",
        trigger="tg_pgqueuer_changed",
        schedules_table="pgqueuer_schedules",
        durability=Durability.durable,
        widen_id=True,
    )


def create_statements() -> list[str]:
    """The SQL that makes the queue's type, tables, indexes and trigger, one statement each, for a migration."""
    from pgqueuer.adapters.persistence import schema_ddl
    from pgqueuer.domain.schema.declaration import target

    settings = table_settings()
    schema = target(settings)
    return [
        *(schema_ddl.render_enum(enum, settings) for enum in schema.enums),
        *(schema_ddl.render_table(table, settings) for table in schema.tables),
        *(schema_ddl.render_index(index, settings) for index in schema.indexes),
        *(schema_ddl.render_function(function, settings) for function in schema.functions),
        *(schema_ddl.render_trigger(trigger, settings) for trigger in schema.triggers),
    ]


def drop_statements() -> list[str]:
    """The SQL that takes all of it away again, waiting jobs included."""
    from pgqueuer.adapters.persistence import schema_ddl

    return [line for line in schema_ddl.render_uninstall(table_settings()).splitlines() if line.strip()]

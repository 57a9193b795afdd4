"""Writes the data set by COPY, as the real schema wants it."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice

import asyncpg

from bench.scale import study
from bench.scale.people import Person
from bench.scale.study import StudyRows
from bench.scale.tables import TABLES, plans
from studyhall.domains.roles.service import FIRST_ROLE
from studyhall.platform.database import asyncpg_url

BATCH = 1_000
LARGE = 10_000


async def fill(database_url: str, people: Iterator[Person]) -> dict[str, float]:
    """Write all of them, batch by batch, and gather statistics; answers rows by table and the seconds it took.

    Foreign keys are not checked row by row while loading: all ids follow from one rule, and `dangling` looks at them
    afterwards. Check and unique constraints hold as ever.
    """
    begun = time.perf_counter()
    connection = await asyncpg.connect(asyncpg_url(database_url))
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SET synchronous_commit = off")
        role = await connection.fetchval("SELECT id FROM roles WHERE name = $1", FIRST_ROLE)
        while batch := list(islice(people, BATCH)):
            await _write(connection, batch, role)
            print(f"  {batch[-1].number + 1} people after {time.perf_counter() - begun:.0f} s", flush=True)
        await connection.execute("VACUUM (ANALYZE)")
        counted = {
            row["relname"]: int(row["reltuples"])
            for row in await connection.fetch(
                "SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND reltuples > 0"
                " AND relnamespace = 'public'::regnamespace ORDER BY reltuples DESC"
            )
        }
    finally:
        await connection.close()
    return {**counted, "seconds": round(time.perf_counter() - begun, 1)}


async def _write(connection: asyncpg.Connection, batch: Sequence[Person], role: object) -> None:
    for table in TABLES:
        rows = [row for person in batch for row in table.rows(person)]
        await connection.copy_records_to_table(table.name, columns=table.columns, records=rows)
    roles = [(person.id, role) for person in batch]
    await connection.copy_records_to_table("user_roles", columns=("user_id", "role_id"), records=roles)
    studied = StudyRows()
    for person in batch:
        studied.add(
            person, [(person.row("plan", place), day) for place, day, is_completed in plans(person) if is_completed]
        )
    for name, columns, rows in (
        ("study_sessions", study.SESSION_COLUMNS, studied.sessions),
        ("study_session_days", study.PIECE_COLUMNS, studied.pieces),
        ("study_day_marks", study.MARK_COLUMNS, studied.marks),
        ("study_totals", study.TOTAL_COLUMNS, studied.totals),
        ("streaks", study.STREAK_COLUMNS, studied.streaks),
        ("streak_freezes", study.FREEZE_COLUMNS, studied.freezes),
    ):
        await connection.copy_records_to_table(name, columns=columns, records=rows)


_FOREIGN_KEYS = """
SELECT c.conname, c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent,
       quote_ident(a.attname) AS from_column, quote_ident(b.attname) AS to_column
  FROM pg_constraint c
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
  JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
 WHERE c.contype = 'f' AND array_length(c.conkey, 1) = 1
"""


async def dangling(database_url: str) -> list[str]:
    """Foreign keys that point at nothing, with how many rows do; empty when the data set is whole."""
    connection = await asyncpg.connect(asyncpg_url(database_url))
    try:
        found = []
        for key in await connection.fetch(_FOREIGN_KEYS):
            child, column = key["child"], key["from_column"]
            count = await connection.fetchval(
                f"SELECT count(*) FROM {child} c WHERE c.{column} IS NOT NULL AND NOT EXISTS"
                f" (SELECT FROM {key['parent']} p WHERE p.{key['to_column']} = c.{column})"
            )
            if count:
                found.append(f"{key['conname']}: {count}")
        return found
    finally:
        await connection.close()


async def forget_scans(database_url: str) -> None:
    """Begin counting anew how tables are read."""
    connection = await asyncpg.connect(asyncpg_url(database_url))
    try:
        await connection.execute("SELECT pg_stat_reset()")
    finally:
        await connection.close()


async def large_scans(database_url: str) -> dict[str, int]:
    """Large tables that were read from end to end since then, with how often: an index is missing for some request."""
    connection = await asyncpg.connect(asyncpg_url(database_url))
    try:
        await connection.execute("SELECT pg_stat_force_next_flush()")
        rows = await connection.fetch(
            "SELECT s.relname, s.seq_scan FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid"
            f" WHERE s.seq_scan > 0 AND c.reltuples >= {LARGE} ORDER BY s.seq_tup_read DESC"
        )
        return {row["relname"]: row["seq_scan"] for row in rows}
    finally:
        await connection.close()

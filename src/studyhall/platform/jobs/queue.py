"""Putting a job into the table, inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson
import structlog

from studyhall.platform import clock
from studyhall.platform.jobs.definition import Job

# The row that pgqueuer itself would insert, in one round trip and without importing it. `execute_after` is the
# database's time, so that a worker whose clock is shifted keeps the right distance; `run_at` is the platform's.
_ENQUEUE = """
WITH queued AS (
    INSERT INTO pgqueuer (priority, entrypoint, payload, execute_after, dedupe_key, headers, status)
    VALUES ($1, $2, $3, now() + $4::interval, $5, $6::text::jsonb, 'queued')
    ON CONFLICT (dedupe_key) WHERE status IN ('queued', 'picked') AND dedupe_key IS NOT NULL DO NOTHING
    RETURNING id, entrypoint, priority
), logged AS (
    INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority)
    SELECT id, 'queued', entrypoint, priority FROM queued
)
SELECT id FROM queued
"""


async def enqueue(
    connection: asyncpg.Connection,
    job: Job,
    arguments: Mapping[str, Any],
    *,
    run_at: datetime | None = None,
    dedupe_key: str | None = None,
    priority: int = 0,
) -> int | None:
    """Queue a job; its row exists exactly when the caller's transaction commits.

    Args:
        run_at: not before this moment of the platform's clock; None is now.
        dedupe_key: with the same key only one job of that name waits. One that is already running does not count
            (unless the job says `overlaps=False`): it may have missed what this call is about.
        priority: higher goes first among those that are due.

    Returns:
        The job's id, or None when one with the same key already waits.

    Raises:
        pydantic.ValidationError: the arguments are not what the job takes.
        RuntimeError: the connection is in no transaction, so the job could outlive a change that is rolled back.
    """
    if not connection.is_in_transaction():
        raise RuntimeError(
            f"{job.name} must be queued inside a transaction (SQLAlchemy begins one only with its first own statement)"
        )
    payload = job.pack(arguments)
    now = clock.now()
    due = run_at or now
    headers: dict[str, Any] = {"run_at": due, "starts": 0}
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id is not None:
        headers["request_id"] = request_id
    queued: int | None = await connection.fetchval(
        _ENQUEUE,
        priority,
        job.name,
        payload,
        due - now,
        None if dedupe_key is None else f"{job.name}:{dedupe_key}",
        orjson.dumps(headers).decode(),
    )
    return queued


_ENQUEUE_MANY = """
WITH queued AS (
    INSERT INTO pgqueuer (priority, entrypoint, payload, execute_after, headers, status)
    SELECT $1, $2, payload, now(), $3::text::jsonb, 'queued' FROM unnest($4::bytea[]) AS payload
    RETURNING id, entrypoint, priority
)
INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority)
SELECT id, 'queued', entrypoint, priority FROM queued
"""


async def enqueue_many(
    connection: asyncpg.Connection, job: Job, arguments: Sequence[Mapping[str, Any]], *, priority: int = 0
) -> None:
    """Queue one job, due now, for each of the arguments, in one statement; else like `enqueue`."""
    if not connection.is_in_transaction():
        raise RuntimeError(f"{job.name} must be queued inside a transaction")
    if not arguments:
        return
    payloads = [job.pack(one) for one in arguments]
    headers = orjson.dumps({"run_at": clock.now(), "starts": 0}).decode()
    await connection.execute(_ENQUEUE_MANY, priority, job.name, headers, payloads)

"""Jobs that were given up: kept in the table until somebody tries them again or drops them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from studyhall.platform import clock


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that was given up.

    Attributes:
        arguments: ids and plain values, as they were queued.
        attempts: how often it was tried.
        failed_at: by the database's clock, as is `queued_at`.
        reason: the last error in one line, without personal data.
    """

    id: int
    name: str
    arguments: dict[str, Any]
    attempts: int
    queued_at: datetime
    failed_at: datetime
    reason: str


_LIST = """
SELECT job.id, job.entrypoint, job.payload, job.attempts, job.created, job.updated, last.reason
FROM pgqueuer AS job
LEFT JOIN LATERAL (
    SELECT traceback->>'exception_message' AS reason FROM pgqueuer_log
    WHERE job_id = job.id AND status = 'failed' ORDER BY created DESC, id DESC LIMIT 1
) AS last ON true
WHERE job.status = 'failed' AND ($1::text IS NULL OR job.entrypoint = $1)
ORDER BY job.updated DESC, job.id DESC LIMIT $2 OFFSET $3
"""
_COUNT = "SELECT entrypoint, count(*) FROM pgqueuer WHERE status = 'failed' GROUP BY entrypoint ORDER BY entrypoint"
# The dedupe key goes, since by now another job may hold it.
_RETRY = """
WITH again AS (
    UPDATE pgqueuer SET
        status = 'queued', attempts = 0, execute_after = now(), updated = now(), dedupe_key = NULL,
        queue_manager_id = NULL, slot = NULL,
        headers = headers || jsonb_build_object('run_at', $2::text, 'starts', 0)
    WHERE id = $1 AND status = 'failed'
    RETURNING id, entrypoint, priority
), logged AS (
    INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority) SELECT id, 'queued', entrypoint, priority FROM again
)
SELECT count(*) FROM again
"""
_DROP = """
WITH gone AS (
    DELETE FROM pgqueuer WHERE id = $1 AND status = 'failed' RETURNING id, entrypoint, priority
), logged AS (
    INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority) SELECT id, 'deleted', entrypoint, priority FROM gone
)
SELECT count(*) FROM gone
"""


async def failed_jobs(
    connection: asyncpg.Connection, *, name: str | None = None, limit: int = 20, offset: int = 0
) -> Sequence[FailedJob]:
    """The failed jobs, the latest first."""
    rows = await connection.fetch(_LIST, name, limit, offset)
    return [
        FailedJob(
            row["id"],
            row["entrypoint"],
            orjson.loads(row["payload"] or b"{}"),
            row["attempts"] + 1,
            row["created"],
            row["updated"],
            row["reason"] or "",
        )
        for row in rows
    ]


async def failed_counts(connection: asyncpg.Connection) -> dict[str, int]:
    """How many failed, by name of the job."""
    return dict(await connection.fetch(_COUNT))


async def retry_failed(connection: asyncpg.Connection, job_id: int) -> bool:
    """Queue it again with all its tries. False when there is no such failed job."""
    return bool(await connection.fetchval(_RETRY, job_id, clock.now().isoformat()))


async def drop_failed(connection: asyncpg.Connection, job_id: int) -> bool:
    """Forget it. False when there is no such failed job."""
    return bool(await connection.fetchval(_DROP, job_id))

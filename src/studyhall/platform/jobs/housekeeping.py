"""What the queue itself needs doing: its log kept short, its state measured."""

import asyncpg

from studyhall.platform import metrics
from studyhall.platform.jobs.definition import JobRun, periodic

LOG_DAYS = 7

# By the database's clock, which stamps the log. What a failed job says stays as long as the job.
_PURGE = """
DELETE FROM pgqueuer_log AS entry
WHERE created < now() - make_interval(days => $1)
  AND NOT EXISTS (SELECT 1 FROM pgqueuer WHERE id = entry.job_id)
"""
_COUNTS = "SELECT entrypoint, status::text, count(*) FROM pgqueuer GROUP BY entrypoint, status"
_OLDEST = """
SELECT coalesce(extract(epoch FROM max(now() - execute_after)), 0)::float8
FROM pgqueuer WHERE status = 'queued' AND execute_after < now()
"""
_STATES = {"queued": "waiting", "picked": "running", "failed": "failed"}


@periodic("jobs.purge_log", "23 3 * * *")
async def purge_log(run: JobRun) -> None:
    """Forget what happened to jobs that ended more than a week ago."""
    async with run.unit_of_work() as uow:
        await (await uow.connection()).execute(_PURGE, LOG_DAYS)


HOUSEKEEPING = (purge_log,)


async def measure(connection: asyncpg.Connection) -> None:
    """Set the gauges of the queue from the table: depth by job and state, and how late the oldest due job is."""
    metrics.jobs_waiting.clear()
    for name, status, count in await connection.fetch(_COUNTS):
        metrics.jobs_waiting.labels(name, _STATES.get(status, status)).set(count)
    metrics.jobs_oldest_due_seconds.set(await connection.fetchval(_OLDEST))

"""One attempt at one job, the same for the worker and for `drain`."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import orjson
import structlog
from pydantic import ValidationError

from studyhall.platform import clock, logs, metrics
from studyhall.platform.jobs.definition import GiveUp, Job, JobRun, RetryLater

if TYPE_CHECKING:
    from studyhall.platform.resources import Resources

log = structlog.get_logger(__name__)

LOST_STARTS = 3
"""How often a job may be started and never come back, beyond its tries, before it is taken for what kills workers."""

# Counts the start, and frees the dedupe key: what is queued from now on may be news to this run.
_BEGIN = """
UPDATE pgqueuer
SET headers = jsonb_set(headers, '{starts}', to_jsonb((headers->>'starts')::int + 1)),
    dedupe_key = CASE WHEN $2 THEN NULL ELSE dedupe_key END
WHERE id = $1
RETURNING headers::text
"""

Begin = Callable[..., Awaitable[Any]]
"""`fetchval` of the connection or pool that holds the job table."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended.

    Attributes:
        delay: until the next try, when `retried`.
        reason: in one line, without personal data, when not `done`.
    """

    state: Literal["done", "retried", "failed"]
    delay: timedelta = timedelta(0)
    reason: str = ""


DONE = Outcome("done")


async def attempt(
    resources: "Resources", job: Job, *, job_id: int, payload: bytes | None, failures: int, begin: Begin
) -> Outcome:
    """Run the job once and say what is to become of its row; never raises for what the job does.

    Args:
        failures: attempts that failed before this one.
    """
    stored = await begin(_BEGIN, job_id, job.overlaps)
    if stored is None:
        return DONE  # dropped by somebody between being picked and now
    headers = orjson.loads(stored)
    run = JobRun(job_id, job.name, failures + 1, job.tries, resources, headers.get("request_id"))
    with structlog.contextvars.bound_contextvars(job=job.name, job_id=job_id, request_id=run.request_id):
        if failures == 0:
            late = clock.now() - datetime.fromisoformat(headers["run_at"])
            metrics.job_lateness_seconds.labels(job.name).observe(max(0.0, late.total_seconds()))
        if headers["starts"] > job.tries + LOST_STARTS:
            outcome = Outcome("failed", reason="its worker died under it too often")
        else:
            outcome = await _timed(run, job, payload)
        metrics.job_runs.labels(job.name, outcome.state).inc()
        if outcome.state == "failed":
            log.error("job failed for good", attempt=run.attempt, reason=outcome.reason)
        return outcome


async def _timed(run: JobRun, job: Job, payload: bytes | None) -> Outcome:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    try:
        return await _outcome(run, job, payload)
    finally:
        metrics.job_seconds.labels(job.name).observe(loop.time() - begun)


async def _outcome(run: JobRun, job: Job, payload: bytes | None) -> Outcome:
    try:
        arguments = job.unpack(payload)
    except ValidationError as error:
        return Outcome("failed", reason=f"its arguments no longer fit: {error.error_count()} errors")
    try:
        async with asyncio.timeout(job.timeout):
            await job.handler(run, **arguments)
    except GiveUp as error:
        return Outcome("failed", reason=_reason(error))
    except RetryLater as error:
        return _again(run, job, error, error.delay)
    except Exception as error:
        log.warning("job attempt failed", attempt=run.attempt, tries=run.tries, exc_info=True)
        return _again(run, job, error, None)
    return DONE


def _again(run: JobRun, job: Job, error: Exception, delay: timedelta | None) -> Outcome:
    if run.is_last:
        return Outcome("failed", reason=_reason(error))
    return Outcome("retried", job.delay_after(run.attempt) if delay is None else delay, _reason(error))


def _reason(error: Exception) -> str:
    words = logs.redact_text(str(error)).split("\n", 1)[0][:300]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__

"""Work that is done later, by a worker: rows in PostgreSQL, put there by the transaction that wants the work done.

The queue is pgqueuer's (its tables, its dequeueing, its heartbeats). So no job is lost, none runs for a change that
was rolled back, and a job whose worker died is taken up by another. It is only imported where a worker runs.

What a job may rely on, and what it must do:

* It runs at least once. A worker can die after the effect and before the job is ticked off, so its effect must be
  idempotent: a unique key, a state that is checked first, a dedupe key for a mail.
* Its arguments are ids and plain JSON, checked when queued and when run. Nothing personal, nothing secret.
* It opens its own units of work (`run.unit_of_work()`), and none around a network or model call.
* An error is tried again after a growing pause, up to `tries` times; then the job is kept as failed, where people
  can see it, try it again or drop it. `RetryLater` and `GiveUp` choose either on purpose.

`run_at` is a time of the platform's clock. It is stored twice: as the database's own time for the worker (now, plus
the distance from the clock's now), and as it is for `drain`, with which a test runs everything that is due at the
moved clock, in order, through the same code as the worker.
"""

from studyhall.platform.jobs.definition import GiveUp, Job, JobRun, Periodic, RetryLater, job, periodic
from studyhall.platform.jobs.execution import Outcome
from studyhall.platform.jobs.failed import FailedJob, drop_failed, failed_counts, failed_jobs, retry_failed
from studyhall.platform.jobs.housekeeping import HOUSEKEEPING, measure
from studyhall.platform.jobs.queue import enqueue, enqueue_many
from studyhall.platform.jobs.schema import create_statements, drop_statements
from studyhall.platform.jobs.simulation import Ran, drain

__all__ = [
    "HOUSEKEEPING",
    "FailedJob",
    "GiveUp",
    "Job",
    "JobRun",
    "Outcome",
    "Periodic",
    "Ran",
    "RetryLater",
    "create_statements",
    "drain",
    "drop_failed",
    "drop_statements",
    "enqueue",
    "enqueue_many",
    "failed_counts",
    "failed_jobs",
    "job",
    "measure",
    "periodic",
    "retry_failed",
]

"""Writing down what time has done."""

from studyhall.domains.assignments import service
from studyhall.platform.jobs import JobRun, periodic

BATCH = 50


@periodic("assignments.mark_overdue", "0 * * * *", timeout=1800)
async def mark_overdue(run: JobRun) -> None:
    """Mark what is overdue and tell its people, in batches, each in its own transaction."""
    while True:
        async with run.unit_of_work() as uow:
            marked = await service.mark_overdue(uow, BATCH)
        if marked < BATCH:
            return

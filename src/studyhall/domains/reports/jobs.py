"""What time does to reports."""

from studyhall.domains.reports.queries import OpenReport
from studyhall.domains.reports.service import weekly
from studyhall.platform.jobs import JobRun, periodic

BATCH = 200


@periodic("reports.close_weeks", "*/10 * * * *", timeout=3600)
async def close_weeks(run: JobRun) -> None:
    """Compute reports whose week is over a last time, each in its own transaction; reads have been right before.

    A run that dies is simply run again.
    """
    last: OpenReport | None = None
    while True:
        async with run.unit_of_work() as uow:
            reports = await weekly.closed_since(uow, last, BATCH)
        for report in reports:
            async with run.unit_of_work() as uow:
                await weekly.close(uow, report)
        if len(reports) < BATCH:
            return
        last = reports[-1]

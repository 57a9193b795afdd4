"""`studyhall jobs`: what was given up, and a second chance for it."""

from rich.console import Console
from rich.table import Table

from studyhall.platform.embedded import SetupError
from studyhall.platform.jobs import drop_failed, failed_jobs, retry_failed
from studyhall.platform.resources import Resources

SHOWN = 50


async def show(resources: Resources) -> None:
    """Print the jobs that failed for good, the latest first."""
    async with resources.unit_of_work() as uow:
        found = await failed_jobs(await uow.connection(), limit=SHOWN)
    if not found:
        Console().print("No job has failed.")
        return
    table = Table("id", "job", "tries", "failed", "why", title="Jobs that were given up")
    for one in found:
        table.add_row(str(one.id), one.name, str(one.attempts), f"{one.failed_at:%Y-%m-%d %H:%M}", one.reason)
    Console().print(table)
    Console().print("Try one again with --retry ID, or forget it with --drop ID.")


async def act(resources: Resources, job_id: int, *, drop: bool) -> None:
    """Queue a failed job again, or forget it. Raises SetupError when there is none of that id."""
    async with resources.unit_of_work() as uow:
        work = drop_failed if drop else retry_failed
        if not await work(await uow.connection(), job_id):
            raise SetupError(f"There is no failed job {job_id}. `studyhall jobs` lists them.")
    Console().print(f"Job {job_id} is {'forgotten' if drop else 'queued again'}.")

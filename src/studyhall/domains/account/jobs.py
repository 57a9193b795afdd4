"""Making exports, and erasing what is over."""

from uuid import UUID

from studyhall.domains.account.service import closing, exports
from studyhall.domains.identity import public as identity
from studyhall.platform.jobs import JobRun, job, periodic

ERASED_AT_ONCE = 500


@job("account.make_export", tries=3, first_delay=60, timeout=3600)
async def make_export(run: JobRun, *, export_id: UUID) -> None:
    """Put everything of a person into one zip. May begin again at any point."""
    await exports.make(run, export_id)


@job("account.erase", tries=5, first_delay=60, timeout=3600, overlaps=False)
async def erase(run: JobRun, *, user_id: UUID) -> None:
    """Erase an account whose days of grace are over; goes on where a run that died left off."""
    await closing.erase(run, user_id)


@periodic("account.erase_due", "37 * * * *")
async def erase_due(run: JobRun) -> None:
    """Queue the erasure of every account whose last day is over; one that is queued is not queued again."""
    async with run.unit_of_work() as uow:
        for user_id in await identity.due(uow, ERASED_AT_ONCE):
            await uow.enqueue(erase, dedupe_key=f"account.erase:{user_id}", user_id=user_id)


@periodic("account.settle_exports", "47 * * * *")
async def settle_exports(run: JobRun) -> None:
    """Throw away exports a week after they were made, and close those whose job was given up."""
    await exports.settle(run)

"""Housekeeping of offers."""

from studyhall.domains.undo import service
from studyhall.platform.jobs import JobRun, periodic


@periodic("undo.forget_offers", "23 * * * *")
async def forget_offers(run: JobRun) -> None:
    """Drop offers that nobody can use any more."""
    async with run.unit_of_work() as uow:
        await service.forget_old_offers(uow)

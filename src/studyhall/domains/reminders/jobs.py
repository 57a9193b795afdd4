"""The sweep of every minute, and telling one person."""

from datetime import timedelta
from uuid import UUID

from studyhall.domains.reminders.models import ReminderDelivery
from studyhall.domains.reminders.service import sweeping, telling
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun, job, periodic
from studyhall.platform.privacy import drop_over

KEPT = timedelta(days=180)


@job("reminders.tell", tries=3, first_delay=30, timeout=120)
async def tell(run: JobRun, *, delivery_id: UUID) -> None:
    """Tell one person one thing; safe to run twice, at once or after a worker died."""
    async with run.unit_of_work() as uow:
        await telling.tell(uow, delivery_id)


@periodic("reminders.sweep", "* * * * *", timeout=900)
async def sweep(run: JobRun) -> None:
    """Queue a job for everybody who is due, in batches, each in its own transaction.

    A run that dies is simply run again; two at once share the work.
    """
    while True:
        async with run.unit_of_work() as uow:
            dealt_with = await sweeping.sweep(uow, tell)
        if dealt_with < sweeping.BATCH:
            # What was worked out anew may be due already; its moment is this minute's, so it is not left to the next.
            async with run.unit_of_work() as uow:
                if not await sweeping.sweep(uow, tell):
                    return


@periodic("reminders.forget", "41 2 * * *", timeout=3600)
async def forget(run: JobRun) -> None:
    """Drop deliveries that are as old as the mails that came of them may get."""
    await drop_over(run, ReminderDelivery, ReminderDelivery.created_at < clock.now() - KEPT)

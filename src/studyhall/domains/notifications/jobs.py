"""Sending mails."""

from uuid import UUID

from studyhall.domains.notifications.service import mailing
from studyhall.platform.jobs import JobRun, job, periodic


@job("notifications.send_mail", tries=3, first_delay=30, longest_delay=3600, timeout=120)
async def send_mail(run: JobRun, *, email_id: UUID) -> None:
    """Send a queued mail; safe to run twice, at once or after a worker died. Three tries, with growing pauses."""
    await mailing.send(run, email_id)


@periodic("notifications.settle_mails", "*/10 * * * *")
async def settle_mails(run: JobRun) -> None:
    """Close mails that a dead worker left between being handed over and being written down."""
    await mailing.settle_abandoned(run.resources)

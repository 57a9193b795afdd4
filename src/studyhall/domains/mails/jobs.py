"""Sending mails."""

from uuid import UUID

from studyhall.domains.mails.service import mailing
from studyhall.platform.jobs import JobRun, job, periodic


@job("mails.send_mail", tries=3, first_delay=150, longest_delay=3600, timeout=180)
async def send_mail(run: JobRun, *, email_id: UUID) -> None:
    """Send a queued mail; safe to run twice, at once or after a worker died. Three tries, with growing pauses.

    The third comes more than five minutes after the first, the pause that greylisting servers commonly ask for.
    """
    await mailing.send(run, email_id)


@periodic("mails.settle_mails", "*/10 * * * *")
async def settle_mails(run: JobRun) -> None:
    """Close mails that a dead worker left between being handed over and being written down."""
    await mailing.settle_abandoned(run.resources)

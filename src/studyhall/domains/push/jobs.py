"""Telling browsers."""

from uuid import UUID

from studyhall.domains.push.service import sending
from studyhall.platform.jobs import JobRun, job


@job("push.tell_browser", tries=6, first_delay=30, longest_delay=7200, timeout=60)
async def tell_browser(run: JobRun, *, notification_id: UUID, subscription_id: UUID) -> None:
    """Send one notification to one browser."""
    await sending.tell(run, notification_id, subscription_id)

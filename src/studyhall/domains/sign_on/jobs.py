"""Forgetting sign-ons that are over, once a day."""

from datetime import timedelta

from studyhall.domains.sign_on.models import SignOn
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun, periodic
from studyhall.platform.privacy import drop_over

KEPT = timedelta(days=1)


@periodic("sign_on.forget", "20 2 * * *", timeout=3600)
async def forget(run: JobRun) -> None:
    """Delete sign-ons a day after their end."""
    await drop_over(run, SignOn, SignOn.expires_at < clock.now() - KEPT)

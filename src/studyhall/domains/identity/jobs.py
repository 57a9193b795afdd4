"""Forgetting what is over, once a day."""

from datetime import timedelta

from sqlalchemy import or_

from studyhall.domains.identity.models import LoginFailure, UserSession
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun, periodic
from studyhall.platform.privacy import drop_over
from studyhall.platform.web.idempotency import forget_old_keys

FAILURES_KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=365)


@periodic("identity.forget", "0 2 * * *", timeout=3600)
async def forget(run: JobRun) -> None:
    """Delete failed logins a day after the last one, and sessions a year after their end."""
    now = clock.now()
    failure, session = LoginFailure, UserSession
    quiet = failure.last_at < now - FAILURES_KEPT
    await drop_over(run, failure, quiet & or_(failure.locked_until.is_(None), failure.locked_until < now))
    ended = now - SESSIONS_KEPT
    await drop_over(run, session, or_(session.ended_at < ended, session.expires_at < ended))
    async with run.unit_of_work() as uow:
        await forget_old_keys(uow)

"""Forgetting secrets that are over, once a day."""

from datetime import timedelta

from sqlalchemy import or_

from studyhall.domains.credentials.models import LoginChallenge, OneTimeCode, PasswordReset, PersonalAccessToken
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun, periodic
from studyhall.platform.privacy import drop_over

SECRETS_KEPT = timedelta(days=1)
TOKENS_KEPT = timedelta(days=365)


@periodic("credentials.forget", "10 2 * * *", timeout=3600)
async def forget(run: JobRun) -> None:
    """Delete one-time secrets a day after their end, and personal tokens a year after theirs."""
    now = clock.now()
    for table in (OneTimeCode, PasswordReset, LoginChallenge):
        await drop_over(run, table, table.expires_at < now - SECRETS_KEPT)
    token, ended = PersonalAccessToken, now - TOKENS_KEPT
    await drop_over(run, token, or_(token.revoked_at < ended, token.expires_at < ended))

"""Forgetting what is over, once a day."""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, or_, select, tuple_

from studyhall.domains.identity.models import (
    ActivityLog,
    LoginChallenge,
    LoginFailure,
    OneTimeCode,
    PasswordReset,
    PersonalAccessToken,
    SignOn,
    UserSession,
)
from studyhall.domains.identity.service.activity import permit_forgetting
from studyhall.platform import clock
from studyhall.platform.database import Base
from studyhall.platform.jobs import JobRun, periodic
from studyhall.platform.web.idempotency import forget_old_keys

SECRETS_KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=365)
ACTIVITY_KEPT = timedelta(days=365)
BATCH = 5_000


@periodic("identity.forget", "0 2 * * *", timeout=3600)
async def forget(run: JobRun) -> None:
    """Delete one-time secrets a day after their end, and sessions, tokens and audit rows after a year.

    In batches, each in its own transaction, so that no lock is held for long; a run that dies is simply run again.
    """
    for table, is_over in _over():
        while await _forget_batch(run, table, is_over) == BATCH:
            pass
    async with run.unit_of_work() as uow:
        await forget_old_keys(uow)


def _over() -> list[tuple[type[Base], ColumnElement[bool]]]:
    """Each table with what may go now."""
    now = clock.now()
    secrets, sessions = now - SECRETS_KEPT, now - SESSIONS_KEPT
    token, failure = PersonalAccessToken, LoginFailure
    return [
        (OneTimeCode, OneTimeCode.expires_at < secrets),
        (PasswordReset, PasswordReset.expires_at < secrets),
        (LoginChallenge, LoginChallenge.expires_at < secrets),
        (SignOn, SignOn.expires_at < secrets),
        (LoginFailure, (failure.last_at < secrets) & or_(failure.locked_until.is_(None), failure.locked_until < now)),
        (UserSession, or_(UserSession.ended_at < sessions, UserSession.expires_at < sessions)),
        (PersonalAccessToken, or_(token.revoked_at < sessions, token.expires_at < sessions)),
        (ActivityLog, ActivityLog.created_at < now - ACTIVITY_KEPT),
    ]


async def _forget_batch(run: JobRun, table: type[Base], is_over: ColumnElement[bool]) -> int:
    key = list(table.__table__.primary_key.columns)  # type: ignore[attr-defined]  # a mapped class has a whole Table
    chosen = select(*key).where(is_over).limit(BATCH)
    async with run.unit_of_work() as uow:
        await permit_forgetting(uow)
        gone = await uow.session.execute(
            delete(table).where(tuple_(*key).in_(chosen)).returning(key[0]).execution_options(synchronize_session=False)
        )
        return len(gone.all())

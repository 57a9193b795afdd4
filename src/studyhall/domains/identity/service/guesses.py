"""Wrong answers to what only the owner knows, counted per account: second factors and current passwords.

A challenge has few tries, but whoever knows the password can ask for many challenges; so the account counts them all.
Only somebody who knows the password or holds a session can bring about this lock.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.identity import rules
from studyhall.domains.identity.errors import GuessesLocked
from studyhall.domains.identity.models import LoginFailure
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

DIGEST = "guesses"
EVERYWHERE = ""


async def failed_before(uow: UnitOfWork, user_id: UUID) -> bool:
    """Whether there is a series of wrong answers, which a right one should `forget`.

    Raises:
        GuessesLocked: there were too many of them lately.
    """
    row = await uow.session.get(LoginFailure, (_account(uow, user_id), EVERYWHERE))
    now = clock.now()
    if row is not None and row.locked_until is not None and now < row.locked_until:
        seconds = int((row.locked_until - now) / timedelta(seconds=1)) + 1
        raise GuessesLocked(headers={"Retry-After": str(seconds)})
    return row is not None


async def count(uow: UnitOfWork, user_id: UUID) -> None:
    """Count a wrong answer. The row is locked, so answers at once are all counted."""
    now = clock.now()
    account = _account(uow, user_id)
    fresh = insert(LoginFailure).values(account=account, address=EVERYWHERE, failures=0, first_at=now, last_at=now)
    await uow.session.execute(fresh.on_conflict_do_nothing())
    row = await uow.session.get_one(LoginFailure, (account, EVERYWHERE), with_for_update=True, populate_existing=True)
    before = rules.Failures(row.failures, row.first_at if row.failures else None, row.locked_until)
    after = before.one_more(now, rules.GUESSES_TO_LOCK)
    row.failures, row.first_at, row.locked_until = after.count, after.first_at or now, after.locked_until
    row.last_at = now
    await uow.session.flush()
    if after.is_locked(now) and not before.is_locked(now):
        uow.audit("auth.guesses_locked", "Codes and password checks are locked for a while.", user_id=user_id)


async def forget(uow: UnitOfWork, user_id: UUID) -> None:
    """A right answer ends the series."""
    await uow.session.execute(
        delete(LoginFailure).where(LoginFailure.account == _account(uow, user_id), LoginFailure.address == EVERYWHERE)
    )


def _account(uow: UnitOfWork, user_id: UUID) -> str:
    return uow.resources.keys.digest(DIGEST, str(user_id))

"""Wrong answers to what only the owner knows, counted per account: second factors and current passwords.

A challenge has few tries, but whoever knows the password can ask for many challenges; so the account counts them all.
Only somebody who knows the password or holds a session can bring about this lock.
"""

from datetime import timedelta
from uuid import UUID

from studyhall.domains.credentials import rules
from studyhall.domains.credentials.errors import GuessesLocked
from studyhall.domains.identity import public as identity
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

DIGEST = "guesses"


async def failed_before(uow: UnitOfWork, user_id: UUID) -> bool:
    """Whether there is a series of wrong answers, which a right one should `forget`.

    Raises:
        GuessesLocked: there were too many of them lately.
    """
    series = await identity.failures_of(uow, _account(uow, user_id))
    now = clock.now()
    if series is not None and series.locked_until is not None and series.is_locked(now):
        seconds = int((series.locked_until - now) / timedelta(seconds=1)) + 1
        raise GuessesLocked(headers={"Retry-After": str(seconds)})
    return series is not None


async def count(uow: UnitOfWork, user_id: UUID) -> None:
    """Count a wrong answer."""
    if await identity.count_failure(uow, _account(uow, user_id), most=rules.GUESSES_TO_LOCK):
        uow.audit("auth.guesses_locked", "Codes and password checks are locked for a while.", user_id=user_id)


async def forget(uow: UnitOfWork, user_id: UUID) -> None:
    """A right answer ends the series."""
    await identity.forget_failures(uow, _account(uow, user_id))


def _account(uow: UnitOfWork, user_id: UUID) -> str:
    return uow.resources.keys.digest(DIGEST, str(user_id))

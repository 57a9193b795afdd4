"""Signing in with a password: the check, the lock, and whoever asks for more."""

from datetime import datetime, timedelta
from uuid import UUID

from studyhall.domains.identity import rules
from studyhall.domains.identity.errors import LoginFailed, LoginLocked
from studyhall.domains.identity.events import AccountLocked
from studyhall.domains.identity.ports import SecondFactor
from studyhall.domains.identity.queries.accounts import by_email
from studyhall.domains.identity.service import lock, passwords, sessions
from studyhall.domains.identity.service.sessions import Challenge, Device, SignedIn
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

ACCOUNT_DIGEST = "login-account"

# What a login is checked against, in one statement: the account of that address, and whether the pair is locked.
_CHECKED = """
SELECT u.id, u.password_hash,
       (SELECT max(f.locked_until) FROM login_failures f
         WHERE f.account IN ($2, $3) AND f.address = $4 AND f.locked_until > $5) AS locked_until
  FROM (SELECT 1) AS one LEFT JOIN users u ON lower(u.email) = lower($1)
"""


async def log_in(
    resources: Resources, uow: UnitOfWork, email: str, password: str, device: Device, *, remember: bool
) -> SignedIn | Challenge:
    """Check e-mail and password. The hash is checked without a transaction held open.

    Raises:
        LoginFailed: one of them is wrong; which one is not told, and the time it takes does not tell either.
        LoginLocked: this account from this address, or the address as a whole, failed too often.
        AccountDisabled, AccountClosing: right, but the account is switched off, or being deleted.
    """
    email = email.strip()
    account = resources.keys.digest(ACCOUNT_DIGEST, email.lower())
    async with resources.database.straight() as straight:
        row = await straight.row(_CHECKED, email, account, lock.EVERY, _address(uow), clock.now())
    if row is None:
        raise LoginFailed
    _refuse_locked(row["locked_until"])
    checked = row["password_hash"]
    if not await passwords.verify(resources.settings, password, checked):
        await _count_failure(uow, account, row["id"])
        raise LoginFailed
    user = await by_email(uow, email, lock=True, closing=True)
    if user is None or user.password_hash != checked:
        # The password was changed, or the account handed over, while this one was being checked.
        raise LoginFailed
    await lock.forget_failures(uow, account, _address(uow))
    return await admit(uow, user.id, device, remember=remember, method="password")


async def admit(uow: UnitOfWork, user_id: UUID, device: Device, *, remember: bool, method: str) -> SignedIn | Challenge:
    """A session, or the challenge of a second factor first. Raises AccountDisabled, AccountClosing."""
    second = uow.resources.port(SecondFactor)
    challenge = await second.challenge(uow, user_id, device, remember=remember, method=method)
    return challenge or await sessions.begin(uow, user_id, device, remember=remember, method=method)


def _address(uow: UnitOfWork) -> str:
    return (uow.origin.address or "unknown")[:64]


def _refuse_locked(until: datetime | None) -> None:
    if until is not None:
        seconds = int((until - clock.now()) / timedelta(seconds=1)) + 1
        raise LoginLocked(headers={"Retry-After": str(seconds)})


async def _count_failure(uow: UnitOfWork, account: str, user_id: UUID | None) -> None:
    is_locked = await lock.count_failure(uow, account, _address(uow), most=rules.FAILURES_TO_LOCK)
    await lock.count_failure(uow, lock.EVERY, _address(uow), most=rules.ADDRESS_FAILURES_TO_LOCK)
    uow.audit("auth.login_failed", "A sign-in failed: wrong password.", user_id=user_id)
    if is_locked and user_id is not None:
        uow.audit("auth.locked", "Sign-in is locked for a while after failed attempts.", user_id=user_id)
        uow.record(AccountLocked(user_id))

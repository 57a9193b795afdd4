"""Signing in with a password: the check, the lock, the second factor."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.identity import rules
from studyhall.domains.identity.errors import LoginFailed, LoginLocked
from studyhall.domains.identity.events import AccountLocked
from studyhall.domains.identity.models import LoginChallenge, LoginFailure, TwoFactor, User
from studyhall.domains.identity.queries.people import by_email
from studyhall.domains.identity.service import passwords, sessions
from studyhall.domains.identity.service.sessions import Device, SignedIn
from studyhall.platform import clock
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

ACCOUNT_DIGEST = "login-account"
WHOLE_ADDRESS = ""

_HASH_OF = """
SELECT id, password_hash FROM users WHERE lower(email) = lower($1) AND deleted_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Challenge:
    """The password was right; a code of the second factor is wanted."""

    challenge_id: UUID
    expires_in: int


async def log_in(
    resources: Resources, uow: UnitOfWork, email: str, password: str, device: Device, *, remember: bool
) -> SignedIn | Challenge:
    """Check e-mail and password. The hash is checked without a transaction held open.

    Raises:
        LoginFailed: one of them is wrong; which one is not told, and the time it takes does not tell either.
        LoginLocked: this account from this address, or the address as a whole, failed too often.
        AccountDisabled: right, but the account is switched off.
    """
    email = email.strip()
    account = resources.keys.digest(ACCOUNT_DIGEST, email.lower())
    await _refuse_locked(uow, account)
    async with resources.database.straight() as straight:
        row = await straight.row(_HASH_OF, email)
    is_right = await passwords.verify(resources.settings, password, row["password_hash"] if row else None)
    if not is_right:
        await _count_failure(uow, account, row["id"] if row else None)
        raise LoginFailed
    user = await by_email(uow, email)
    if user is None:
        raise LoginFailed
    await uow.session.execute(delete(LoginFailure).where(LoginFailure.account == account, _here(uow)))
    return await admit(uow, user, device, remember=remember, method="password")


async def admit(uow: UnitOfWork, user: User, device: Device, *, remember: bool, method: str) -> SignedIn | Challenge:
    """A session, or with two-factor switched on a challenge first."""
    second = await uow.session.get(TwoFactor, user.id)
    if second is None or second.enabled_at is None:
        return await sessions.begin(uow, user, device, remember=remember, method=method)
    challenge = LoginChallenge(
        id=new_id(), user_id=user.id, remember=remember, method=method, device_type=device.device_type, os=device.os,
        browser=device.browser, expires_at=clock.now() + rules.CHALLENGE_LIFETIME, tries_left=rules.CHALLENGE_TRIES,
    )  # fmt: skip
    uow.session.add(challenge)
    await uow.session.flush()
    return Challenge(challenge.id, int(rules.CHALLENGE_LIFETIME.total_seconds()))


def _here(uow: UnitOfWork) -> ColumnElement[bool]:
    return LoginFailure.address == _address(uow)


def _address(uow: UnitOfWork) -> str:
    return (uow.origin.address or "unknown")[:64]


async def _refuse_locked(uow: UnitOfWork, account: str) -> None:
    now = clock.now()
    locked = await uow.session.scalars(
        select(LoginFailure.locked_until).where(
            LoginFailure.account.in_((account, WHOLE_ADDRESS)), _here(uow), LoginFailure.locked_until > now
        )
    )
    until = max((moment for moment in locked if moment is not None), default=None)
    if until is not None:
        seconds = int((until - now) / timedelta(seconds=1)) + 1
        raise LoginLocked(headers={"Retry-After": str(seconds)})


async def _count_failure(uow: UnitOfWork, account: str, user_id: UUID | None) -> None:
    is_locked = await _add_failure(uow, account, rules.FAILURES_TO_LOCK)
    await _add_failure(uow, WHOLE_ADDRESS, rules.ADDRESS_FAILURES_TO_LOCK)
    uow.audit("auth.login_failed", "A sign-in failed: wrong password.", user_id=user_id)
    if is_locked and user_id is not None:
        uow.audit("auth.locked", "Sign-in is locked for a while after failed attempts.", user_id=user_id)
        uow.record(AccountLocked(user_id))


async def _add_failure(uow: UnitOfWork, account: str, most: int) -> bool:
    """Count one; the row is locked, so failures at once are all counted. Answers whether this one locked."""
    now = clock.now()
    address = _address(uow)
    fresh = insert(LoginFailure).values(account=account, address=address, failures=0, first_at=now, last_at=now)
    await uow.session.execute(fresh.on_conflict_do_nothing())
    row = await uow.session.get_one(LoginFailure, (account, address), with_for_update=True, populate_existing=True)
    before = rules.Failures(row.failures, row.first_at if row.failures else None, row.locked_until)
    after = before.one_more(now, most)
    await uow.session.execute(
        update(LoginFailure)
        .where(LoginFailure.account == account, LoginFailure.address == address)
        .values(failures=after.count, first_at=after.first_at, last_at=now, locked_until=after.locked_until)
    )
    return after.is_locked(now) and not before.is_locked(now)

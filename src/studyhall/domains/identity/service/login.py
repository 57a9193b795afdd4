"""Signing in with a password: the check, the lock, the second factor."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, update
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

# What a login is checked against, in one statement: the account of that address, and whether the pair is locked.
_CHECKED = """
SELECT u.id, u.password_hash,
       (SELECT max(f.locked_until) FROM login_failures f
         WHERE f.account IN ($2, $3) AND f.address = $4 AND f.locked_until > $5) AS locked_until
  FROM (SELECT 1) AS one LEFT JOIN users u ON lower(u.email) = lower($1) AND u.deleted_at IS NULL
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
    async with resources.database.straight() as straight:
        row = await straight.row(_CHECKED, email, account, WHOLE_ADDRESS, _address(uow), clock.now())
    if row is None:
        raise LoginFailed
    _refuse_locked(row["locked_until"])
    checked = row["password_hash"]
    if not await passwords.verify(resources.settings, password, checked):
        await _count_failure(uow, account, row["id"])
        raise LoginFailed
    user = await by_email(uow, email, lock=True)
    if user is None or user.password_hash != checked:
        # The password was changed, or the account handed over, while this one was being checked.
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


def _refuse_locked(until: datetime | None) -> None:
    if until is not None:
        seconds = int((until - clock.now()) / timedelta(seconds=1)) + 1
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

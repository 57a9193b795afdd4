"""Mailed codes: made as rows, derived when needed, checked with a bounded number of tries."""

import os
from uuid import UUID

from sqlalchemy import select, update

from studyhall.domains.credentials import rules
from studyhall.domains.credentials.errors import CodeUsedUp, CodeWrong, ResendLimit
from studyhall.domains.credentials.events import VerificationRequested
from studyhall.domains.credentials.models import OneTimeCode
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Account
from studyhall.platform import clock
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork

VERIFY = "verify_email"
SALT_BYTES = 16


async def request_verification(uow: UnitOfWork, user_id: UUID) -> None:
    """Make a code for the address and announce that it is to be mailed."""
    code = OneTimeCode(
        id=new_id(), user_id=user_id, purpose=VERIFY, salt=os.urandom(SALT_BYTES), tries_left=rules.CODE_TRIES,
        resends_left=rules.CODE_RESENDS, expires_at=clock.now() + rules.CODE_LIFETIME,
    )  # fmt: skip
    uow.session.add(code)
    await uow.session.flush()
    uow.record(VerificationRequested(user_id, code.id, 0))


async def resend(uow: UnitOfWork, email: str) -> None:
    """Send a fresh code, a limited number of times within one code's life. Says nothing of unknown addresses.

    Raises:
        ResendLimit: it was sent as often as it may be.
    """
    user = await unverified(uow, email)
    if user is None:
        return
    code = await _open_code(uow, user.id)
    now = clock.now()
    if code is None or now >= code.expires_at:
        await _close(uow, user.id)
        await request_verification(uow, user.id)
        return
    if code.resends_left == 0:
        raise ResendLimit(headers={"Retry-After": str(int((code.expires_at - now).total_seconds()) + 1)})
    code.resends_left -= 1
    code.salt, code.tries_left, code.expires_at = os.urandom(SALT_BYTES), rules.CODE_TRIES, now + rules.CODE_LIFETIME
    await uow.session.flush()
    uow.record(VerificationRequested(user.id, code.id, rules.CODE_RESENDS - code.resends_left))


async def verify_email(uow: UnitOfWork, email: str, digits: str) -> None:
    """Confirm an address. The code's row is locked, so that tries cannot be made side by side.

    Raises:
        CodeWrong: not the code, or no open one; a try is used up.
        CodeUsedUp: the tries are used up.
    """
    user = await unverified(uow, email)
    code = await _open_code(uow, user.id) if user else None
    if user is None or code is None or clock.now() >= code.expires_at:
        raise CodeWrong(errors={"code": ["The code is not right or has expired."]})
    if code.tries_left == 0:
        raise CodeUsedUp
    if not uow.resources.keys.code_matches(VERIFY, code.id, bytes(code.salt), digits):
        code.tries_left -= 1
        uow.audit("auth.code_wrong", "A wrong e-mail code was given.", user_id=user.id)
        raise CodeWrong(errors={"code": [f"Not the code. Tries left: {code.tries_left}."]})
    code.used_at = clock.now()
    await identity.confirm_email(uow, user.id)
    uow.audit("auth.email_verified", "Confirmed the e-mail address.", user_id=user.id)


async def unverified(uow: UnitOfWork, email: str) -> Account | None:
    """The account of that address, if it still has to be confirmed."""
    user = await identity.account_of_address(uow, email)
    return user if user is not None and user.email_verified_at is None else None


async def digits_of(uow: UnitOfWork, code_id: UUID) -> str | None:
    """The six digits of a code that is still open; made only to be mailed."""
    code = await uow.session.get(OneTimeCode, code_id)
    if code is None or code.used_at is not None or clock.now() >= code.expires_at:
        return None
    return uow.resources.keys.derive_code(code.purpose, code.id, bytes(code.salt))


async def _open_code(uow: UnitOfWork, user_id: UUID) -> OneTimeCode | None:
    found = await uow.session.scalars(
        select(OneTimeCode)
        .where(OneTimeCode.user_id == user_id, OneTimeCode.purpose == VERIFY, OneTimeCode.used_at.is_(None))
        .with_for_update()
    )
    return found.one_or_none()


async def _close(uow: UnitOfWork, user_id: UUID) -> None:
    await uow.session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.user_id == user_id, OneTimeCode.purpose == VERIFY, OneTimeCode.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )

"""Forgotten passwords: a mailed link, once, for an hour."""

import os
from uuid import UUID

from sqlalchemy import update

from studyhall.domains.credentials import rules
from studyhall.domains.credentials.errors import ResetInvalid
from studyhall.domains.credentials.events import PasswordResetRequested
from studyhall.domains.credentials.models import PasswordReset
from studyhall.domains.identity import public as identity
from studyhall.platform import clock
from studyhall.platform.errors import TooManyRequests
from studyhall.platform.ids import new_id
from studyhall.platform.ratelimit import Limit
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

PURPOSE = "password_reset"
SALT_BYTES = 16
PER_EMAIL = Limit.parse("3/hour")
EMAIL_DIGEST = "reset-email"


async def forget(resources: Resources, uow: UnitOfWork, email: str) -> None:
    """Have a reset link mailed. An unknown address is answered alike and nothing is sent.

    Raises:
        TooManyRequests: asked more than three times within an hour for this address.
    """
    if resources.settings.rate_limits_enabled:
        key = resources.keys.digest(EMAIL_DIGEST, email.strip().lower())
        decision = await resources.limiter.check([("password_reset", key, PER_EMAIL)])
        if not decision.allowed:
            raise TooManyRequests(
                "A reset was asked for too often. Try again later.", headers={"Retry-After": str(decision.retry_after)}
            )
    user = await identity.account_of_address(uow, email)
    if user is None:
        return
    await close_open(uow, user.id)
    reset = PasswordReset(
        id=new_id(), user_id=user.id, salt=os.urandom(SALT_BYTES), expires_at=clock.now() + rules.RESET_LIFETIME
    )
    uow.session.add(reset)
    await uow.session.flush()
    uow.audit("auth.reset_requested", "A password reset was asked for.", user_id=user.id)
    uow.record(PasswordResetRequested(user.id, reset.id))


async def token_of(uow: UnitOfWork, reset_id: UUID) -> str | None:
    """The token that the mail carries: the row's id and a proof that we made it. None when it is no longer good."""
    reset = await uow.session.get(PasswordReset, reset_id)
    if reset is None or reset.used_at is not None or clock.now() >= reset.expires_at:
        return None
    return f"{reset.id.hex}{uow.resources.keys.derive_token(PURPOSE, reset.id, bytes(reset.salt))}"


async def reset_password(resources: Resources, uow: UnitOfWork, token: str, email: str | None, password: str) -> None:
    """Set a new password with the mailed token; every session ends, and the address counts as confirmed.

    Raises:
        ResetInvalid: unknown, used, expired, or made for another address.
        Invalid: the password will not do.
        Conflict: the password was changed at the same moment.
    """
    identity.require_strong(password)
    reset = await _open(uow, token)
    user = await identity.living_account(uow, reset.user_id) if reset else None
    if reset is None or user is None:
        raise ResetInvalid
    if email is not None and email.strip().lower() != user.email.lower():
        raise ResetInvalid
    known = await identity.known_passwords(uow, user.id)
    await identity.require_unused(resources, known.refused, password)
    fresh = await identity.hash_password(resources.settings, password)
    await identity.replace_password(uow, user.id, fresh, instead_of=known.present, confirms_email=True)
    reset.used_at = clock.now()
    await identity.end(uow, user.id, None, "password_reset")
    uow.audit("auth.password_reset", "Set a new password with a mailed link.", user_id=user.id)


async def _open(uow: UnitOfWork, token: str) -> PasswordReset | None:
    try:
        reset_id, mac = UUID(hex=token[:32]), token[32:]
    except ValueError:
        return None
    reset = await uow.session.get(PasswordReset, reset_id, with_for_update=True)
    if reset is None or reset.used_at is not None or clock.now() >= reset.expires_at:
        return None
    return reset if uow.resources.keys.token_matches(PURPOSE, reset.id, bytes(reset.salt), mac) else None


async def close_open(uow: UnitOfWork, user_id: UUID) -> None:
    """Links that were mailed before are good no longer."""
    await uow.session.execute(
        update(PasswordReset)
        .where(PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )

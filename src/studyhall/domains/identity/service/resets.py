"""Forgotten passwords: a mailed link, once, for an hour."""

import os
from uuid import UUID

from sqlalchemy import update

from studyhall.domains.identity import rules
from studyhall.domains.identity.errors import ResetInvalid
from studyhall.domains.identity.events import PasswordChanged, PasswordResetRequested
from studyhall.domains.identity.models import PasswordReset, User
from studyhall.domains.identity.queries.people import by_email
from studyhall.domains.identity.service import passwords, sessions
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
    user = await by_email(uow, email)
    if user is None:
        return
    await _close(uow, user.id)
    reset = PasswordReset(
        id=new_id(), user_id=user.id, salt=os.urandom(SALT_BYTES), expires_at=clock.now() + rules.RESET_LIFETIME
    )
    uow.session.add(reset)
    await uow.session.flush()
    uow.audit("auth.reset_requested", "A password reset was asked for.", user_id=user.id)
    uow.record(PasswordResetRequested(user.id, reset.id))


def token_of(uow: UnitOfWork, reset: PasswordReset) -> str:
    """The token that the mail carries: the row's id and a proof that we made it."""
    return f"{reset.id.hex}{uow.resources.keys.derive_token(PURPOSE, reset.id, bytes(reset.salt))}"


async def reset_password(resources: Resources, uow: UnitOfWork, token: str, email: str | None, password: str) -> None:
    """Set a new password with the mailed token; every session ends, and the address counts as confirmed.

    Raises:
        ResetInvalid: unknown, used, expired, or made for another address.
        Invalid: the password will not do.
    """
    passwords.require_strong(password)
    reset = await _open(uow, token)
    user = await uow.session.get(User, reset.user_id) if reset else None
    if reset is None or user is None or user.deleted_at is not None:
        raise ResetInvalid
    if email is not None and email.strip().lower() != user.email.lower():
        raise ResetInvalid
    await passwords.require_unused(resources, await passwords.former_hashes(uow, user), password)
    await passwords.replace(uow, user, await passwords.hash_password(resources.settings, password))
    reset.used_at = clock.now()
    user.email_verified_at = user.email_verified_at or clock.now()
    await sessions.end(uow, user.id, None, "password_reset")
    uow.audit("auth.password_reset", "Set a new password with a mailed link.", user_id=user.id)
    uow.record(PasswordChanged(user.id))


async def _open(uow: UnitOfWork, token: str) -> PasswordReset | None:
    try:
        reset_id, mac = UUID(hex=token[:32]), token[32:]
    except ValueError:
        return None
    reset = await uow.session.get(PasswordReset, reset_id, with_for_update=True)
    if reset is None or reset.used_at is not None or clock.now() >= reset.expires_at:
        return None
    return reset if uow.resources.keys.token_matches(PURPOSE, reset.id, bytes(reset.salt), mac) else None


async def _close(uow: UnitOfWork, user_id: UUID) -> None:
    """A new link makes the former ones useless."""
    await uow.session.execute(
        update(PasswordReset)
        .where(PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )

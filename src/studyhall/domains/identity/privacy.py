"""What identity holds of a person: taken out whole for him, and forgotten."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from studyhall.domains.identity.models import (
    LoginFailure,
    PasswordHistory,
    User,
    UserDevice,
    UserPreferences,
    UserSession,
)
from studyhall.domains.identity.service import login
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.idempotency import IdempotencyKey

_ALL: Sequence[Personal] = (
    Personal("account", User, "id", frozenset({"password_hash"})),
    Personal("preferences", UserPreferences),
    Personal("sessions", UserSession, secrets=frozenset({"salt", "generation"})),
    Personal("devices", UserDevice),
    Personal("password_history", PasswordHistory, secrets=frozenset({"password_hash"})),
)


def export(uow: UnitOfWork, user_id: UUID) -> dict[str, Rows]:
    """Everything that belongs to the account, as streams of rows by name. No secret, no hash of one."""
    return streams(uow, user_id, _ALL)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete the account with all that hangs on it; the last step of forgetting a person.

    Rows of other tables that name the account go by their foreign keys; an account that is not there is no error.
    """
    user = await uow.session.get(User, user_id)
    if user is None:
        return
    account = uow.resources.keys.digest(login.ACCOUNT_DIGEST, user.email.lower())
    await _run(uow, delete(LoginFailure).where(LoginFailure.account == account))
    await _run(uow, delete(IdempotencyKey).where(IdempotencyKey.user_id == user_id))
    await _run(uow, delete(User).where(User.id == user_id))


async def _run(uow: UnitOfWork, statement: Any) -> None:
    await uow.session.execute(statement.execution_options(synchronize_session=False))

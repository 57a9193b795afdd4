"""What identity holds of a person: taken out whole for him, and forgotten."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from studyhall.domains.identity.models import (
    ActivityLog,
    Block,
    LoginChallenge,
    LoginFailure,
    OneTimeCode,
    OutsideIdentity,
    PasswordHistory,
    PasswordReset,
    PersonalAccessToken,
    RecoveryCode,
    Role,
    SignOn,
    StudyPreferences,
    TwoFactor,
    User,
    UserConsent,
    UserDevice,
    UserPreferences,
    UserRole,
    UserSession,
    UserTag,
)
from studyhall.domains.identity.service import activity, guesses, login
from studyhall.platform.database import Base
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.idempotency import IdempotencyKey

Rows = AsyncIterator[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A table of personal rows: how they are called outside, whose they are, and what stays inside."""

    name: str
    table: type[Base]
    owner: str = "user_id"
    secrets: frozenset[str] = frozenset()


_ALL: Sequence[_Kept] = (
    _Kept("account", User, "id", frozenset({"password_hash"})),
    _Kept("preferences", UserPreferences),
    _Kept("study_preferences", StudyPreferences),
    _Kept("tags", UserTag),
    _Kept("consents", UserConsent),
    _Kept("blocks", Block),
    _Kept("sessions", UserSession, secrets=frozenset({"salt", "generation"})),
    _Kept("devices", UserDevice),
    _Kept("outside_identities", OutsideIdentity),
    _Kept("personal_access_tokens", PersonalAccessToken, secrets=frozenset({"token_hash"})),
    _Kept("two_factor", TwoFactor, secrets=frozenset({"secret", "last_step"})),
    _Kept("recovery_codes", RecoveryCode, secrets=frozenset({"code_digest"})),
    _Kept("password_history", PasswordHistory, secrets=frozenset({"password_hash"})),
    _Kept("one_time_codes", OneTimeCode, secrets=frozenset({"salt"})),
    _Kept("password_resets", PasswordReset, secrets=frozenset({"salt"})),
    _Kept("login_challenges", LoginChallenge),
    _Kept("sign_ons", SignOn, secrets=frozenset({"secrets", "state_hash", "code_hash"})),
    _Kept("activity", ActivityLog),
)


def export(uow: UnitOfWork, user_id: UUID) -> dict[str, Rows]:
    """Everything that belongs to the person, as streams of rows by name. No secret, no hash of one."""
    streams = {kept.name: _rows(uow, kept, user_id) for kept in _ALL}
    streams["roles"] = _roles(uow, user_id)
    return streams


async def _rows(uow: UnitOfWork, kept: _Kept, user_id: UUID) -> Rows:
    columns = kept.table.__table__.c
    shown = [column for column in columns if column.name not in kept.secrets]
    order = columns.get("id", columns.created_at)
    found = await uow.session.stream(select(*shown).where(columns[kept.owner] == user_id).order_by(order))
    async for row in found.mappings():
        yield dict(row)


async def _roles(uow: UnitOfWork, user_id: UUID) -> Rows:
    found = await uow.session.stream(
        select(Role.name, UserRole.created_at, UserRole.expires_at)
        .join(Role, Role.id == UserRole.role_id)
        .where(UserRole.user_id == user_id)
        .order_by(UserRole.created_at)
    )
    async for row in found.mappings():
        yield dict(row)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete the account with all that hangs on it. The audit log keeps that something happened, not who and whence.

    Rows of other tables that name the account go by their foreign keys; an account that is not there is no error.
    """
    user = await uow.session.get(User, user_id)
    if user is None:
        return
    keys = uow.resources.keys
    digests = [keys.digest(login.ACCOUNT_DIGEST, user.email.lower()), keys.digest(guesses.DIGEST, str(user.id))]
    await activity.permit_forgetting(uow)
    await _run(uow, delete(LoginFailure).where(LoginFailure.account.in_(digests)))
    await _run(uow, delete(IdempotencyKey).where(IdempotencyKey.user_id == user_id))
    log = ActivityLog
    await _run(uow, update(log).where(log.causer_id == user_id).values(causer_id=None, address=None, user_agent=None))
    await _run(uow, update(log).where(log.subject_type == "user", log.subject_id == user_id).values(subject_id=None))
    await _run(uow, update(log).where(log.user_id == user_id).values(user_id=None))
    await _run(uow, delete(User).where(User.id == user_id))


async def _run(uow: UnitOfWork, statement: Any) -> None:
    await uow.session.execute(statement.execution_options(synchronize_session=False))

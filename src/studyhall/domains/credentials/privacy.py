"""What credentials holds of a person: taken out without the secrets, and forgotten."""

from collections.abc import Sequence
from uuid import UUID

from studyhall.domains.credentials.models import (
    LoginChallenge,
    OneTimeCode,
    PasswordReset,
    PersonalAccessToken,
    RecoveryCode,
    TwoFactor,
)
from studyhall.domains.credentials.service import guesses
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

_ALL: Sequence[Personal] = (
    Personal("personal_access_tokens", PersonalAccessToken, secrets=frozenset({"token_hash"})),
    Personal("two_factor", TwoFactor, secrets=frozenset({"secret", "last_step"})),
    Personal("recovery_codes", RecoveryCode, secrets=frozenset({"code_digest"})),
    Personal("one_time_codes", OneTimeCode, secrets=frozenset({"salt"})),
    Personal("password_resets", PasswordReset, secrets=frozenset({"salt"})),
    Personal("login_challenges", LoginChallenge),
)


def export(uow: UnitOfWork, user_id: UUID) -> dict[str, Rows]:
    """That there are such things, and when they were made and used. No secret, no hash of one."""
    return streams(uow, user_id, _ALL)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete all of it, with the count of wrong answers."""
    await guesses.forget(uow, user_id)
    for table in _ALL:
        await table.erase(uow, user_id)

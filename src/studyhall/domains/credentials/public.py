"""The door of credentials for other domains."""

from uuid import UUID

from sqlalchemy import delete

from studyhall.domains.credentials.errors import PasswordWrong
from studyhall.domains.credentials.models import (
    LoginChallenge,
    OneTimeCode,
    PasswordReset,
    PersonalAccessToken,
    RecoveryCode,
    TwoFactor,
)
from studyhall.domains.credentials.service import personal_tokens
from studyhall.domains.credentials.service.challenges import challenge
from studyhall.domains.credentials.service.codes import digits_of
from studyhall.domains.credentials.service.password_change import has_password, require_password
from studyhall.domains.credentials.service.personal_tokens import authenticate
from studyhall.domains.credentials.service.resets import token_of
from studyhall.domains.credentials.service.two_factor import has_second_factor
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "HAS_SECOND_FACTOR",
    "Challenges",
    "PasswordWrong",
    "authenticate",
    "has_password",
    "has_second_factor",
    "is_personal",
    "remove_all",
    "require_password",
    "reset_link_token",
    "verification_code",
]

HAS_SECOND_FACTOR = "EXISTS (SELECT FROM two_factor f WHERE f.user_id = u.id AND f.enabled_at IS NOT NULL)"
"""The same question in SQL, of an account that stands there as `u`."""


class Challenges:
    """What a login asks beyond the password."""

    challenge = staticmethod(challenge)


def is_personal(token: str) -> bool:
    """Whether a bearer token says that it is a personal one."""
    return token.startswith(personal_tokens.PREFIX)


async def verification_code(uow: UnitOfWork, code_id: UUID) -> str | None:
    """The digits of a mailed code, or None when it is no longer open. Only for the mail that carries it."""
    return await digits_of(uow, code_id)


async def reset_link_token(uow: UnitOfWork, reset_id: UUID) -> str | None:
    """The token of a reset link, or None when it is no longer good. Only for the mail that carries it."""
    return await token_of(uow, reset_id)


async def remove_all(uow: UnitOfWork, user_id: UUID) -> None:
    """Take away everything here that a person could come back with."""
    for table in (LoginChallenge, OneTimeCode, PasswordReset, PersonalAccessToken, RecoveryCode, TwoFactor):
        await uow.session.execute(
            delete(table).where(table.user_id == user_id).execution_options(synchronize_session=False)
        )

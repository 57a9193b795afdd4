"""Accounts, tokens and sessions."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import EmailStr, Field, SecretStr, StringConstraints, field_validator, model_validator

from studyhall.domains.identity.models import User
from studyhall.domains.identity.service import devices
from studyhall.domains.identity.service.accounts import Account
from studyhall.domains.identity.service.sessions import Challenge, Device, SignedIn
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import Schema

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]
Email = Annotated[EmailStr, StringConstraints(max_length=254)]
Password = Annotated[SecretStr, Field(max_length=1024, examples=["Correct-Horse-7"])]


class DeviceIn(Schema):
    """What a client says of its device."""

    type: Annotated[str, StringConstraints(max_length=50)] | None = None
    os: Annotated[str, StringConstraints(max_length=50)] | None = None
    browser: Annotated[str, StringConstraints(max_length=100)] | None = None


def told_device(uow: UnitOfWork, said: DeviceIn | None) -> Device:
    """What the client says of its device, completed from its user agent."""
    told = said or DeviceIn()
    return devices.named(uow.origin.user_agent, told.type, told.os, told.browser)


class RegisterIn(Schema):
    """E-mail and password are needed, and a name: `name`, or `first_name` with or without `last_name`."""

    email: Email = Field(examples=["ada@example.org"])
    password: Password
    password_confirmation: Password | None = None
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)] | None = None
    first_name: Name | None = None
    last_name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=128)] = ""
    username: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=256)] | None = None
    university: Annotated[str, StringConstraints(max_length=255)] | None = None
    country: Annotated[str, StringConstraints(pattern="^[A-Za-z]{2}$")] | None = Field(None, examples=["DE"])
    timezone: str = Field("UTC", examples=["Europe/Berlin"], max_length=64)
    device_info: DeviceIn | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.name is None and self.first_name is None:
            raise ValueError("Give a name, or a first_name.")
        confirmation = self.password_confirmation
        if confirmation is not None and confirmation.get_secret_value() != self.password.get_secret_value():
            raise ValueError("The password and its confirmation differ.")
        return self

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        clock.zone(value)
        return value


class LoginIn(Schema):
    email: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)] = Field(
        examples=["ada@example.org"]
    )
    password: Password
    remember: bool = True
    device_info: DeviceIn | None = None


class RefreshIn(Schema):
    refresh_token: Annotated[str, StringConstraints(min_length=10, max_length=200)]


class UserOut(Schema):
    """The account as its owner sees it."""

    id: UUID
    email: str
    username: str
    name: str
    first_name: str
    last_name: str
    avatar_url: str | None = None
    university: str | None = None
    semester: str | None = None
    phone_number: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None
    country: str | None = None
    email_verified: bool
    onboarding_completed: bool
    onboarding_step: str
    created_at: datetime

    @classmethod
    def of(cls, user: User | Account) -> Self:
        return cls(email_verified=user.email_verified_at is not None, **{n: getattr(user, n) for n in _PLAIN})


_PLAIN = [name for name in UserOut.model_fields if name != "email_verified"]


class TokensOut(Schema):
    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - its kind
    expires_in: int = Field(description="Seconds that the access token lives.")


class SessionOut(Schema):
    id: UUID
    login_at: datetime
    expires_at: datetime


class SignedInOut(Schema):
    """A finished sign-in."""

    two_factor_required: Literal[False] = False
    user: UserOut
    tokens: TokensOut
    session: SessionOut


class ChallengeOut(Schema):
    id: UUID
    expires_in: int = Field(description="Seconds in which the code has to come.")


class ChallengedOut(Schema):
    """The password was right; send the code with the challenge to /auth/two-factor/verify."""

    two_factor_required: Literal[True] = True
    challenge: ChallengeOut


class RefreshedOut(Schema):
    tokens: TokensOut
    session: SessionOut


class OAuthTokens(Schema):
    """RFC 6749, 5.1."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - its kind
    expires_in: int
    refresh_token: str


class MePreferences(Schema):
    """What the first screen needs of the preferences."""

    timezone: str
    day_start_hour: int
    language: str
    morning_email_time: str = Field(examples=["07:00:00"])
    reminder_time: str = Field(examples=["21:00:00"])
    email_notifications: bool
    push_notifications: bool
    weekly_report_enabled: bool
    weekly_report_day: str


class MeOut(UserOut):
    roles: list[str]
    permissions: list[str]
    preferences: MePreferences


class MeData(Schema):
    user: MeOut


def tokens_out(signed: SignedIn) -> TokensOut:
    """The pair as it is answered."""
    pair = signed.tokens
    return TokensOut(access_token=pair.access_token, refresh_token=pair.refresh_token, expires_in=pair.expires_in)


def signed_in(outcome: SignedIn | Challenge) -> Any:
    """What a sign-in answers: user, tokens and session, or the challenge of the second factor."""
    if isinstance(outcome, Challenge):
        return ChallengedOut(challenge=ChallengeOut(id=outcome.challenge_id, expires_in=outcome.expires_in))
    session = SessionOut.model_validate(outcome.session)
    return SignedInOut(user=UserOut.of(outcome.user), tokens=tokens_out(outcome), session=session)

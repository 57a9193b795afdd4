"""Mailed codes and links, and changing the password."""

from typing import Annotated, Self

from pydantic import AliasChoices, Field, StringConstraints, model_validator

from studyhall.domains.identity.public import Password
from studyhall.platform.web import Schema

Digits = Annotated[str, StringConstraints(strip_whitespace=True, min_length=6, max_length=32)]


class EmailIn(Schema):
    email: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)] = Field(
        examples=["ada@example.org"]
    )


class VerifyEmailIn(EmailIn):
    code: Digits = Field(validation_alias=AliasChoices("code", "otp"), examples=["123456"])


class VerifiedOut(Schema):
    email_verified: bool


class ResetPasswordIn(Schema):
    token: Annotated[str, StringConstraints(min_length=10, max_length=200)]
    email: Annotated[str, StringConstraints(max_length=254)] | None = None
    password: Password
    password_confirmation: Password | None = None

    @model_validator(mode="after")
    def _same(self) -> Self:
        confirmation = self.password_confirmation
        if confirmation is not None and confirmation.get_secret_value() != self.password.get_secret_value():
            raise ValueError("The password and its confirmation differ.")
        return self


class ChangePasswordIn(Schema):
    current_password: Password
    new_password: Password
    new_password_confirmation: Password | None = None

    @model_validator(mode="after")
    def _same(self) -> Self:
        confirmation = self.new_password_confirmation
        if confirmation is not None and confirmation.get_secret_value() != self.new_password.get_secret_value():
            raise ValueError("The password and its confirmation differ.")
        return self

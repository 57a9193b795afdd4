"""The second factor."""

from uuid import UUID

from pydantic import AliasChoices, Field

from studyhall.domains.credentials.schemas.passwords import Digits
from studyhall.domains.identity.public import Password
from studyhall.platform.web import Schema


class SetupOut(Schema):
    """For the authenticator; shown to nobody else and not again."""

    secret: str = Field(description="Base32, for typing in by hand.")
    otpauth_uri: str
    qr_code: str = Field(description="The same address as a QR code: an SVG in a data URI.")


class CodeIn(Schema):
    code: Digits = Field(examples=["123456"])


class RecoveryCodesOut(Schema):
    """Each works once in place of the authenticator."""

    recovery_codes: list[str]


class DisableIn(CodeIn):
    password: Password


class VerifyIn(Schema):
    challenge_id: UUID = Field(
        validation_alias=AliasChoices("challenge_id", "challenge"), description="The challenge that the login answered."
    )
    code: Digits = Field(examples=["123456"], description="Of the authenticator, or a recovery code.")

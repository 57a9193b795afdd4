"""Personal access tokens."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from studyhall.domains.credentials.models import PersonalAccessToken
from studyhall.platform.web import Pagination, Schema

Ability = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class TokenIn(Schema):
    """A token for a script of one's own."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
    abilities: Annotated[list[Ability], Field(min_length=1, max_length=50)] = Field(
        default=["read"],
        description="`read` for GET, `write` for the rest, `*` for all that I may, or one of my permission keys.",
    )
    expires_at: datetime | None = Field(None, description="Without one it works until it is revoked.")


class TokenOut(Schema):
    id: UUID
    name: str
    abilities: list[str]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None

    @classmethod
    def of(cls, token: PersonalAccessToken) -> Self:
        return cls.model_validate(token)


class TokensData(Schema):
    tokens: list[TokenOut]
    pagination: Pagination


class NewTokenData(Schema):
    token: TokenOut
    plain_text_token: str = Field(description="Shown this once.", examples=["shp_…"])

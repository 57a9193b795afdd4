"""Profiles, tags and blocks."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AliasChoices, Field, StringConstraints, field_validator

from studyhall.domains.identity.public import Name, Person, UserOut
from studyhall.domains.people.models import Block, UserTag
from studyhall.domains.people.service.profile import OwnProfile, PublicProfile
from studyhall.domains.people.service.tags import NewTag
from studyhall.domains.roles.public import GivenRole
from studyhall.platform.web import Choice, Pagination, Schema

Line50 = Annotated[str, StringConstraints(strip_whitespace=True, max_length=50)]
Line100 = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Line255 = Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)]
Line1024 = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1024)]
PhoneNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9 ()/.-]{3,49}$"),
    Field(examples=["+49 30 901820"]),
]
WebAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^https?://[^\s/?#@]+([/?#]\S*)?$"),
    Field(examples=["https://example.org/me.png"]),
]
FreeForm = Annotated[
    dict[Annotated[str, StringConstraints(min_length=1, max_length=100)], Any],
    Field(max_length=100, description="A client's own free-form settings; merged, and a null removes a key."),
]


class SourceType(Choice):
    """Where a tag comes from."""

    MANUAL = "manual"
    AI = "ai"
    IMPORTED = "imported"


class TagIn(Schema):
    """A skill or an interest."""

    tag_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)] = Field(
        examples=["JavaScript"]
    )
    tag_value: Annotated[str, StringConstraints(max_length=1000)] | None = Field(None, examples=["Intermediate"])
    master_tag_id: UUID | None = None
    rating_score: int | None = Field(None, ge=1, le=10)
    source_type: SourceType = SourceType.MANUAL

    def tag(self) -> NewTag:
        return NewTag(self.tag_name, self.tag_value, self.master_tag_id, self.rating_score, self.source_type.value)


class TagOut(Schema):
    id: UUID
    tag_name: str
    tag_value: str | None
    master_tag_id: UUID | None
    rating_score: int | None
    source_type: SourceType
    is_verified: bool
    created_at: datetime

    @classmethod
    def of(cls, tag: UserTag) -> Self:
        return cls.model_validate(tag)


class TagData(Schema):
    tag: TagOut


class TagsData(Schema):
    tags: list[TagOut]
    pagination: Pagination


class RoleOut(Schema):
    id: UUID
    name: str

    @classmethod
    def of(cls, role: GivenRole) -> Self:
        return cls(id=role.id, name=role.name)


class ProfileOut(UserOut):
    """My account with roles, tags and totals."""

    primary_role: RoleOut | None
    roles: list[str]
    tags: list[TagOut]
    preferences: dict[str, Any] = Field(description="Free-form; what Studyhall acts on is /settings/preferences.")
    two_factor_enabled: bool
    total_study_seconds: int

    @classmethod
    def whole(cls, profile: OwnProfile) -> Self:
        roles = profile.roles
        return cls(
            **UserOut.of(profile.account).model_dump(),
            primary_role=RoleOut.of(roles[-1]) if roles else None,
            roles=[role.name for role in roles],
            tags=[TagOut.of(tag) for tag in profile.tags],
            preferences=profile.free_preferences,
            two_factor_enabled=profile.has_two_factor,
            total_study_seconds=profile.total_study_seconds,
        )


class ProfileData(Schema):
    user: ProfileOut


class ProfileIn(Schema):
    """Only the fields sent are changed; a null empties a field that may be empty."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)] | None = None
    first_name: Name | None = None
    last_name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=128)] | None = None
    username: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=256)] | None = None
    avatar_url: WebAddress | None = Field(None, validation_alias=AliasChoices("avatar_url", "profile_picture_url"))
    university: Line255 | None = None
    semester: Line100 | None = None
    phone_number: PhoneNumber | None = None
    address: Line1024 | None = None
    city: Line255 | None = None
    state: Line255 | None = None
    zip_code: Line50 | None = None
    country: Annotated[str, StringConstraints(to_upper=True, pattern="^[A-Za-z]{2}$")] | None = Field(
        None, validation_alias=AliasChoices("country", "master_country_id"), examples=["DE"]
    )
    preferences: FreeForm | None = None

    @field_validator("name", "first_name", "last_name", "username", "preferences")
    @classmethod
    def _not_null(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("This may not be null.")
        return value


class PublicTagOut(Schema):
    tag_name: str
    tag_value: str | None
    rating_score: int | None


class PublicProfileOut(Schema):
    """What others may see of a person."""

    id: UUID
    username: str
    name: str
    avatar_url: str | None
    university: str | None
    tags: list[PublicTagOut]
    total_study_seconds: int
    member_since: datetime

    @classmethod
    def of(cls, profile: PublicProfile) -> Self:
        account = profile.account
        return cls(
            id=account.id,
            username=account.username,
            name=account.name,
            avatar_url=account.avatar_url,
            university=account.university,
            tags=[PublicTagOut(**{n: getattr(tag, n) for n in PublicTagOut.model_fields}) for tag in profile.tags],
            total_study_seconds=profile.total_study_seconds,
            member_since=account.created_at,
        )


class PublicProfileData(Schema):
    user: PublicProfileOut


class BlockIn(Schema):
    """Whom to keep away, and whether the operators should look at it."""

    user_id: UUID
    report: bool = False
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)] | None = None


class BlockOut(Schema):
    user_id: UUID
    name: str
    username: str
    avatar_url: str | None
    is_reported: bool
    reason: str | None
    blocked_at: datetime

    @classmethod
    def of(cls, block: Block, person: Person) -> Self:
        return cls(
            user_id=person.id,
            name=person.name,
            username=person.username,
            avatar_url=person.avatar_url,
            is_reported=block.is_reported,
            reason=block.reason,
            blocked_at=block.created_at,
        )


class BlockData(Schema):
    block: BlockOut


class BlocksData(Schema):
    blocks: list[BlockOut]
    pagination: Pagination

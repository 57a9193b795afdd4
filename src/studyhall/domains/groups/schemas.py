"""What groups look like from outside."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AliasChoices, Field, StringConstraints, model_validator

from studyhall.domains.groups.models import MOST_MEMBERS
from studyhall.domains.groups.queries import GroupSeen
from studyhall.domains.groups.rules import LONGEST_TYPED_CODE, GroupType, Role, Visibility
from studyhall.domains.groups.service.invitations import Invited
from studyhall.domains.groups.service.looking import Figures, Inside, MemberSeen
from studyhall.domains.identity.public import Person
from studyhall.domains.undo.public import Deleted
from studyhall.platform.web import Choice, Pagination, Schema

NAME = AliasChoices("name", "group_name")
GroupName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Image = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^https?://[^\s/?#@]+([/?#]\S*)?$"),
    Field(examples=["https://example.org/group.png"]),
]
Places = Annotated[int, Field(ge=2, le=MOST_MEMBERS)]
InviteCode = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TYPED_CODE),
    Field(examples=["7K3QD-0XW9M"]),
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class NewGroup(Schema):
    """A group to be made. `group_name` is accepted for `name`."""

    name: GroupName = Field(validation_alias=NAME, examples=["Algorithms on Tuesdays"])
    description: Description | None = None
    image: Image | None = None
    group_type: GroupType = Field(GroupType.COMMUNITY, validation_alias=AliasChoices("group_type", "type"))
    visibility: Visibility = Visibility.PRIVATE
    max_members: Places | None = Field(None, description="Null for as many as any group may have.", examples=[12])


class GroupChanges(Schema):
    """Only the fields that are sent change. A default here only lets a field be left out without being null."""

    name: GroupName = Field(default_factory=str, validation_alias=NAME)
    description: Description | None = None
    image: Image | None = None
    group_type: GroupType = Field(
        default_factory=lambda: GroupType.COMMUNITY, validation_alias=AliasChoices("group_type", "type")
    )
    visibility: Visibility = Field(default_factory=lambda: Visibility.PRIVATE)
    max_members: Places | None = None


class GroupItem(Schema):
    """A group in the eyes of the caller."""

    id: UUID
    name: str
    group_name: str = Field(description="The same as name.")
    description: str | None
    image: str | None
    group_type: GroupType
    visibility: Visibility
    max_members: int | None
    member_count: int
    is_full: bool
    is_member: bool
    my_role: Role | None
    joined_at: datetime | None
    creator_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def fields_of(cls, seen: GroupSeen) -> dict[str, Any]:
        """The fields that every answer about a group has."""
        group = seen.group
        return {
            "id": group.id,
            "name": group.name,
            "group_name": group.name,
            "description": group.description,
            "image": group.image,
            "group_type": GroupType(group.group_type),
            "visibility": Visibility(group.visibility),
            "max_members": group.max_members,
            "member_count": seen.member_count,
            "is_full": not seen.has_room,
            "is_member": seen.role is not None,
            "my_role": seen.role,
            "joined_at": seen.joined_at,
            "creator_id": group.creator_id,
            "version": group.version,
            "created_at": group.created_at,
            "updated_at": group.updated_at,
        }

    @classmethod
    def of(cls, seen: GroupSeen) -> Self:
        """The group as the list has it."""
        return cls(**cls.fields_of(seen))


class MemberOut(Schema):
    """Somebody in a group. `studying_since` says since when he studies in its name, right now."""

    user_id: UUID
    name: str
    username: str
    avatar_url: str | None
    role: Role
    joined_at: datetime
    is_studying: bool
    studying_since: datetime | None

    @classmethod
    def of(cls, seen: MemberSeen) -> Self:
        """The membership with the person's name."""
        member, person = seen.member, seen.person
        return cls(
            user_id=member.user_id,
            name=person.name,
            username=person.username,
            avatar_url=person.avatar_url,
            role=Role(member.role),
            joined_at=member.joined_at,
            is_studying=seen.studying_since is not None,
            studying_since=seen.studying_since,
        )


class GroupDetail(GroupItem):
    """One group. What is inside is null for who is not a member.

    `invite_code` is told to leaders and admins only.
    """

    invite_code: str | None
    members: list[MemberOut] | None = Field(description="The first hundred; the list of members has them all.")

    @classmethod
    def whole(cls, inside: Inside) -> Self:
        """The group with what the caller may know of its inside."""
        members = None if inside.members is None else [MemberOut.of(one) for one in inside.members]
        return cls(**cls.fields_of(inside.group), invite_code=inside.invite_code, members=members)


class GroupList(Schema):
    """A page of groups."""

    groups: list[GroupItem]
    pagination: Pagination


class GroupData(Schema):
    """One group."""

    group: GroupDetail


class MemberList(Schema):
    """A page of members."""

    members: list[MemberOut]
    pagination: Pagination


class JoinIn(Schema):
    """How one comes into a private group; a public one asks for nothing."""

    invite_code: InviteCode | None = Field(None, validation_alias=AliasChoices("invite_code", "code"))


class CodeIn(Schema):
    """An invite code, as somebody typed it: case, hyphens and spaces do not matter."""

    invite_code: InviteCode = Field(validation_alias=AliasChoices("invite_code", "code"))


class CodeData(Schema):
    """The invite code that holds from now on."""

    invite_code: str = Field(examples=["7K3QD-0XW9M"])


class RoleIn(Schema):
    """Who is to be what."""

    user_id: UUID
    role: Role = Field(examples=["admin"])


class RoleData(Schema):
    """Who is what now."""

    user_id: UUID
    role: Role


class InviteIn(Schema):
    """Whom to invite: by id, or by his exact username. `invited_user_id` is accepted for `user_id`."""

    user_id: UUID | None = Field(None, validation_alias=AliasChoices("user_id", "invited_user_id"))
    username: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256)] | None = Field(
        None, examples=[None]
    )
    message: Line | None = Field(
        None, validation_alias=AliasChoices("message", "invitation_message"), examples=["Join us on Tuesdays!"]
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.user_id is None) == (self.username is None):
            raise ValueError("Name the person by either user_id or username.")
        return self


class InvitationStatus(Choice):
    """Where an invitation stands; one that ran out counts as declined, with `is_expired`."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Answer(Choice):
    """What one answers to an invitation."""

    ACCEPT = "accept"
    DECLINE = "decline"


class AnswerIn(Schema):
    """The answer. `action` is accepted for `response`."""

    response: Answer = Field(validation_alias=AliasChoices("response", "action", "answer"), examples=["accept"])


class InvitedPerson(Schema):
    """Somebody's name."""

    id: UUID
    name: str
    username: str
    avatar_url: str | None

    @classmethod
    def of(cls, person: Person) -> Self:
        """The person's name and picture."""
        return cls(id=person.id, name=person.name, username=person.username, avatar_url=person.avatar_url)


class InvitingGroup(Schema):
    """The group of an invitation."""

    id: UUID
    name: str
    description: str | None
    image: str | None
    group_type: GroupType
    visibility: Visibility
    member_count: int
    max_members: int | None


class InvitationOut(Schema):
    """An invitation with its group and its two people, who are null once their accounts are gone."""

    id: UUID
    group_id: UUID
    group: InvitingGroup
    invited_user: InvitedPerson | None
    invited_by: InvitedPerson | None
    status: InvitationStatus
    is_expired: bool
    message: str | None
    created_at: datetime
    expires_at: datetime
    responded_at: datetime | None

    @classmethod
    def of(cls, invited: Invited) -> Self:
        """The invitation as it stands now."""
        row, group = invited.row, invited.group
        return cls(
            id=row.id,
            group_id=row.group_id,
            group=InvitingGroup(
                id=group.id,
                name=group.name,
                description=group.description,
                image=group.image,
                group_type=GroupType(group.group_type),
                visibility=Visibility(group.visibility),
                member_count=invited.member_count,
                max_members=group.max_members,
            ),
            invited_user=None if invited.invitee is None else InvitedPerson.of(invited.invitee),
            invited_by=None if invited.sender is None else InvitedPerson.of(invited.sender),
            status=InvitationStatus(row.status),
            is_expired=row.is_expired,
            message=row.message,
            created_at=row.created_at,
            expires_at=row.expires_at,
            responded_at=row.responded_at,
        )


class InvitationData(Schema):
    """One invitation."""

    invitation: InvitationOut


class InvitationList(Schema):
    """A page of open invitations."""

    invitations: list[InvitationOut]
    pagination: Pagination


class ResourceRightsOut(Schema):
    """What I may do with what the group shares."""

    can_add: bool
    can_manage_all: bool


class GroupStatistics(Schema):
    """Figures of a group. Open invitations are told to leaders and admins only."""

    group_id: UUID
    member_count: int
    leader_count: int
    admin_count: int
    max_members: int | None
    open_invitation_count: int | None
    studying_now: int = Field(description="How many study in its name right now.")
    total_study_seconds: int = Field(description="Studied in its name, by everybody who ever did.")
    week_study_seconds: int = Field(description="The same in the last seven days.")
    session_count: int
    created_at: datetime

    @classmethod
    def of(cls, figures: Figures) -> Self:
        """The figures, flat."""
        group = figures.group.group
        return cls(
            group_id=group.id,
            member_count=sum(figures.roles.values()),
            leader_count=figures.roles[Role.LEADER],
            admin_count=figures.roles[Role.ADMIN],
            max_members=group.max_members,
            open_invitation_count=figures.open_invitations,
            studying_now=figures.studying,
            total_study_seconds=figures.studied.total_seconds,
            week_study_seconds=figures.studied.week_seconds,
            session_count=figures.studied.session_count,
            created_at=group.created_at,
        )


class GroupStatisticsData(Schema):
    """Figures of one group."""

    stats: GroupStatistics


__all__ = [
    "AnswerIn", "CodeData", "CodeIn", "Deleted", "GroupChanges", "GroupData", "GroupDetail", "GroupItem", "GroupList",
    "GroupStatistics", "GroupStatisticsData", "InvitationData", "InvitationList", "InvitationOut", "InviteIn",
    "JoinIn", "MemberList", "MemberOut", "NewGroup", "ResourceRightsOut", "RoleData", "RoleIn",
]  # fmt: skip

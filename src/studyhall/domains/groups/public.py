"""The door of groups for other domains."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from studyhall.domains.groups import queries, rules
from studyhall.domains.groups.errors import GroupNotFound, NotInGroup
from studyhall.domains.groups.models import Group
from studyhall.domains.groups.ports import GroupStudy, StudiedTogether
from studyhall.domains.groups.queries import joined_count
from studyhall.domains.groups.rules import GroupType, ResourceRights, Right, Role
from studyhall.domains.groups.service.handing_over import hand_over, welcome_back
from studyhall.domains.groups.service.standing import with_right
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "GroupBrief",
    "GroupNotFound",
    "GroupStudy",
    "NotInGroup",
    "ResourceRights",
    "Role",
    "StudiedTogether",
    "access_key",
    "access_keys",
    "briefs",
    "groups_of",
    "hand_over",
    "is_leader",
    "is_member",
    "joined_count",
    "members",
    "require_member",
    "resource_rights",
    "role_of",
    "welcome_back",
]


@dataclass(frozen=True, slots=True)
class GroupBrief:
    """A group, enough to name it."""

    id: UUID
    name: str
    image: str | None
    group_type: str
    visibility: str


def access_key(group_id: UUID) -> str:
    """What an index row carries that the group's members may find."""
    return f"group:{group_id}"


async def role_of(uow: UnitOfWork, group_id: UUID, user_id: UUID) -> Role | None:
    """What the person is in the group; None for an outsider and in a closed group."""
    return (await queries.roles_in(uow, user_id, [group_id])).get(group_id)


async def is_member(uow: UnitOfWork, group_id: UUID, user_id: UUID) -> bool:
    """Whether the person is in the group, and the group is open."""
    return await role_of(uow, group_id, user_id) is not None


async def is_leader(uow: UnitOfWork, group_id: UUID, user_id: UUID) -> bool:
    """Whether the person leads the open group."""
    return await role_of(uow, group_id, user_id) is Role.LEADER


async def require_member(uow: UnitOfWork, group_id: UUID, user_id: UUID) -> Role:
    """What the person is in the group.

    Raises:
        GroupNotFound: he may not see it (404).
        NotInGroup: he sees it, and is not in it (403).
    """
    role = (await with_right(uow, user_id, group_id, Right.SEE_INSIDE)).role
    assert role is not None
    return role


async def members(uow: UnitOfWork, group_id: UUID) -> list[UUID]:
    """Everybody in the open group whose account lives, longest in it first; at most 1,000."""
    return await queries.member_ids(uow, group_id)


async def groups_of(uow: UnitOfWork, user_id: UUID) -> list[UUID]:
    """The open groups that the person is in, oldest membership first; at most about 100."""
    return list(await queries.roles_in(uow, user_id))


async def access_keys(uow: UnitOfWork, user_id: UUID) -> frozenset[str]:
    """The keys of the index that groups give a person; one statement."""
    return frozenset(access_key(group_id) for group_id in await groups_of(uow, user_id))


async def briefs(uow: UnitOfWork, group_ids: Collection[UUID]) -> dict[UUID, GroupBrief]:
    """Names of groups, of closed ones too, for who has been in them: the caller knows that he may be told."""
    if not group_ids:
        return {}
    rows = await uow.session.scalars(select(Group).where(Group.id.in_(group_ids)))
    return {one.id: GroupBrief(one.id, one.name, one.image, one.group_type, one.visibility) for one in rows.all()}


async def resource_rights(uow: UnitOfWork, group_id: UUID, user_id: UUID) -> ResourceRights:
    """What the person may do with what the group shares. Raises GroupNotFound where he may not see the group."""
    found = await queries.group_seen_by(uow, user_id, group_id)
    if found is None:
        raise GroupNotFound
    return rules.resource_rights(found.role, GroupType(found.group.group_type))

"""What one is told of a group's inside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from studyhall.domains.groups import queries
from studyhall.domains.groups.models import GroupMember
from studyhall.domains.groups.ports import GroupStudy, StudiedTogether
from studyhall.domains.groups.queries import GroupSeen
from studyhall.domains.groups.rules import Right, Role, has_right
from studyhall.domains.groups.service import codes
from studyhall.domains.groups.service.standing import seen, with_right
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Person
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page

FIRST_MEMBERS = ListQuery(0, 100)


@dataclass(frozen=True, slots=True)
class MemberSeen:
    """A member with his name, and since when he studies in the group's name if he does."""

    member: GroupMember
    person: Person
    studying_since: datetime | None


@dataclass(frozen=True, slots=True)
class Inside:
    """A group with what the viewer may know of its inside: nothing, for an outsider."""

    group: GroupSeen
    invite_code: str | None
    members: list[MemberSeen] | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A group's figures. `open_invitations` is None for those who may not see them."""

    group: GroupSeen
    roles: Mapping[Role, int]
    open_invitations: int | None
    studied: StudiedTogether
    studying: int


def _study(uow: UnitOfWork) -> GroupStudy:
    port: GroupStudy = uow.resources.port(GroupStudy)
    return port


async def group(uow: UnitOfWork, actor: Actor, group_id: UUID) -> Inside:
    """One group. Raises GroupNotFound."""
    return await inside(uow, await seen(uow, actor.user_id, group_id))


async def inside(uow: UnitOfWork, found: GroupSeen) -> Inside:
    """What the viewer of that group may know of it."""
    if found.role is None:
        return Inside(found, None, None)
    code = codes.shown(uow.resources.keys, found.group) if has_right(found.role, Right.INVITE) else None
    page = await _named(uow, found.group.id, await queries.page_of_members(uow, found.group.id, FIRST_MEMBERS))
    return Inside(found, code, page.rows)


async def members(
    uow: UnitOfWork, actor: Actor, group_id: UUID, listing: ListQuery, role: Role | None
) -> Page[MemberSeen]:
    """Leaders first. Raises GroupNotFound or NotInGroup."""
    await with_right(uow, actor.user_id, group_id, Right.SEE_INSIDE)
    return await _named(uow, group_id, await queries.page_of_members(uow, group_id, listing, role))


async def _named(uow: UnitOfWork, group_id: UUID, page: Page[GroupMember]) -> Page[MemberSeen]:
    known = await identity.people(uow, [one.user_id for one in page.rows])
    studying = await _study(uow).studying(uow, group_id)
    return page.map(lambda one: MemberSeen(one, known[one.user_id], studying.get(one.user_id)))


async def figures(uow: UnitOfWork, actor: Actor, group_id: UUID) -> Figures:
    """Raises GroupNotFound or NotInGroup."""
    found = await with_right(uow, actor.user_id, group_id, Right.SEE_INSIDE)
    may_invite = has_right(found.role, Right.INVITE)
    return Figures(
        found,
        await queries.count_by_role(uow, group_id),
        await queries.open_invitation_count(uow, group_id) if may_invite else None,
        await _study(uow).figures(uow, group_id),
        len(await _study(uow).studying(uow, group_id)),
    )

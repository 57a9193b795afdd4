"""Reading groups, always in the eyes of one viewer, and what their services lock and count."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from studyhall.domains.groups import policy
from studyhall.domains.groups.models import MOST_MEMBERS, Group, GroupInvitation, GroupMember
from studyhall.domains.groups.rules import GroupType, Role, Visibility
from studyhall.domains.identity import public as identity
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, order_by, page_of

_RANK = case({"leader": 0, "admin": 1}, value=GroupMember.role, else_=2)
_member_id: ColumnElement[UUID] = GroupMember.__table__.c.user_id


@dataclass(frozen=True, slots=True)
class GroupSeen:
    """A group in the eyes of one viewer.

    Attributes:
        role: the viewer's; None for who is not in it.
    """

    group: Group
    role: Role | None
    joined_at: datetime | None
    member_count: int

    @property
    def has_room(self) -> bool:
        return self.member_count < (self.group.max_members or MOST_MEMBERS)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to.

    Attributes:
        search: a part of the name or the description.
    """

    search: str | None = None
    group_type: GroupType | None = None
    visibility: Visibility | None = None
    only_joined: bool = False


_SORTABLE = {"name": Group.name, "created_at": Group.created_at, "updated_at": Group.updated_at}


def _member_count() -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(GroupMember)
        .where(GroupMember.group_id == Group.id, identity.is_living(_member_id))
        .correlate(Group)
        .scalar_subquery()
    )


def _seen_by(viewer_id: UUID) -> Select[Group, str | None, datetime | None, int]:
    return select(Group, GroupMember.role, GroupMember.joined_at, _member_count()).outerjoin(
        GroupMember, policy.own_membership(viewer_id)
    )


def _seen(row: tuple[Group, str | None, datetime | None, int]) -> GroupSeen:
    group, role, joined_at, member_count = row
    return GroupSeen(group, None if role is None else Role(role), joined_at, member_count)


async def group_seen_by(uow: UnitOfWork, viewer_id: UUID, group_id: UUID, *, lock: bool = False) -> GroupSeen | None:
    """The group, or None where the viewer may not see it.

    With `lock` nobody else changes the group or who belongs to it until the transaction ends; what is read then is
    what the one before left.
    """
    if lock:
        await lock_groups(uow, [group_id])
    rows = _seen_by(viewer_id).where(Group.id == group_id, policy.visible_to(viewer_id))
    found = (await uow.session.execute(rows.execution_options(populate_existing=True))).one_or_none()
    return None if found is None else _seen(found)


async def open_group(uow: UnitOfWork, viewer_id: UUID, group_id: UUID) -> GroupSeen | None:
    """The group whether or not the viewer may see it: only for who proves that he may come in."""
    rows = _seen_by(viewer_id).where(Group.id == group_id, Group.deleted_at.is_(None))
    found = (await uow.session.execute(rows.execution_options(populate_existing=True))).one_or_none()
    return None if found is None else _seen(found)


async def lock_groups(uow: UnitOfWork, group_ids: Collection[UUID]) -> None:
    """Everything that changes who belongs to a group happens in turn. Rows that only refer to it do not wait."""
    rows = select(Group.id).where(Group.id.in_(group_ids)).order_by(Group.id)
    await uow.session.execute(rows.with_for_update(key_share=True))


async def group_of_code(uow: UnitOfWork, digests: Collection[str]) -> UUID | None:
    """The open group with that invite code."""
    rows = select(Group.id).where(Group.code_digest.in_(digests), Group.deleted_at.is_(None))
    found: UUID | None = (await uow.session.scalars(rows)).one_or_none()
    return found


async def page_of_groups(
    uow: UnitOfWork, viewer_id: UUID, filters: Filters, listing: ListQuery, *, sort: str | None
) -> Page[GroupSeen]:
    """Public groups and the viewer's own, by name unless sorted otherwise."""
    rows = _seen_by(viewer_id).where(Group.deleted_at.is_(None))
    mine = GroupMember.user_id.is_not(None)
    rows = rows.where(mine if filters.only_joined else or_(Group.visibility == "public", mine))
    if filters.search is not None:
        found_in = [one.icontains(filters.search, autoescape=True) for one in (Group.name, Group.description)]
        rows = rows.where(or_(*found_in))
    if filters.group_type is not None:
        rows = rows.where(Group.group_type == filters.group_type.value)
    if filters.visibility is not None:
        rows = rows.where(Group.visibility == filters.visibility.value)
    page = await page_of(uow, rows, listing, order=(order_by(sort, _SORTABLE, "name"),), tie=Group.id)
    return page.map(_seen)


async def page_of_members(
    uow: UnitOfWork, group_id: UUID, listing: ListQuery, role: Role | None = None
) -> Page[GroupMember]:
    """Living members, leaders first, then admins, each by when they joined."""
    rows = select(GroupMember).where(GroupMember.group_id == group_id, identity.is_living(_member_id))
    if role is not None:
        rows = rows.where(GroupMember.role == role.value)
    order = (_RANK.asc(), GroupMember.joined_at.asc())
    return await page_of(uow, rows, listing, order=order, tie=GroupMember.user_id)


async def member(uow: UnitOfWork, group_id: UUID, user_id: UUID) -> GroupMember | None:
    """The membership of somebody whose account lives."""
    rows = select(GroupMember).where(
        GroupMember.group_id == group_id, GroupMember.user_id == user_id, identity.is_living(_member_id)
    )
    found: GroupMember | None = (
        await uow.session.scalars(rows.execution_options(populate_existing=True))
    ).one_or_none()
    return found


async def member_ids(uow: UnitOfWork, group_id: UUID) -> list[UUID]:
    """All living members of an open group, longest in it first; there are at most `MOST_MEMBERS`."""
    rows = (
        select(GroupMember.user_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(GroupMember.group_id == group_id, Group.deleted_at.is_(None), identity.is_living(_member_id))
        .order_by(GroupMember.joined_at, GroupMember.user_id)
    )
    return list((await uow.session.scalars(rows)).all())


async def count_by_role(uow: UnitOfWork, group_id: UUID) -> dict[Role, int]:
    """How many living members have each role."""
    rows = await uow.session.execute(
        select(GroupMember.role, func.count())
        .where(GroupMember.group_id == group_id, identity.is_living(_member_id))
        .group_by(GroupMember.role)
    )
    found = {Role(role): count for role, count in rows.all()}
    return {role: found.get(role, 0) for role in Role}


async def roles_in(uow: UnitOfWork, user_id: UUID, group_ids: Collection[UUID] | None = None) -> dict[UUID, Role]:
    """In which open groups, of these or of all, the person is, and as what."""
    rows = (
        select(GroupMember.group_id, GroupMember.role)
        .join(Group, Group.id == GroupMember.group_id)
        .where(GroupMember.user_id == user_id, Group.deleted_at.is_(None))
        .order_by(GroupMember.joined_at, GroupMember.group_id)
    )
    if group_ids is not None:
        rows = rows.where(GroupMember.group_id.in_(group_ids))
    return {group_id: Role(role) for group_id, role in (await uow.session.execute(rows)).all()}


async def group_count(uow: UnitOfWork, user_id: UUID) -> int:
    """In how many open groups the person is."""
    return len(await roles_in(uow, user_id))


async def lock_groups_of(uow: UnitOfWork, user_id: UUID) -> dict[UUID, Group]:
    """The open groups that the person is in, locked in one order."""
    mine = select(GroupMember.group_id).where(GroupMember.user_id == user_id)
    rows = select(Group).where(Group.id.in_(mine), Group.deleted_at.is_(None)).order_by(Group.id)
    locked = rows.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {group.id: group for group in (await uow.session.scalars(locked)).all()}


async def seniors_beside(uow: UnitOfWork, group_ids: Collection[UUID], user_id: UUID) -> dict[UUID, GroupMember]:
    """For each group the highest living member but this person: of several, the one longest in it."""
    rows = (
        select(GroupMember)
        .where(GroupMember.group_id.in_(group_ids), GroupMember.user_id != user_id, identity.is_living(_member_id))
        .ext(distinct_on(GroupMember.group_id))
        .order_by(GroupMember.group_id, _RANK, GroupMember.joined_at, GroupMember.user_id)
        .execution_options(populate_existing=True)
    )
    return {one.group_id: one for one in (await uow.session.scalars(rows)).all()}


async def has_open_invitation(uow: UnitOfWork, group_id: UUID, user_id: UUID) -> bool:
    """Whether somebody could accept an invitation to the group now."""
    rows = select(GroupInvitation.id).where(
        GroupInvitation.group_id == group_id, policy.received_by(user_id), policy.is_pending()
    )
    return (await uow.session.scalars(rows)).first() is not None


InvitationRow = tuple[GroupInvitation, Group, int]


def _invitations() -> Select[GroupInvitation, Group, int]:
    return (
        select(GroupInvitation, Group, _member_count())
        .join(Group, Group.id == GroupInvitation.group_id)
        .where(Group.deleted_at.is_(None), policy.is_pending())
    )


async def _page_of_invitations(
    uow: UnitOfWork, rows: Select[GroupInvitation, Group, int], listing: ListQuery
) -> Page[InvitationRow]:
    latest = (GroupInvitation.created_at.desc(),)
    page = await page_of(uow, rows, listing, order=latest, tie=GroupInvitation.id.desc())
    return page.map(tuple)


async def page_of_received(uow: UnitOfWork, user_id: UUID, listing: ListQuery) -> Page[InvitationRow]:
    """Open invitations that the person can see, latest first."""
    return await _page_of_invitations(uow, _invitations().where(policy.received_by(user_id)), listing)


async def page_of_open_invitations(uow: UnitOfWork, group_id: UUID, listing: ListQuery) -> Page[InvitationRow]:
    """Open invitations to the group, latest first."""
    return await _page_of_invitations(uow, _invitations().where(GroupInvitation.group_id == group_id), listing)


async def open_invitation_count(uow: UnitOfWork, group_id: UUID) -> int:
    """How many people could accept one now."""
    rows = select(func.count()).select_from(GroupInvitation)
    return (
        await uow.session.execute(rows.where(GroupInvitation.group_id == group_id, policy.is_pending()))
    ).scalar_one()


async def group_of_invitation(uow: UnitOfWork, user_id: UUID, invitation_id: UUID) -> UUID | None:
    """To which group an invitation is that this person received, whatever became of it."""
    rows = select(GroupInvitation.group_id).where(GroupInvitation.id == invitation_id, policy.received_by(user_id))
    found: UUID | None = (await uow.session.scalars(rows)).one_or_none()
    return found


def joined_count(user_id: UUID) -> ScalarSelect[int]:
    """In SQL: in how many open groups the person is."""
    found = (
        select(func.count())
        .select_from(GroupMember)
        .join(Group, Group.id == GroupMember.group_id)
        .where(GroupMember.user_id == user_id, Group.deleted_at.is_(None))
    )
    return found.scalar_subquery()

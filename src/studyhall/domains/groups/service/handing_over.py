"""What becomes of groups whose member closes his account, comes back, or is erased."""

from uuid import UUID

from sqlalchemy import delete, select, update

from studyhall.domains.groups import queries
from studyhall.domains.groups.events import GroupClosed, GroupReopened, MemberLeft, RoleChanged
from studyhall.domains.groups.models import Group, GroupInvitation, GroupMember
from studyhall.domains.groups.rules import Role
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork


async def hand_over(uow: UnitOfWork, user_id: UUID) -> None:
    """See that no group loses its last leader with this person.

    Where he is the last, the admin longest in the group leads it from now on, else the member; a group without
    anybody else closes. He keeps his place: if he comes back within the time for that, he is as he was.
    """
    for group, role in await _locked_groups_of(uow, user_id):
        if role is not Role.LEADER or await _has_another_leader(uow, group.id, user_id):
            continue
        heir = await queries.successor(uow, group.id, user_id)
        if heir is not None:
            heir.role = Role.LEADER
            uow.record(RoleChanged(heir.user_id, group.id, Role.LEADER))
        else:
            group.deleted_at, group.is_orphaned = clock.now(), True
            uow.record(GroupClosed(group.id))
    await uow.session.flush()


async def _locked_groups_of(uow: UnitOfWork, user_id: UUID) -> list[tuple[Group, Role]]:
    """His open groups with his role in each, locked in one order."""
    await queries.lock_groups(uow, [one.group_id for one in await queries.memberships(uow, user_id)])
    rows = (
        select(Group, GroupMember.role)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.user_id == user_id, Group.deleted_at.is_(None))
        .order_by(Group.id)
        .execution_options(populate_existing=True)
    )
    return [(group, Role(role)) for group, role in (await uow.session.execute(rows)).all()]


async def _has_another_leader(uow: UnitOfWork, group_id: UUID, user_id: UUID) -> bool:
    page = await queries.leaders(uow, group_id)
    return any(one != user_id for one in page)


async def welcome_back(uow: UnitOfWork, user_id: UUID) -> None:
    """Open again the groups that closed because this person, their last member, had closed his account."""
    mine = select(GroupMember.group_id).where(GroupMember.user_id == user_id)
    opened = await uow.session.scalars(
        update(Group)
        .where(Group.id.in_(mine), Group.is_orphaned)
        .values(deleted_at=None, is_orphaned=False)
        .returning(Group.id)
        .execution_options(synchronize_session=False)
    )
    for group_id in opened.all():
        uow.record(GroupReopened(group_id))


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Take the person out of every group for good; what he leads passes on as in `hand_over`."""
    await hand_over(uow, user_id)
    mine = GroupMember.user_id == user_id
    left = await uow.session.scalars(
        delete(GroupMember).where(mine).returning(GroupMember.group_id).execution_options(synchronize_session=False)
    )
    for group_id in left.all():
        uow.record(MemberLeft(user_id, group_id))
    await uow.session.execute(
        delete(GroupInvitation)
        .where(
            (GroupInvitation.user_id == user_id)
            | ((GroupInvitation.invited_by == user_id) & (GroupInvitation.status == "pending"))
        )
        .execution_options(synchronize_session=False)
    )
    await uow.session.execute(
        update(GroupInvitation)
        .where(GroupInvitation.invited_by == user_id)
        .values(invited_by=None, message=None)
        .execution_options(synchronize_session=False)
    )
    await uow.session.execute(
        update(Group)
        .where(Group.creator_id == user_id)
        .values(creator_id=None)
        .execution_options(synchronize_session=False)
    )
    nobody = ~select(GroupMember.user_id).where(GroupMember.group_id == Group.id).exists()
    await uow.session.execute(
        delete(Group).where(Group.is_orphaned, nobody).execution_options(synchronize_session=False)
    )

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
    mine = await queries.lock_groups_of(uow, user_id)
    if not mine:
        return
    # Where he leads nothing, or is not the last, the senior beside him is a leader.
    seniors = await queries.seniors_beside(uow, mine.keys(), user_id)
    for group_id, group in mine.items():
        senior = seniors.get(group_id)
        if senior is None:
            group.deleted_at, group.is_orphaned = clock.now(), True
            uow.record(GroupClosed(group_id))
        elif senior.role != Role.LEADER:
            senior.role = Role.LEADER
            uow.record(RoleChanged(senior.user_id, group_id, Role.LEADER))
    await uow.session.flush()


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

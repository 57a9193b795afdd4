"""Coming, going, and what people are in a group. Everything here locks the group first, so it happens in turn."""

from uuid import UUID

from sqlalchemy import delete, update

from studyhall.domains.groups import queries
from studyhall.domains.groups.errors import (
    AlreadyMember,
    CodeInvalid,
    GroupFull,
    GroupNotFound,
    LastLeader,
    MemberNotFound,
    NotAMember,
    RoleTooLow,
)
from studyhall.domains.groups.events import MemberJoined, MemberLeft, RoleChanged
from studyhall.domains.groups.models import GroupInvitation, GroupMember
from studyhall.domains.groups.queries import GroupSeen
from studyhall.domains.groups.rules import Right, Role, Visibility, may_remove
from studyhall.domains.groups.service import codes
from studyhall.domains.groups.service.settings import require_room_for_one_more
from studyhall.domains.groups.service.standing import seen, with_right
from studyhall.domains.notifications import public as notifications
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork


async def join(uow: UnitOfWork, actor: Actor, group_id: UUID, code: str | None) -> GroupSeen:
    """Join a public group, or a private one by its code or by an open invitation, which is accepted by that.

    Raises:
        GroupNotFound: there is none, or it is private and neither code nor invitation lets the actor in.
        AlreadyMember, GroupFull, TooManyGroups: he may, and cannot.
    """
    await queries.lock_groups(uow, [group_id])
    found = await queries.open_group(uow, actor.user_id, group_id)
    if found is None or not await _may_come_in(uow, actor.user_id, found, code):
        raise GroupNotFound(
            None if code is None else "There is no such group, or its invite code is another one by now."
        )
    return await admit(uow, actor.user_id, found)


async def _may_come_in(uow: UnitOfWork, user_id: UUID, found: GroupSeen, code: str | None) -> bool:
    return (
        found.role is not None
        or found.group.visibility == Visibility.PUBLIC
        or codes.matches(uow.resources.keys, found.group, code)
        or await queries.has_open_invitation(uow, found.group.id, user_id)
    )


async def join_by_code(uow: UnitOfWork, actor: Actor, code: str) -> GroupSeen:
    """Join whichever group has that code.

    Raises:
        CodeInvalid: none has, or no longer.
        AlreadyMember, GroupFull, TooManyGroups: one has, and the actor cannot.
    """
    group_id = await queries.group_of_code(uow, codes.digests(uow.resources.keys, code))
    if group_id is None:
        raise CodeInvalid
    await queries.lock_groups(uow, [group_id])
    found = await queries.open_group(uow, actor.user_id, group_id)
    # It may have been renewed while we waited for the lock.
    if found is None or not codes.matches(uow.resources.keys, found.group, code):
        raise CodeInvalid
    return await admit(uow, actor.user_id, found)


async def admit(uow: UnitOfWork, user_id: UUID, found: GroupSeen) -> GroupSeen:
    """Take somebody in who may come in; the group is locked. His open invitations to it are accepted by that.

    Raises:
        AlreadyMember, GroupFull, TooManyGroups: it cannot be.
    """
    group_id = found.group.id
    if found.role is not None:
        raise AlreadyMember("You are in this group already.")
    if not found.has_room:
        raise GroupFull
    await require_room_for_one_more(uow, user_id)
    uow.session.add(GroupMember(group_id=group_id, user_id=user_id, role=Role.MEMBER))
    await uow.session.flush()
    await uow.session.execute(
        update(GroupInvitation)
        .where(
            GroupInvitation.group_id == group_id,
            GroupInvitation.user_id == user_id,
            GroupInvitation.status == "pending",
        )
        .values(status="accepted", responded_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    uow.record(MemberJoined(user_id, group_id))
    return await seen(uow, user_id, group_id)


async def leave(uow: UnitOfWork, actor: Actor, group_id: UUID) -> None:
    """Leave the group.

    Raises:
        GroupNotFound: the actor may not see it.
        NotAMember: he sees it, and is not in it.
        LastLeader: nobody would lead it.
    """
    found = await seen(uow, actor.user_id, group_id, lock=True)
    if found.role is None:
        raise NotAMember
    if found.role is Role.LEADER:
        await _require_another_leader(uow, group_id)
    await _drop(uow, group_id, actor.user_id)
    uow.record(MemberLeft(actor.user_id, group_id))


async def _require_another_leader(uow: UnitOfWork, group_id: UUID) -> None:
    if (await queries.count_by_role(uow, group_id))[Role.LEADER] < 2:
        raise LastLeader


async def _drop(uow: UnitOfWork, group_id: UUID, user_id: UUID) -> None:
    await uow.session.execute(
        delete(GroupMember)
        .where(GroupMember.group_id == group_id, GroupMember.user_id == user_id)
        .execution_options(synchronize_session=False)
    )


async def remove(uow: UnitOfWork, actor: Actor, group_id: UUID, user_id: UUID) -> None:
    """Remove somebody who stands below the actor; naming oneself is leaving.

    Raises:
        GroupNotFound, NotInGroup, RoleTooLow: the actor may not.
        MemberNotFound: he is not in the group.
        LastLeader: the actor named himself, and nobody would lead it.
    """
    if user_id == actor.user_id:
        await with_right(uow, actor.user_id, group_id, Right.SEE_INSIDE)
        return await leave(uow, actor, group_id)
    found = await with_right(uow, actor.user_id, group_id, Right.REMOVE_MEMBERS, lock=True)
    member = await queries.member(uow, group_id, user_id)
    if member is None:
        raise MemberNotFound
    if not may_remove(found.role, Role(member.role)):
        raise RoleTooLow("An admin removes plain members only; ask a leader.")
    await _drop(uow, group_id, user_id)
    uow.record(MemberLeft(user_id, group_id, removed_by=actor.user_id))
    uow.audit(
        "groups.member_removed", "Removed somebody from a group.", user_id=actor.user_id, subject=("group", group_id)
    )
    await notifications.notify(
        uow,
        [user_id],
        notifications.NotificationType.GROUP,
        f"You are no longer in {found.group.name}",
        "Somebody who looks after this study group removed you from it.",
        action_url="/groups",
        metadata={"group_id": str(group_id)},
    )
    return None


async def change_role(uow: UnitOfWork, actor: Actor, group_id: UUID, user_id: UUID, role: Role) -> GroupMember:
    """Promote or demote somebody, oneself too.

    Raises:
        GroupNotFound, NotInGroup, RoleTooLow: the actor does not lead the group.
        MemberNotFound: the person is not in it.
        LastLeader: nobody would lead it.
    """
    found = await with_right(uow, actor.user_id, group_id, Right.LEAD, lock=True)
    member = await queries.member(uow, group_id, user_id)
    if member is None:
        raise MemberNotFound
    if member.role == role:
        return member
    if member.role == Role.LEADER:
        await _require_another_leader(uow, group_id)
    member.role = role
    await uow.session.flush()
    uow.record(RoleChanged(user_id, group_id, role, changed_by=actor.user_id))
    uow.audit(
        "groups.role_changed",
        "Changed somebody's role in a group.",
        user_id=actor.user_id,
        subject=("group", group_id),
        role=role.value,
    )
    if user_id != actor.user_id:
        await notifications.notify(
            uow,
            [user_id],
            notifications.NotificationType.GROUP,
            f"You are {role.value} of {found.group.name} now" if role is not Role.MEMBER else found.group.name,
            f"Your role in this study group is {role.value} now.",
            action_url=f"/groups/{group_id}",
            metadata={"group_id": str(group_id), "role": role.value},
        )
    return member

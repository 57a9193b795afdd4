"""Making, changing and closing groups."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from studyhall.domains.groups import queries
from studyhall.domains.groups.errors import GroupNotFound, TooManyGroups
from studyhall.domains.groups.events import GroupChanged, GroupClosed, GroupCreated, GroupReopened, MemberJoined
from studyhall.domains.groups.models import Group, GroupMember
from studyhall.domains.groups.queries import GroupSeen
from studyhall.domains.groups.rules import Right, Role, Visibility
from studyhall.domains.groups.service import codes
from studyhall.domains.groups.service.standing import seen, with_right
from studyhall.domains.notifications import public as notifications
from studyhall.domains.undo import public as undo
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.etags import require_match

UNDO_CLOSING = "groups.group"
MOST_GROUPS = 100


async def create(uow: UnitOfWork, actor: Actor, fields: Mapping[str, Any]) -> GroupSeen:
    """A new group that the actor leads; a private one has an invite code at once.

    Args:
        fields: those of `schemas.NewGroup`, by name.

    Raises:
        TooManyGroups: he is in as many as one can be.
    """
    await require_room_for_one_more(uow, actor.user_id)
    group = Group(creator_id=actor.user_id, **fields)
    uow.session.add(group)
    await uow.session.flush()
    if group.visibility == Visibility.PRIVATE:
        codes.renew(uow.resources.keys, group)
    uow.session.add(GroupMember(group_id=group.id, user_id=actor.user_id, role=Role.LEADER))
    await uow.session.flush()
    uow.record(GroupCreated(actor.user_id, group.id))
    uow.record(MemberJoined(actor.user_id, group.id))
    return await seen(uow, actor.user_id, group.id)


async def require_room_for_one_more(uow: UnitOfWork, user_id: UUID) -> None:
    """Raises TooManyGroups. Two joins at one moment may go over by one, which harms nobody."""
    if await queries.group_count(uow, user_id) >= MOST_GROUPS:
        raise TooManyGroups


async def change(
    uow: UnitOfWork, actor: Actor, group_id: UUID, fields: Mapping[str, Any], if_match: str | None
) -> GroupSeen:
    """Change the settings that were sent. A group that becomes private gets an invite code if it has none.

    Raises:
        GroupNotFound, NotInGroup, RoleTooLow: the actor does not lead it.
        PreconditionFailed: it has another version than `if_match` says.
        Invalid: fewer places than members.
    """
    found = await with_right(uow, actor.user_id, group_id, Right.LEAD, lock=True)
    group = found.group
    require_match(if_match, group.version)
    places = fields.get("max_members")
    if places is not None and places < found.member_count:
        raise Invalid.field("max_members", f"The group has {found.member_count} members already.")
    changed = {name: value for name, value in fields.items() if getattr(group, name) != value}
    for name, value in changed.items():
        setattr(group, name, value)
    if group.visibility == Visibility.PRIVATE and group.code_digest is None:
        codes.renew(uow.resources.keys, group)
    if changed:
        group.version += 1
        await uow.session.flush()
        uow.record(GroupChanged(actor.user_id, group_id))
    return found


async def renew_code(uow: UnitOfWork, actor: Actor, group_id: UUID) -> str:
    """Another invite code; the old one holds no longer. Raises GroupNotFound, NotInGroup or RoleTooLow."""
    found = await with_right(uow, actor.user_id, group_id, Right.LEAD, lock=True)
    code = codes.renew(uow.resources.keys, found.group)
    await uow.session.flush()
    uow.record(GroupChanged(actor.user_id, group_id))
    return code


async def close(uow: UnitOfWork, actor: Actor, group_id: UUID) -> str:
    """Close the group for everybody; answers the token that takes it back.

    Raises:
        GroupNotFound, NotInGroup, RoleTooLow: the actor does not lead it.
    """
    found = await with_right(uow, actor.user_id, group_id, Right.LEAD, lock=True)
    others = [one for one in await queries.member_ids(uow, group_id) if one != actor.user_id]
    found.group.deleted_at = clock.now()
    await uow.session.flush()
    uow.record(GroupClosed(group_id, actor.user_id))
    await notifications.notify(
        uow,
        others,
        notifications.NotificationType.GROUP,
        f"{found.group.name} was closed",
        "A leader closed this study group.",
        metadata={"group_id": str(group_id)},
    )
    return await undo.offer(uow, actor, UNDO_CLOSING, [group_id])


async def reopen(uow: UnitOfWork, user_id: UUID, group_id: UUID) -> None:
    """Take the closing back. Raises GroupNotFound when the person no longer leads it."""
    await queries.lock_groups(uow, [group_id])
    group = await uow.session.get(Group, group_id, populate_existing=True)
    member = await queries.member(uow, group_id, user_id)
    if group is None or member is None or member.role != Role.LEADER:
        raise GroupNotFound
    if group.deleted_at is None:
        return
    group.deleted_at, group.is_orphaned = None, False
    await uow.session.flush()
    uow.record(GroupReopened(group_id))

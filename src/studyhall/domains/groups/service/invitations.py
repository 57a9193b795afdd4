"""Inviting one person, and answering."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.groups import queries
from studyhall.domains.groups.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvitationAnswered,
    InvitationExpired,
    InvitationNotFound,
    InviteeNotFound,
    RoleTooLow,
    TooManyInvitations,
)
from studyhall.domains.groups.models import Group, GroupInvitation
from studyhall.domains.groups.rules import Right, has_right
from studyhall.domains.groups.service.members import admit
from studyhall.domains.groups.service.standing import with_right
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Person
from studyhall.domains.notifications import public as notifications
from studyhall.domains.people import public as people
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page

VALID_FOR = timedelta(days=7)
MOST_OPEN = 200


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with what one needs to know of it.

    Attributes:
        invitee, sender: None where that account is gone.
    """

    row: GroupInvitation
    group: Group
    member_count: int
    invitee: Person | None
    sender: Person | None

    @property
    def is_expired(self) -> bool:
        """By what is written, or by the time."""
        return self.row.is_expired or (self.row.status == "pending" and self.row.expires_at <= clock.now())


async def invitee_of(uow: UnitOfWork, user_id: UUID | None, username: str | None) -> UUID:
    """Whom somebody means by one of the two. Raises InviteeNotFound."""
    if user_id is not None:
        return user_id
    found = None if username is None else await identity.person_named(uow, username)
    if found is None:
        raise InviteeNotFound
    return found.id


async def invite(uow: UnitOfWork, actor: Actor, group_id: UUID, user_id: UUID, message: str | None) -> Invited:
    """Invite somebody for seven days and tell him.

    Where one of the two keeps the other away, the invitation is written down and never seen, and nobody is told why.

    Raises:
        GroupNotFound, NotInGroup, RoleTooLow: the actor may not.
        InviteeNotFound: there is no such account.
        AlreadyMember, AlreadyInvited, TooManyInvitations: it cannot be.
    """
    found = await with_right(uow, actor.user_id, group_id, Right.INVITE, lock=True)
    known = await identity.people(uow, [user_id, actor.user_id])
    if user_id not in known:
        raise InviteeNotFound
    if await queries.member(uow, group_id, user_id) is not None:
        raise AlreadyMember
    row = await _insert(uow, actor.user_id, group_id, user_id, message)
    if user_id not in await people.blocked_pairs(uow, actor.user_id):
        await notifications.notify(
            uow,
            [user_id],
            notifications.NotificationType.GROUP,
            f"Invitation to {found.group.name}",
            f"{known[actor.user_id].name} invites you to study together. The invitation is valid for seven days.",
            action_url="/invitations",
            metadata={"group_id": str(group_id), "invitation_id": str(row.id), "person_id": str(actor.user_id)},
        )
    return Invited(row, found.group, found.member_count, known[user_id], known.get(actor.user_id))


async def _insert(
    uow: UnitOfWork, sender_id: UUID, group_id: UUID, user_id: UUID, message: str | None
) -> GroupInvitation:
    """Write it down; one that ran out makes room. The group is locked, so the count holds."""
    await write_down_expired(uow, group_id)
    if await queries.open_invitation_count(uow, group_id) >= MOST_OPEN:
        raise TooManyInvitations
    now = clock.now()
    made = insert(GroupInvitation).values(
        id=new_id(), group_id=group_id, user_id=user_id, invited_by=sender_id, message=message, status="pending",
        created_at=now, expires_at=now + VALID_FOR,
    )  # fmt: skip
    row = (await uow.session.scalars(made.on_conflict_do_nothing().returning(GroupInvitation))).one_or_none()
    if row is None:
        raise AlreadyInvited
    return row


async def write_down_expired(uow: UnitOfWork, group_id: UUID | None = None) -> int:
    """Invitations that time has declined, of one group or of all; reads have said so since. Answers how many."""
    over = (GroupInvitation.status == "pending") & (GroupInvitation.expires_at <= clock.now())
    changed = update(GroupInvitation).where(over if group_id is None else over & (GroupInvitation.group_id == group_id))
    gone = await uow.session.execute(
        changed.values(status="declined", is_expired=True)
        .returning(GroupInvitation.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


async def mine(uow: UnitOfWork, actor: Actor, listing: ListQuery) -> Page[Invited]:
    """The actor's open invitations, latest first."""
    return await _with_people(uow, await queries.page_of_received(uow, actor.user_id, listing))


async def of_group(uow: UnitOfWork, actor: Actor, group_id: UUID, listing: ListQuery) -> Page[Invited]:
    """The group's open invitations, latest first. Raises GroupNotFound, NotInGroup or RoleTooLow."""
    await with_right(uow, actor.user_id, group_id, Right.INVITE)
    return await _with_people(uow, await queries.page_of_open_invitations(uow, group_id, listing))


async def _with_people(uow: UnitOfWork, page: Page[queries.InvitationRow]) -> Page[Invited]:
    named = {one for row, _, _ in page.rows for one in (row.user_id, row.invited_by) if one is not None}
    known = await identity.people(uow, list(named))
    return page.map(
        lambda found: Invited(
            *found, known.get(found[0].user_id), known.get(found[0].invited_by) if found[0].invited_by else None
        )
    )


async def respond(uow: UnitOfWork, actor: Actor, invitation_id: UUID, *, accept: bool) -> Invited:
    """Accept or decline; of two answers at once the first holds. Answers the invitation as it is then.

    Raises:
        InvitationNotFound: the actor was sent none of that id, or its group is closed.
        InvitationAnswered, InvitationExpired: it is over.
        GroupFull, AlreadyMember, TooManyGroups: he cannot come in; the invitation stays open.
    """
    group_id = await queries.group_of_invitation(uow, actor.user_id, invitation_id)
    if group_id is None:
        raise InvitationNotFound
    await queries.lock_groups(uow, [group_id])
    found = await queries.open_group(uow, actor.user_id, group_id)
    row = await uow.session.get(GroupInvitation, invitation_id, populate_existing=True)
    if found is None or row is None:
        raise InvitationNotFound
    if row.is_expired or (row.status == "pending" and row.expires_at <= clock.now()):
        raise InvitationExpired
    if row.status != "pending":
        raise InvitationAnswered
    if accept:
        found = await admit(uow, actor.user_id, found)
    row.status = "accepted" if accept else "declined"
    row.responded_at = clock.now()
    await uow.session.flush()
    known = await identity.people(uow, [actor.user_id, *([row.invited_by] if row.invited_by else [])])
    sender = known.get(row.invited_by) if row.invited_by else None
    if accept and sender is not None:
        await notifications.notify(
            uow,
            [sender.id],
            notifications.NotificationType.GROUP,
            f"{known[actor.user_id].name} joined {found.group.name}",
            "Your invitation was accepted.",
            action_url=f"/groups/{group_id}",
            metadata={"group_id": str(group_id), "invitation_id": str(row.id), "person_id": str(actor.user_id)},
        )
    return Invited(row, found.group, found.member_count, known.get(actor.user_id), sender)


async def take_back(uow: UnitOfWork, actor: Actor, invitation_id: UUID) -> None:
    """Take an open invitation back, as who sent it or as a leader.

    Raises:
        InvitationNotFound: the actor has nothing to do with it.
        RoleTooLow: he sees it, as who is invited or as an admin, and may not.
        InvitationAnswered, InvitationExpired: it is over.
    """
    row = await uow.session.get(GroupInvitation, invitation_id)
    if row is None:
        raise InvitationNotFound
    await queries.lock_groups(uow, [row.group_id])
    found = await queries.open_group(uow, actor.user_id, row.group_id)
    row = await uow.session.get(GroupInvitation, invitation_id, populate_existing=True)
    if row is None or found is None:
        raise InvitationNotFound
    if row.invited_by != actor.user_id and not has_right(found.role, Right.LEAD):
        received = await queries.group_of_invitation(uow, actor.user_id, invitation_id)
        if has_right(found.role, Right.INVITE) or received is not None:
            raise RoleTooLow("Only who sent it, or a leader, takes an invitation back.")
        raise InvitationNotFound
    if row.is_expired or (row.status == "pending" and row.expires_at <= clock.now()):
        raise InvitationExpired
    if row.status != "pending":
        raise InvitationAnswered
    await uow.session.delete(row)
    await uow.session.flush()

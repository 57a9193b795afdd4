"""Groups, who belongs to them, and invitations."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Query
from starlette.responses import Response

from studyhall.domains.groups import errors, queries, rules
from studyhall.domains.groups.queries import Filters
from studyhall.domains.groups.rules import GroupType, Role, Visibility
from studyhall.domains.groups.schemas import (
    AnswerIn,
    CodeData,
    CodeIn,
    Deleted,
    GroupChanges,
    GroupData,
    GroupDetail,
    GroupItem,
    GroupList,
    GroupStatistics,
    GroupStatisticsData,
    InvitationData,
    InvitationList,
    InvitationOut,
    InviteIn,
    JoinIn,
    MemberList,
    MemberOut,
    NewGroup,
    ResourceRightsOut,
    RoleData,
    RoleIn,
)
from studyhall.domains.groups.service import invitations, looking, members, settings, standing
from studyhall.platform.errors import PreconditionFailed
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, created, ok
from studyhall.platform.web.etags import VERSION_HEADER

router = Router("groups")

SearchText = Annotated[str | None, Query(max_length=100, description="A part of the name or the description.")]
TypeFilter = Annotated[GroupType | None, Query(alias="type", description="Only groups of that type.")]
VisibilityFilter = Annotated[Visibility | None, Query(description="Only public or only private ones.")]
OnlyJoined = Annotated[bool, Query(description="Only groups that I am in.")]
RoleFilter = Annotated[Role | None, Query(description="Only members with that role.")]
Sort = Annotated[
    str | None, Query(max_length=20, description="name (default), created_at or updated_at; '-' turns it round.")
]
IfMatch = Annotated[str | None, Header(description="ETag of the version that the change was made on.")]

_JOINING = (errors.AlreadyMember, errors.GroupFull, errors.TooManyGroups)


@router.post("/groups", access="user", status=201, summary="Make a group, which I lead", errors=[errors.TooManyGroups])
async def create_group(body: NewGroup, uow: Uow, actor: CurrentActor) -> Envelope[GroupData]:
    """A private group has an invite code at once."""
    made = await settings.create(uow, actor, body.model_dump())
    return created(GroupData(group=GroupDetail.whole(await looking.inside(uow, made))), "Group created")


@router.get("/groups", access="user", summary="Public groups and mine")
async def list_groups(
    uow: Uow,
    actor: CurrentActor,
    listing: Listing,
    *,
    search: SearchText = None,
    group_type: TypeFilter = None,
    visibility: VisibilityFilter = None,
    only_joined: OnlyJoined = False,
    sort: Sort = None,
) -> Envelope[GroupList]:
    """Private groups are seen by their members only."""
    filters = Filters(search, group_type, visibility, only_joined)
    page = (await queries.page_of_groups(uow, actor.user_id, filters, listing, sort=sort)).map(GroupItem.of)
    return ok(GroupList(groups=page.rows, pagination=page.pagination))


@router.get("/groups/{group_id}", access="user", summary="One group, with its members when I am in it")
async def get_group(group_id: UUID, uow: Uow, actor: CurrentActor, response: Response) -> Envelope[GroupData]:
    """A private group that I am neither in nor invited to answers 404."""
    found = await looking.group(uow, actor, group_id)
    response.headers[VERSION_HEADER] = str(found.group.group.version)
    return ok(GroupData(group=GroupDetail.whole(found)))


@router.patch(
    "/groups/{group_id}", access="user", summary="Change a group's settings, as its leader", errors=[PreconditionFailed]
)
async def change_group(
    group_id: UUID, body: GroupChanges, uow: Uow, actor: CurrentActor, if_match: IfMatch = None
) -> Envelope[GroupData]:
    """Only the fields sent. A group that becomes private gets an invite code."""
    found = await settings.change(uow, actor, group_id, body.model_dump(exclude_unset=True), if_match)
    return ok(GroupData(group=GroupDetail.whole(await looking.inside(uow, found))), "Group updated")


@router.delete("/groups/{group_id}", access="user", summary="Close a group, as its leader")
async def close_group(group_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[Deleted]:
    """Nobody sees it any more. Can be taken back for ten minutes."""
    return ok(Deleted(undo_token=await settings.close(uow, actor, group_id)), "Group closed")


@router.post(
    "/groups/{group_id}/join",
    access="user",
    status=201,
    summary="Join a public group, or a private one with its code",
    limit="invite_code",
    errors=_JOINING,
)
async def join_group(group_id: UUID, uow: Uow, actor: CurrentActor, body: JoinIn | None = None) -> Envelope[GroupData]:
    """Somebody with an open invitation needs no code."""
    joined = await members.join(uow, actor, group_id, body.invite_code if body else None)
    return created(GroupData(group=GroupDetail.whole(await looking.inside(uow, joined))), "You are in the group now.")


@router.post(
    "/groups/join",
    access="user",
    status=201,
    summary="Join the group that has this invite code",
    limit="invite_code",
    errors=[errors.CodeInvalid, *_JOINING],
)
async def join_group_by_code(body: CodeIn, uow: Uow, actor: CurrentActor) -> Envelope[GroupData]:
    """A private group cannot be seen by its id, so its code alone is enough."""
    joined = await members.join_by_code(uow, actor, body.invite_code)
    return created(GroupData(group=GroupDetail.whole(await looking.inside(uow, joined))), "You are in the group now.")


@router.delete(
    "/groups/{group_id}/leave", access="user", summary="Leave a group", errors=[errors.NotAMember, errors.LastLeader]
)
async def leave_group(group_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    """The last leader makes somebody else leader first, or closes the group."""
    await members.leave(uow, actor, group_id)
    return ok(None, "You left the group.")


@router.get("/groups/{group_id}/members", access="user", summary="Members of a group that I am in")
async def list_group_members(
    group_id: UUID, uow: Uow, actor: CurrentActor, listing: Listing, role: RoleFilter = None
) -> Envelope[MemberList]:
    """Leaders first, then admins, each by when they joined."""
    page = (await looking.members(uow, actor, group_id, listing, role)).map(MemberOut.of)
    return ok(MemberList(members=page.rows, pagination=page.pagination))


@router.patch(
    "/groups/{group_id}/members/role",
    access="user",
    summary="Promote or demote somebody, as leader",
    errors=[errors.LastLeader],
)
async def change_member_role(group_id: UUID, body: RoleIn, uow: Uow, actor: CurrentActor) -> Envelope[RoleData]:
    """A group may have several leaders, and has at least one."""
    member = await members.change_role(uow, actor, group_id, body.user_id, body.role)
    return ok(RoleData(user_id=member.user_id, role=Role(member.role)), "Role changed")


@router.delete(
    "/groups/{group_id}/members/{user_id}",
    access="user",
    summary="Remove somebody, as leader or admin",
    errors=[errors.LastLeader],
)
async def remove_group_member(group_id: UUID, user_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    """A leader removes anybody, an admin plain members. Naming myself is leaving."""
    await members.remove(uow, actor, group_id, user_id)
    return ok(None, "Removed from the group")


@router.post(
    "/groups/{group_id}/invite",
    access="user",
    status=201,
    summary="Invite somebody, as leader or admin",
    errors=[errors.AlreadyMember, errors.AlreadyInvited, errors.TooManyInvitations],
)
async def invite_to_group(group_id: UUID, body: InviteIn, uow: Uow, actor: CurrentActor) -> Envelope[InvitationData]:
    """Valid for seven days."""
    invitee = await invitations.invitee_of(uow, body.user_id, body.username)
    made = await invitations.invite(uow, actor, group_id, invitee, body.message)
    return created(InvitationData(invitation=InvitationOut.of(made)), "Invitation sent")


@router.post("/groups/{group_id}/invite-code", access="user", summary="Renew the invite code, as leader")
async def renew_invite_code(group_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[CodeData]:
    """The old one holds no longer."""
    return ok(CodeData(invite_code=await settings.renew_code(uow, actor, group_id)), "Invite code renewed")


@router.get("/groups/{group_id}/can-manage-resources", access="user", summary="What I may do with its resources")
async def can_manage_group_resources(group_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[ResourceRightsOut]:
    """What I add to a community myself I may always change."""
    found = await standing.seen(uow, actor.user_id, group_id)
    rights = rules.resource_rights(found.role, GroupType(found.group.group_type))
    return ok(ResourceRightsOut(can_add=rights.can_add, can_manage_all=rights.can_manage_all))


@router.get("/groups/{group_id}/stats", access="user", summary="Figures of a group that I am in")
async def get_group_stats(group_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[GroupStatisticsData]:
    return ok(GroupStatisticsData(stats=GroupStatistics.of(await looking.figures(uow, actor, group_id))))


@router.get("/groups/{group_id}/invitations", access="user", summary="Its open invitations, as leader or admin")
async def list_group_invitations(
    group_id: UUID, uow: Uow, actor: CurrentActor, listing: Listing
) -> Envelope[InvitationList]:
    """Latest first."""
    page = (await invitations.of_group(uow, actor, group_id, listing)).map(InvitationOut.of)
    return ok(InvitationList(invitations=page.rows, pagination=page.pagination))


@router.get("/invitations/me", access="user", summary="Open invitations to groups that I received")
async def list_my_invitations(uow: Uow, actor: CurrentActor, listing: Listing) -> Envelope[InvitationList]:
    """Latest first, without those of people whom I blocked."""
    page = (await invitations.mine(uow, actor, listing)).map(InvitationOut.of)
    return ok(InvitationList(invitations=page.rows, pagination=page.pagination))


@router.post(
    "/invitations/{invitation_id}/respond",
    access="user",
    summary="Accept or decline an invitation",
    errors=[errors.InvitationAnswered, errors.InvitationExpired, errors.GroupFull],
)
async def respond_to_invitation(
    invitation_id: UUID, body: AnswerIn, uow: Uow, actor: CurrentActor
) -> Envelope[InvitationData]:
    """Of two answers at once the first holds. When the group is full the invitation stays open."""
    is_accepted = body.response == "accept"
    answered = await invitations.respond(uow, actor, invitation_id, accept=is_accepted)
    message = "You are in the group now." if is_accepted else "Invitation declined"
    return ok(InvitationData(invitation=InvitationOut.of(answered)), message)


@router.delete(
    "/invitations/{invitation_id}",
    access="user",
    summary="Take an invitation back, as its sender or a leader",
    errors=[errors.InvitationAnswered, errors.InvitationExpired],
)
async def take_back_invitation(invitation_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    await invitations.take_back(uow, actor, invitation_id)
    return ok(None, "Invitation taken back")

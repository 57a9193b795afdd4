"""Who may see which group and which invitation, in SQL. Group forms expect the viewer's membership outer-joined."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_

from studyhall.domains.groups.models import Group, GroupInvitation, GroupMember
from studyhall.domains.people import public as people
from studyhall.platform import clock


def own_membership(viewer_id: UUID) -> ColumnElement[bool]:
    """The join condition."""
    return and_(GroupMember.group_id == Group.id, GroupMember.user_id == viewer_id)


def visible_to(viewer_id: UUID) -> ColumnElement[bool]:
    """Open, and public, one's own, or one that one is invited to."""
    return and_(
        Group.deleted_at.is_(None),
        or_(Group.visibility == "public", GroupMember.user_id.is_not(None), is_invited(viewer_id)),
    )


def is_invited(viewer_id: UUID) -> ColumnElement[bool]:
    """Whether the viewer has an invitation to the group that he can see and that holds."""
    return exists().where(GroupInvitation.group_id == Group.id, received_by(viewer_id), is_pending())


def received_by(viewer_id: UUID) -> ColumnElement[bool]:
    """Invitations to the viewer, but for those of people whom he or who keep the other away: he never sees them."""
    sender: ColumnElement[UUID] = GroupInvitation.__table__.c.invited_by
    invitee: ColumnElement[UUID] = GroupInvitation.__table__.c.user_id
    return and_(
        GroupInvitation.user_id == viewer_id,
        or_(GroupInvitation.invited_by.is_(None), ~people.kept_apart(sender, invitee)),
    )


def is_pending() -> ColumnElement[bool]:
    """Not answered, and not over."""
    return and_(GroupInvitation.status == "pending", GroupInvitation.expires_at > clock.now())

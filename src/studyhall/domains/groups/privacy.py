"""What groups hold of a person, for export and erasure."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from studyhall.domains.groups.models import Group, GroupInvitation, GroupMember
from studyhall.domains.groups.service import handing_over
from studyhall.platform.uow import UnitOfWork


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, AsyncIterator[dict[str, Any]]]:
    """Named streams of rows: the groups the person is in, those he made, and invitations that he got and sent."""
    member = select(*GroupMember.__table__.columns, Group.name).join(Group, Group.id == GroupMember.group_id)
    made = select(
        Group.id, Group.name, Group.description, Group.image, Group.group_type, Group.visibility, Group.created_at
    )
    invited = select(*GroupInvitation.__table__.columns, Group.name).join(Group, Group.id == GroupInvitation.group_id)
    return {
        "group_memberships": _rows(uow, member.where(GroupMember.user_id == user_id).order_by(GroupMember.joined_at)),
        "groups_created": _rows(uow, made.where(Group.creator_id == user_id).order_by(Group.id)),
        "group_invitations_received": _rows(
            uow, invited.where(GroupInvitation.user_id == user_id).order_by(GroupInvitation.id)
        ),
        "group_invitations_sent": _rows(
            uow, invited.where(GroupInvitation.invited_by == user_id).order_by(GroupInvitation.id)
        ),
    }


async def _rows(uow: UnitOfWork, rows: Select[*tuple[Any, ...]]) -> AsyncIterator[dict[str, Any]]:
    async for row in await uow.session.stream(rows):
        yield dict(row._mapping)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Take the person out of his groups and delete his invitations; what he leads passes on, or goes with him."""
    await handing_over.erase(uow, user_id)

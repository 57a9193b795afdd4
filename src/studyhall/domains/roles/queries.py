"""Reading roles."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from studyhall.domains.identity import public as identity
from studyhall.domains.roles.models import Permission, Role, RolePermission, UserRole
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

MOST_POWERFUL = "admin.roles"
"""Whoever has this one can give himself all the others."""


@dataclass(frozen=True, slots=True)
class GivenRole:
    """A role that somebody has."""

    id: UUID
    name: str


async def roles_of(uow: UnitOfWork, user_id: UUID) -> list[GivenRole]:
    """The roles that hold now, in their order."""
    rows = await uow.session.execute(
        select(Role.id, Role.name)
        .join(UserRole, UserRole.role_id == Role.id)
        .where(UserRole.user_id == user_id, Role.is_active, _holds())
        .order_by(Role.display_sequence, Role.name)
    )
    return [GivenRole(role_id, name) for role_id, name in rows.all()]


async def hold_administrators(uow: UnitOfWork) -> list[UUID]:
    """Living people who may give every right, for good. Their roles are held, so that two who give it up at once are
    asked one after the other."""
    granting = select(RolePermission.role_id).where(RolePermission.permission_key == MOST_POWERFUL)
    await uow.session.execute(select(Role.id).where(Role.id.in_(granting)).order_by(Role.id).with_for_update())
    user_id = UserRole.__table__.c.user_id
    found = (
        select(UserRole.user_id)
        .join(Role, Role.id == UserRole.role_id)
        .where(Role.id.in_(granting), Role.is_active, UserRole.expires_at.is_(None), identity.is_active(user_id))
    )
    return list(await uow.session.scalars(found))


def all_roles() -> Select[tuple[Role]]:
    """Every role, those that are switched off too."""
    return select(Role)


async def permissions_of(uow: UnitOfWork, role_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """What each role grants, in one statement."""
    rows = await uow.session.execute(
        select(RolePermission.role_id, RolePermission.permission_key)
        .where(RolePermission.role_id.in_(role_ids))
        .order_by(RolePermission.permission_key)
    )
    granted: dict[UUID, list[str]] = {role_id: [] for role_id in role_ids}
    for role_id, key in rows.all():
        granted[role_id].append(key)
    return granted


async def known_permissions(uow: UnitOfWork) -> dict[str, str]:
    """Every right that a role can grant: key -> what it is for."""
    rows = await uow.session.execute(select(Permission.key, Permission.description).order_by(Permission.key))
    return {row.key: row.description for row in rows}


async def names_of(uow: UnitOfWork, user_id: UUID) -> list[str]:
    """The same by name."""
    return [role.name for role in await roles_of(uow, user_id)]


def _holds() -> ColumnElement[bool]:
    """Whether a granted role has not run out."""
    return (UserRole.expires_at.is_(None)) | (UserRole.expires_at > clock.now())

"""Finding accounts."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from studyhall.domains.identity.models import Role, RolePermission, User, UserPreferences, UserRole
from studyhall.platform import clock
from studyhall.platform.errors import NotFound
from studyhall.platform.uow import UnitOfWork


async def by_email(uow: UnitOfWork, email: str, *, lock: bool = False) -> User | None:
    """The living account of that address, whatever its case; with `lock`, nobody else changes it meanwhile."""
    rows = select(User).where(func.lower(User.email) == email.strip().lower(), User.deleted_at.is_(None))
    found = await uow.session.scalars(rows.with_for_update() if lock else rows)
    return found.one_or_none()


async def by_id(uow: UnitOfWork, user_id: UUID) -> User:
    """The living account. Raises NotFound."""
    user = await uow.session.get(User, user_id)
    if user is None or user.deleted_at is not None:
        raise NotFound
    return user


async def preferences_of(uow: UnitOfWork, user_id: UUID) -> UserPreferences:
    """The preferences; every living account has them. Raises NotFound."""
    found = await uow.session.get(UserPreferences, user_id)
    if found is None:
        raise NotFound
    return found


async def role_names(uow: UnitOfWork, user_id: UUID) -> list[str]:
    """Names of the roles that hold now, in their order."""
    rows = await uow.session.scalars(
        select(Role.name)
        .join(UserRole, UserRole.role_id == Role.id)
        .where(UserRole.user_id == user_id, Role.is_active, role_holds())
        .order_by(Role.display_sequence, Role.name)
    )
    return list(rows)


async def permission_keys(uow: UnitOfWork, user_id: UUID) -> frozenset[str]:
    """Everything that a person's roles grant him now."""
    rows = await uow.session.scalars(
        select(RolePermission.permission_key)
        .join(Role, Role.id == RolePermission.role_id)
        .join(UserRole, UserRole.role_id == Role.id)
        .where(UserRole.user_id == user_id, Role.is_active, role_holds())
        .distinct()
    )
    return frozenset(rows)


def role_holds() -> ColumnElement[bool]:
    """Whether a granted role has not run out."""
    return (UserRole.expires_at.is_(None)) | (UserRole.expires_at > clock.now())

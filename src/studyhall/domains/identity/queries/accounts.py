"""Finding accounts."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from studyhall.domains.identity.models import Role, User, UserPreferences, UserRole
from studyhall.platform import clock
from studyhall.platform.errors import NotFound
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class GivenRole:
    """A role that somebody has."""

    id: UUID
    name: str


async def by_email(uow: UnitOfWork, email: str, *, lock: bool = False) -> User | None:
    """The living account of that address, whatever its case; with `lock`, nobody else changes it meanwhile."""
    rows = select(User).where(func.lower(User.email) == email.strip().lower(), User.deleted_at.is_(None))
    if lock:
        rows = rows.with_for_update().execution_options(populate_existing=True)
    found = await uow.session.scalars(rows)
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


async def roles_of(uow: UnitOfWork, user_id: UUID) -> list[GivenRole]:
    """The roles that hold now, in their order."""
    rows = await uow.session.execute(
        select(Role.id, Role.name)
        .join(UserRole, UserRole.role_id == Role.id)
        .where(UserRole.user_id == user_id, Role.is_active, _role_holds())
        .order_by(Role.display_sequence, Role.name)
    )
    return [GivenRole(role_id, name) for role_id, name in rows.all()]


def _role_holds() -> ColumnElement[bool]:
    """Whether a granted role has not run out."""
    return (UserRole.expires_at.is_(None)) | (UserRole.expires_at > clock.now())

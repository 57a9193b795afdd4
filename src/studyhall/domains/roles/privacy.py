"""The roles that somebody has, for export and erasure."""

from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.roles.models import Role, UserRole
from studyhall.platform.privacy import Rows
from studyhall.platform.uow import UnitOfWork


def export(uow: UnitOfWork, user_id: UUID) -> dict[str, Rows]:
    """Named streams of rows."""
    return {"roles": _roles(uow, user_id)}


async def _roles(uow: UnitOfWork, user_id: UUID) -> Rows:
    found = await uow.session.stream(
        select(Role.name, UserRole.created_at, UserRole.expires_at)
        .join(Role, Role.id == UserRole.role_id)
        .where(UserRole.user_id == user_id)
        .order_by(UserRole.created_at)
    )
    async for row in found.mappings():
        yield dict(row)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Take his roles; those that he granted stay, without his name."""
    his = delete(UserRole).where(UserRole.user_id == user_id)
    await uow.session.execute(his.execution_options(synchronize_session=False))

"""Finding accounts."""

from uuid import UUID

from sqlalchemy import func, select

from studyhall.domains.identity.models import User, UserPreferences
from studyhall.platform.errors import NotFound
from studyhall.platform.uow import UnitOfWork


async def by_email(uow: UnitOfWork, email: str, *, lock: bool = False, closing: bool = False) -> User | None:
    """The living account of that address, whatever its case; with `closing` one that is being deleted too.

    With `lock`, nobody else changes it meanwhile.
    """
    rows = select(User).where(func.lower(User.email) == email.strip().lower())
    if not closing:
        rows = rows.where(User.deleted_at.is_(None))
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

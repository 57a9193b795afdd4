"""Who may see whose profile, and what stands in it."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from studyhall.domains.identity.models import Block, Role, User, UserPreferences, UserRole, UserTag
from studyhall.domains.identity.queries.people import role_holds
from studyhall.platform.uow import UnitOfWork

MOST_TAGS = 100


def blocked_between(one: UUID, other: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether either of the two keeps the other away."""
    return exists().where(
        or_(
            and_(Block.user_id == one, Block.blocked_user_id == other),
            and_(Block.blocked_user_id == one, Block.user_id == other),
        )
    )


async def seen_by(uow: UnitOfWork, viewer_id: UUID, user_id: UUID) -> User | None:
    """The account, if its profile is public and neither has blocked the other; one's own always."""
    id_column: ColumnElement[UUID] = User.__table__.c.id
    is_open = and_(
        UserPreferences.profile_visibility == "public", User.is_active, ~blocked_between(viewer_id, id_column)
    )
    found = await uow.session.scalars(
        select(User)
        .join(UserPreferences, UserPreferences.user_id == User.id)
        .where(User.id == user_id, User.deleted_at.is_(None), or_(User.id == viewer_id, is_open))
    )
    return found.one_or_none()


async def tags_of(uow: UnitOfWork, user_id: UUID) -> list[UserTag]:
    """All tags, by name; there is a bound to how many one may have."""
    rows = await uow.session.scalars(
        select(UserTag).where(UserTag.user_id == user_id).order_by(UserTag.tag_name, UserTag.id).limit(MOST_TAGS)
    )
    return list(rows)


async def roles_of(uow: UnitOfWork, user_id: UUID) -> list[Role]:
    """Roles that hold now, in their order."""
    rows = await uow.session.scalars(
        select(Role)
        .join(UserRole, UserRole.role_id == Role.id)
        .where(UserRole.user_id == user_id, Role.is_active, role_holds())
        .order_by(Role.display_sequence, Role.name)
    )
    return list(rows)

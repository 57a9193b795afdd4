"""What people say of themselves, and who keeps whom away."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from studyhall.domains.identity import public as identity
from studyhall.domains.people.models import Block, UserTag
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.lists import ListQuery, Page, page_of

MOST_TAGS = 100


async def is_kept_apart(uow: UnitOfWork, one: UUID, other: UUID) -> bool:
    """Whether either of the two keeps the other away."""
    found = await uow.session.execute(
        select(Block.user_id)
        .where(
            or_(
                and_(Block.user_id == one, Block.blocked_user_id == other),
                and_(Block.blocked_user_id == one, Block.user_id == other),
            )
        )
        .limit(1)
    )
    return found.first() is not None


async def blocked_by(uow: UnitOfWork, user_id: UUID, listing: ListQuery) -> Page[Block]:
    """A person's blocks of people who still have an account, latest first."""
    blocked: ColumnElement[UUID] = Block.__table__.c.blocked_user_id
    rows = select(Block).where(Block.user_id == user_id, identity.is_living(blocked))
    return await page_of(uow, rows, listing, order=(Block.created_at.desc(),), tie=Block.blocked_user_id.desc())


async def tags_of(uow: UnitOfWork, user_id: UUID) -> Sequence[UserTag]:
    """All tags, by name; there is a bound to how many one may have."""
    rows = await uow.session.scalars(
        select(UserTag).where(UserTag.user_id == user_id).order_by(UserTag.tag_name, UserTag.id).limit(MOST_TAGS)
    )
    return list(rows)

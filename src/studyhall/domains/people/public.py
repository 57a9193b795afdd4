"""The door of people for other domains."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from studyhall.domains.people.models import Block, StudyPreferences
from studyhall.platform.uow import UnitOfWork


async def blocked_pairs(uow: UnitOfWork, user_id: UUID) -> frozenset[UUID]:
    """Everybody whom this person blocked or who blocked him."""
    rows = await uow.session.execute(
        select(Block.user_id, Block.blocked_user_id).where(
            or_(Block.user_id == user_id, Block.blocked_user_id == user_id)
        )
    )
    return frozenset(other for pair in rows.all() for other in pair if other != user_id)


def kept_apart(one: ColumnElement[UUID], other: ColumnElement[UUID]) -> ColumnElement[bool]:
    """In SQL: whether either of two people keeps the other away."""
    return exists().where(
        or_(
            and_(Block.user_id == one, Block.blocked_user_id == other),
            and_(Block.user_id == other, Block.blocked_user_id == one),
        )
    )


async def daily_goal_minutes(uow: UnitOfWork, user_id: UUID) -> int | None:
    """How long the person wants to study on a day; None when he has not said."""
    goal: int | None = await uow.session.scalar(
        select(StudyPreferences.daily_goal_minutes).where(StudyPreferences.user_id == user_id)
    )
    return goal

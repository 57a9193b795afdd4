"""The door of friends for other domains."""

from uuid import UUID

from studyhall.domains.friends.queries import are_friends, friend_count, friend_ids
from studyhall.platform.uow import UnitOfWork

__all__ = ["are_friends", "friend_count", "friends_of"]


async def friends_of(uow: UnitOfWork, user_id: UUID) -> list[UUID]:
    """The person's friends whose accounts live, oldest friendship first; at most 500."""
    return await friend_ids(uow, user_id)

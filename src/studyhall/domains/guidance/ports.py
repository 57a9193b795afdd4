"""What suggestions need from domains that may know it."""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from studyhall.domains.guidance.rules.demand import WeakTopic
from studyhall.platform.uow import UnitOfWork

__all__ = ["WeakTopic", "WeakTopics", "none_known"]


class WeakTopics(Protocol):
    """What a person has shown not to know well."""

    async def __call__(self, uow: UnitOfWork, user_id: UUID, course_ids: Collection[UUID]) -> Sequence[WeakTopic]:
        """The person's weak topics in these courses, in any order."""
        ...


async def none_known(uow: UnitOfWork, user_id: UUID, course_ids: Collection[UUID]) -> Sequence[WeakTopic]:
    """For a server on which nobody observes mastery: nothing is known, so nothing is said."""
    return ()

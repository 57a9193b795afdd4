"""What analytics need from domains that may know it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from studyhall.platform.uow import UnitOfWork

__all__ = ["WeakTopics", "none_known"]


class WeakTopics(Protocol):
    """What a person has shown not to know well."""

    async def __call__(
        self, uow: UnitOfWork, user_id: UUID, course_ids: Collection[UUID]
    ) -> Mapping[UUID, Sequence[str]]:
        """Names of the person's weak topics in each of these courses, the weakest first; one statement."""
        ...


async def none_known(uow: UnitOfWork, user_id: UUID, course_ids: Collection[UUID]) -> Mapping[UUID, Sequence[str]]:
    """For a server on which nobody observes mastery: nothing is known, so nothing is said."""
    return {}

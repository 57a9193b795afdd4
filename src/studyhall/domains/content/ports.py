"""What recommendations need from domains that know more of a person."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from studyhall.domains.content.rules import Interest
from studyhall.platform.uow import UnitOfWork

__all__ = ["Interest", "Interests", "none_known"]


class Interests(Protocol):
    """Weak topics, and what comes next in a roadmap."""

    async def __call__(self, uow: UnitOfWork, user_id: UUID, roadmap_id: UUID | None) -> Sequence[Interest]:
        """What the person should learn next, at most 20; of that roadmap only when one is named."""
        ...


async def none_known(uow: UnitOfWork, user_id: UUID, roadmap_id: UUID | None) -> Sequence[Interest]:
    """For a server on which nobody observes mastery or plans roadmaps."""
    return ()

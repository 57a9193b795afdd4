"""What people needs from above."""

from collections.abc import Collection, Mapping
from typing import Protocol
from uuid import UUID

from studyhall.platform.uow import UnitOfWork


class UserTotals(Protocol):
    """Study time of people, kept by the domain that keeps study sessions."""

    async def __call__(self, uow: UnitOfWork, user_ids: Collection[UUID]) -> Mapping[UUID, int]:
        """Seconds studied in all, of each of these people."""
        ...

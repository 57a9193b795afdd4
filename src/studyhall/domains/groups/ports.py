"""What groups need from domains above them; filled in `wiring`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class StudiedTogether:
    """Time studied in a group's name, by all who ever did.

    Attributes:
        week_seconds: in the last seven days.
    """

    total_seconds: int = 0
    week_seconds: int = 0
    session_count: int = 0


class GroupStudy(Protocol):
    """Studying in a group's name; the domain that keeps study sessions knows it."""

    async def figures(self, uow: UnitOfWork, group_id: UUID) -> StudiedTogether:
        """How much was studied."""
        ...

    async def studying(self, uow: UnitOfWork, group_id: UUID) -> Mapping[UUID, datetime]:
        """Who studies right now, and since when; nobody whose heartbeats have stopped."""
        ...

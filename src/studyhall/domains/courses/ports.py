"""What courses need from domains above them; filled in `wiring`."""

from typing import Protocol
from uuid import UUID

from studyhall.platform.uow import UnitOfWork


class StudiedTime(Protocol):
    """The time a person has studied for a course; the study domain knows it."""

    async def seconds_for_course(self, uow: UnitOfWork, user_id: UUID, course_id: UUID) -> int:
        """Seconds of all ended study sessions of that person for that course."""
        ...

"""What content keeps of a person, for export and erasure."""

from collections.abc import Mapping
from uuid import UUID

from studyhall.domains.content.models import ContentProgress
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

PROGRESS = Personal("content_progress", ContentProgress)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, Rows]:
    """Named streams of rows."""
    return streams(uow, user_id, (PROGRESS,))


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete what was watched."""
    await PROGRESS.erase(uow, user_id)

"""What transfers hold of a person."""

from uuid import UUID

from studyhall.domains.exchange.models import CourseTransfer
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

_TRANSFERS = Personal("course_transfers", CourseTransfer)


def export(uow: UnitOfWork, user_id: UUID) -> dict[str, Rows]:
    """What he brought in and took out, with the reports."""
    return streams(uow, user_id, (_TRANSFERS,))


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete his transfers; the packages themselves are his files."""
    await _TRANSFERS.erase(uow, user_id)

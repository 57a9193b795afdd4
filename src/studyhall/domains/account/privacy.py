"""A person's exports; their zips are erased with his files."""

from uuid import UUID

from studyhall.domains.account.models import DataExport
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

_EXPORTS = Personal("data_exports", DataExport)


def export(uow: UnitOfWork, user_id: UUID) -> dict[str, Rows]:
    """Named streams of rows."""
    return streams(uow, user_id, [_EXPORTS])


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Forget that there were any."""
    await _EXPORTS.erase(uow, user_id)

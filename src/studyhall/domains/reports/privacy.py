"""What reports hold of a person: handed over on request, and gone with the account."""

from collections.abc import Mapping
from uuid import UUID

from studyhall.domains.reports.models import StoredReport
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

_REPORTS = Personal("weekly_reports", StoredReport)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, Rows]:
    """Every stored report of the person, read as it is consumed."""
    return streams(uow, user_id, [_REPORTS])


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete every report of the person, for good."""
    await _REPORTS.erase(uow, user_id)

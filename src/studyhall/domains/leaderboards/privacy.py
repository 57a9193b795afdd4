"""What leaderboards hold of a person: handed over on request, and gone with the account."""

from collections.abc import Mapping
from uuid import UUID

from studyhall.domains.leaderboards.models import BoardStanding, LeaderboardSnapshot
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

_TABLES = (
    Personal("leaderboard_standings", BoardStanding),
    Personal("leaderboard_snapshots", LeaderboardSnapshot),
)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, Rows]:
    """Every row about the person, read as it is consumed."""
    return streams(uow, user_id, _TABLES)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete every row about the person, for good."""
    for table in _TABLES:
        await table.erase(uow, user_id)

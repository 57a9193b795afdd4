"""What people say of themselves, agreed to and whom they keep away: taken out whole, and forgotten."""

from collections.abc import Sequence
from uuid import UUID

from studyhall.domains.people.models import Block, StudyPreferences, UserConsent, UserTag
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

_ALL: Sequence[Personal] = (
    Personal("study_preferences", StudyPreferences),
    Personal("tags", UserTag),
    Personal("consents", UserConsent),
    Personal("blocks", Block),
)


def export(uow: UnitOfWork, user_id: UUID) -> dict[str, Rows]:
    """All of it, as streams of rows by name."""
    return streams(uow, user_id, _ALL)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete all of it, and the blocks of others against the person."""
    for table in (*_ALL, Personal("blocks", Block, owner="blocked_user_id")):
        await table.erase(uow, user_id)

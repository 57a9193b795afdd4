"""The door of content for other domains."""

from collections.abc import Sequence
from uuid import UUID

from studyhall.domains.content import queries
from studyhall.domains.content.service import KIND, document
from studyhall.domains.search import public as search
from studyhall.platform.uow import UnitOfWork

__all__ = ["IndexedContent"]


class IndexedContent:
    """All items, for making the index anew."""

    kind = KIND

    async def documents(self, uow: UnitOfWork, after: UUID, limit: int) -> Sequence[search.Document]:
        """Those whose ids come after `after`, at most `limit`."""
        rows = await queries.items_after(uow, after, limit)
        return [document(row.id, row.title, row.description, row.topics) for row in rows]

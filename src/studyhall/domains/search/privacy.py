"""What the index holds of a person, for erasure. An export has nothing to tell: all of it is derived from rows that
their own domains tell."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from studyhall.domains.search.models import SearchDocument
from studyhall.domains.search.rules.documents import user_key
from studyhall.platform.uow import UnitOfWork

TABLES = (SearchDocument,)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, AsyncIterator[dict[str, Any]]]:
    """Nothing: an index can be made anew from what it is of."""
    return {}


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Take out whatever lies behind the person's own key."""
    his = SearchDocument.access.contains([user_key(user_id)])
    await uow.session.execute(delete(SearchDocument).where(his).execution_options(synchronize_session=False))

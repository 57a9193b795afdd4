"""The door of search for other domains: put what can be found, ask for what was put."""

from collections.abc import Collection, Iterable
from uuid import UUID

from studyhall.domains.search.rules.documents import PUBLIC, Document, course_key, group_key, user_key
from studyhall.domains.search.service import asking, indexing
from studyhall.domains.search.service.asking import Found, Hit
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "PUBLIC",
    "Document",
    "Found",
    "Hit",
    "course_key",
    "drop",
    "find",
    "grant",
    "group_key",
    "passages",
    "put",
    "user_key",
]


async def put(uow: UnitOfWork, documents: Iterable[Document]) -> None:
    """Make documents findable, or bring them up to date; the same again costs next to nothing.

    Text can be found at once; meaning and spelling follow in the background. Costs three statements, however many
    documents. Put what belongs together in one call.
    """
    await indexing.put(uow, documents)


async def drop(uow: UnitOfWork, kind: str, source_ids: Collection[UUID]) -> None:
    """Take documents out of the index."""
    await indexing.drop(uow, kind, source_ids)


async def grant(uow: UnitOfWork, kind: str, source_ids: Collection[UUID], access: frozenset[str]) -> None:
    """Replace who may see these documents. Raises ValueError for what is no access key."""
    await indexing.grant(uow, kind, source_ids, access)


async def find(
    uow: UnitOfWork,
    keys: Collection[str],
    query: str,
    *,
    kinds: Collection[str] | None = None,
    limit: int = 20,
    offset: int = 0,
) -> Found:
    """The documents that answer a query best, each with its best passage, of those behind one of the keys.

    Args:
        keys: what the asking person holds, e.g. `{PUBLIC, user_key(id)}`.
        kinds: of these only; None for all.
    """
    return await asking.find(uow, keys, query, kinds=kinds, limit=limit, offset=offset)


async def passages(
    uow: UnitOfWork,
    keys: Collection[str],
    query: str,
    *,
    kinds: Collection[str] | None = None,
    limit: int = 8,
) -> list[Hit]:
    """The passages that answer a query best, with their documents and places in the bodies, for retrieval."""
    return (await asking.find(uow, keys, query, kinds=kinds, limit=limit)).hits

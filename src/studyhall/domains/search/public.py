"""The door of search for other domains: put what can be found, ask for what was put."""

from collections.abc import Collection, Iterable
from uuid import UUID

from studyhall.domains.search import jobs
from studyhall.domains.search.ports import AccessKeys, Sources, joined
from studyhall.domains.search.rules.documents import PUBLIC, Document, course_key, group_key, user_key
from studyhall.domains.search.service import asking, indexing
from studyhall.domains.search.service.access import keys_of
from studyhall.domains.search.service.asking import Found, Hit
from studyhall.domains.search.service.meaning import query_vector
from studyhall.domains.search.service.rebuilding import rebuild_all
from studyhall.platform.clients.embedding import Vector
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "PUBLIC",
    "AccessKeys",
    "Document",
    "Found",
    "Hit",
    "Sources",
    "course_key",
    "drop",
    "find",
    "grant",
    "group_key",
    "joined",
    "keys_of",
    "passages",
    "put",
    "query_vector",
    "rebuild_all",
    "user_key",
]


async def put(uow: UnitOfWork, documents: Iterable[Document]) -> None:
    """Make documents findable, or bring them up to date; the same again costs next to nothing.

    Text can be found at once; meaning and spelling follow in the background. Costs four statements, however many
    documents: put what belongs together in one call.
    """
    await jobs.follow(uow, await indexing.put(uow, documents))


async def drop(uow: UnitOfWork, kind: str, source_ids: Collection[UUID]) -> None:
    """Take documents out of the index; those that are not in it do not matter."""
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
    vector: Vector | None = None,
) -> Found:
    """The documents that answer a query best, each with its best passage, of those behind one of the keys.

    Args:
        keys: what the asking person holds, e.g. by `keys_of`.
        kinds: of these only; None for all.
        vector: of `query_vector`, asked for before the first statement of the unit of work; None looks for words.
    """
    question = asking.asked(keys, query, kinds, vector, whole=True)
    return await asking.find(uow, question, limit=limit, offset=offset)


async def passages(
    uow: UnitOfWork,
    keys: Collection[str],
    query: str,
    *,
    kinds: Collection[str] | None = None,
    limit: int = 8,
    vector: Vector | None = None,
) -> list[Hit]:
    """The passages that answer a query best, several of one document if need be, each with its document and its place
    in the body; for retrieval. Arguments as of `find`."""
    question = asking.asked(keys, query, kinds, vector, whole=False)
    return (await asking.find(uow, question, limit=limit)).hits

"""The index made anew from what it is of."""

from uuid import UUID

from studyhall.domains.search import jobs
from studyhall.domains.search.ports import Source, Sources
from studyhall.domains.search.service import indexing
from studyhall.platform.resources import Resources

AT_ONCE = 50
FIRST = UUID(int=0)

_STALE = """
DELETE FROM search_documents
WHERE kind = $1 AND source_id > $2 AND ($3::uuid IS NULL OR source_id <= $3) AND NOT source_id = ANY($4::uuid[])
"""


async def rebuild_all(resources: Resources) -> dict[str, int]:
    """Put every document of every source again and drop what is not told; answers how many there are of each kind.

    A few documents at a time, each in their own transaction. What is right already is only compared.
    """
    sources = resources.port(Sources)()
    return {source.kind: await _rebuild(resources, source) for source in sources}


async def _rebuild(resources: Resources, source: Source) -> int:
    after, count = FIRST, 0
    while True:
        async with resources.unit_of_work() as uow:
            found = list(await source.documents(uow, after, AT_ONCE))
            last = max((one.source_id for one in found), default=None)
            await jobs.follow(uow, await indexing.put(uow, found))
            straight = await uow.straight()
            await straight.value(_STALE, source.kind, after, last, [one.source_id for one in found])
        if last is None:
            return count
        after, count = last, count + len(found)

"""Two at once, on transactions that really commit; and what a dead run leaves behind."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from studyhall.domains.search import jobs, ports
from studyhall.domains.search import privacy as search_privacy
from studyhall.domains.search import public as search
from studyhall.domains.search.public import PUBLIC, Document, user_key
from studyhall.domains.search.service import following
from studyhall.platform.clients.embedding import Vector
from studyhall.platform.ids import new_id
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from tests.conftest import Committed
from tests.domains.search.conftest import Meanings

PLANT = "A soil moisture sensor tells when a plant needs water."
TRUCK = "A lorry reports where it is by satellite."


def chapter(title: str, body: str, *access: str, id_: UUID | None = None) -> Document:
    return Document("chapter", id_ or new_id(), title, body, frozenset(access or {PUBLIC}))


async def put(resources: Resources, *documents: Document) -> None:
    async with resources.unit_of_work() as uow:
        await search.put(uow, documents)


async def rows(resources: Resources, sql: str) -> Sequence[object]:
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        return [tuple(row) for row in await straight.rows(sql)]


async def test_the_same_documents_put_at_once_end_as_one(committed: Committed) -> None:
    ids = [new_id() for _ in range(5)]
    versions = [[chapter(f"Version {n}", f"{PLANT} {n}", id_=id_) for id_ in ids] for n in range(6)]
    puts = [put(committed.resources, *(version if n % 2 else version[::-1])) for n, version in enumerate(versions)]
    await asyncio.gather(*puts)
    assert await rows(committed.resources, "SELECT count(*) FROM search_documents") == [(5,)]
    mixed = """SELECT count(*), count(DISTINCT d.id),
            count(*) FILTER (WHERE c.passage NOT LIKE '%' || right(d.title, 1))
        FROM search_documents d JOIN search_chunks c ON c.document_id = d.id"""
    assert await rows(committed.resources, mixed) == [(5, 5, 0)]


async def test_a_grant_at_the_same_time_is_the_last_word_on_all_passages(committed: Committed) -> None:
    """Whoever comes second, document and passages agree on who may see them."""
    me = frozenset({user_key(new_id())})
    for n in range(8):
        one = chapter("Before", PLANT)
        await put(committed.resources, one)

        async def grant(source_id: UUID = one.source_id) -> None:
            async with committed.resources.unit_of_work() as uow:
                await search.grant(uow, "chapter", [source_id], me)

        await asyncio.gather(put(committed.resources, replace(one, body=f"{TRUCK} {n}")), grant())
    differing = """SELECT count(*) FROM search_chunks c JOIN search_documents d ON d.id = c.document_id
        WHERE c.access <> d.access"""
    assert await rows(committed.resources, differing) == [(0,)]


async def test_dropping_and_putting_in_other_orders_end(committed: Committed) -> None:
    many = [chapter(f"Plant {n}", PLANT) for n in range(20)]
    await put(committed.resources, *many)

    async def drop() -> None:
        async with committed.resources.unit_of_work() as uow:
            await search.drop(uow, "chapter", [one.source_id for one in reversed(many)])

    await asyncio.gather(put(committed.resources, *many), drop(), put(committed.resources, *many[::-1]), drop())
    left = await rows(committed.resources, "SELECT count(*) FROM search_documents")
    assert left in ([(0,)], [(20,)])


class Slow(Meanings):
    """Somebody writes while the model thinks."""

    def __init__(self, meanwhile: object) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()  # type: ignore[operator]
        return await super().embed(texts)


def run_of(resources: Resources) -> JobRun:
    return JobRun(1, "search.embed", 1, 5, resources)


async def test_a_text_that_changes_while_it_is_embedded_keeps_its_own_meaning(committed: Committed) -> None:
    one = chapter("Watering", PLANT)
    await put(committed.resources, one)
    model = Slow(lambda: put(committed.resources, replace(one, title="Driving", body=TRUCK)))
    committed.resources.embedding = model
    await jobs.embed.handler(run_of(committed.resources))
    assert await rows(committed.resources, "SELECT count(*) FROM search_chunks WHERE embedding IS NULL") == [(0,)]
    async with committed.resources.unit_of_work() as uow:
        driving = Meanings._vector("vehicle fleet")
        assert [hit.title for hit in (await search.find(uow, {PUBLIC}, "fleet", vector=driving)).hits] == ["Driving"]
        watering = Meanings._vector("flower")
        assert (await search.find(uow, {PUBLIC}, "flower", vector=watering)).hits == []


async def test_making_embeddings_again_changes_nothing_and_unchanged_passages_keep_theirs(committed: Committed) -> None:
    long = "\n\n".join(f"{PLANT} Paragraph {n}. " + "More words of it. " * 40 for n in range(4))
    one = chapter("Watering", long)
    await put(committed.resources, one)
    model = Meanings()
    committed.resources.embedding = model
    await jobs.embed.handler(run_of(committed.resources))
    before = await rows(committed.resources, "SELECT id, embedding::text FROM search_chunks ORDER BY id")
    assert len(before) == 4 and model.calls == 1
    await jobs.embed.handler(run_of(committed.resources))
    assert await rows(committed.resources, "SELECT id, embedding::text FROM search_chunks ORDER BY id") == before
    await put(committed.resources, replace(one, body=f"{long}\n\n{TRUCK * 30}"))
    pending = "SELECT count(*) FILTER (WHERE embedding IS NOT NULL) FROM search_chunks"
    assert await rows(committed.resources, pending) == [(4,)]


class Chapters:
    """A source of what it is told."""

    kind = "chapter"

    def __init__(self, told: Sequence[Document]) -> None:
        self.told = sorted(told, key=lambda one: one.source_id)

    async def documents(self, _: UnitOfWork, after: UUID, limit: int) -> Sequence[Document]:
        return [one for one in self.told if one.source_id > after][:limit]


async def test_a_lost_index_is_made_anew_and_a_wrong_one_right(committed: Committed) -> None:
    resources = committed.resources
    told = [chapter(f"Plant {n}", PLANT) for n in range(120)]
    resources.ports = {**resources.ports, ports.Sources: lambda: (Chapters(told),)}
    other = Document("resource", new_id(), "Mine", TRUCK, frozenset({user_key(new_id())}))
    await put(resources, chapter("Gone long ago", TRUCK), replace(told[3], title="Wrong"), other)
    assert await search.rebuild_all(resources) == {"chapter": 120}
    kept = await rows(resources, "SELECT kind, source_id, title FROM search_documents")
    wanted = {("chapter", one.source_id, one.title) for one in told} | {("resource", other.source_id, "Mine")}
    assert set(kept) == wanted
    assert await search.rebuild_all(resources) == {"chapter": 120}


async def test_erasing_somebody_takes_his_words_too(committed: Committed) -> None:
    resources, me = committed.resources, new_id()
    mine = Document("resource", new_id(), "Secret", "Bartholomew and the plant", frozenset({user_key(me)}))
    await put(resources, mine, chapter("Watering", PLANT))
    ids = [row[0] for row in await rows(resources, "SELECT id FROM search_documents")]  # type: ignore[index]
    await following.learn(resources, ids)
    known = "SELECT word FROM search_words WHERE word IN ('bartholomew', 'plant') ORDER BY word"
    assert await rows(resources, known) == [("bartholomew",), ("plant",)]
    async with resources.unit_of_work() as uow:
        await search_privacy.erase(uow, me)
    await following.forget_words(resources)
    assert await rows(resources, known) == [("plant",)]
    assert await rows(resources, "SELECT title FROM search_documents") == [("Watering",)]

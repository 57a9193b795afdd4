"""How well search finds: recall@5 and mean reciprocal rank on the real course, by words, by meaning, by both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from bench.search.course import pages
from bench.search.questions import pairs
from studyhall.domains.search import public as search
from studyhall.domains.search.public import PUBLIC
from studyhall.domains.search.service import asking, following
from studyhall.platform.clients.embedding import Vector
from studyhall.platform.resources import Resources

AT = 5
WAYS = ("text", "meaning", "both")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one way of searching reached.

    Attributes:
        recall: share of questions whose lesson is among the first `AT`.
        mrr: mean of 1 / rank of the lesson, 0 where it is not among the first `DEEPEST`.
        missed: questions whose lesson is not among the first `AT`, with its rank.
    """

    recall: float
    mrr: float
    missed: list[tuple[str, str, int | None]]


async def fill(resources: Resources) -> int:
    """Index the course with embeddings, where there is a model; answers how many documents."""
    found = list(pages())
    async with resources.unit_of_work() as uow:
        await search.put(uow, [page.document() for page in found])
    async with resources.unit_of_work() as uow:
        await following.count_words(uow, only_if_grown=False)
    after: UUID | None = UUID(int=0)
    while resources.embedding.is_available and after is not None:
        after = await following.embed_batch(resources, after)
    return len(found)


async def measure(resources: Resources, way: str) -> Figures:
    """Ask every question one way: `text`, `meaning` or `both`."""
    lessons = {page.id: page.lesson for page in pages() if page.file == "README.md"}
    asked = pairs()
    vectors: Sequence[Vector | None] = [None] * len(asked)
    if way != "text":
        vectors = await resources.embedding.embed([question for question, _ in asked])
    ranks: list[int | None] = []
    for (question, lesson), vector in zip(asked, vectors, strict=True):
        query = replace(asking.asked({PUBLIC}, question, None, vector, whole=True), with_text=way != "meaning")
        async with resources.unit_of_work() as uow:
            hits = (await asking.find(uow, query, limit=asking.DEEPEST)).hits
        found = [lessons.get(hit.source_id) for hit in hits]
        ranks.append(found.index(lesson) + 1 if lesson in found else None)
    missed = [
        (question, lesson, rank)
        for (question, lesson), rank in zip(asked, ranks, strict=True)
        if rank is None or rank > AT
    ]
    return Figures(1 - len(missed) / len(asked), sum(1 / rank for rank in ranks if rank) / len(asked), missed)


async def run(resources: Resources) -> dict[str, Figures]:
    """All ways, one after the other."""
    await fill(resources)
    return {way: await measure(resources, way) for way in WAYS}


def told(figures: dict[str, Figures], documents: int) -> str:
    """As a page of Markdown."""
    lines = [
        f"{len(pairs())} questions, {documents} documents (lessons and assignments; only the lesson counts).",
        "",
        f"| | recall@{AT} | MRR |",
        "|---|---|---|",
        *(f"| {way} | {one.recall:.3f} | {one.mrr:.3f} |" for way, one in figures.items()),
        "",
        f"Not among the first {AT} by both:",
        "",
        *(f"- {question} ({lesson}: {rank or 'not found'})" for question, lesson, rank in figures["both"].missed),
    ]
    return "\n".join(lines) + "\n"

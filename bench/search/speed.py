"""How fast search is in a big index: `python -m bench.search.speed [--chapters 100000]`.

Chapters are made of real paragraphs of the course, put together anew, two passages each; their vectors are the real
ones of a paragraph, pushed a little aside. Queries are 2 to 6 words of one paragraph, each asked once, over HTTP
inside one process (ASGI), with the real model in its own process.
"""

import argparse
import asyncio
import json
import os
import random
import re
import time
from collections.abc import Awaitable
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID

import httpx2
import numpy as np

from bench.search.course import pages
from bench.search.measured import opened, schema, throwaway_postgres, throwaway_valkey
from studyhall.domains.search import public as search
from studyhall.domains.search.models import DIMENSIONS
from studyhall.domains.search.public import PUBLIC, Document
from studyhall.domains.search.rules.words import words
from studyhall.domains.search.service import following
from studyhall.entrypoints import http as http_app
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from studyhall.platform.vectors import vector_text

RESULTS = Path(__file__).parents[1] / "results"
SHORTEST_PARAGRAPH, NOISES, NOISE = 80, 4000, 0.35
SEED = 20261121

# What the migration makes, so that loading is not slowed down and building is measured.
INDEXES = (
    "ix_search_chunks_terms",
    "ix_search_chunks_embedding",
    "ix_search_chunks_document_id",
    "ix_search_chunks_pending",
)

# Four paragraphs a chapter, in two passages; the title is the first words of another paragraph.
FILL = """
WITH made AS MATERIALIZED (
    SELECT g AS n, gen_random_uuid() AS id,
        (random() * ($2 - 1))::int AS t, (random() * ($2 - 1))::int AS a, (random() * ($2 - 1))::int AS b,
        (random() * ($2 - 1))::int AS c, (random() * ($2 - 1))::int AS d,
        (random() * ($3 - 1))::int AS x, (random() * ($3 - 1))::int AS y
    FROM generate_series(1, $1) g
),
documents AS (
    INSERT INTO search_documents (id, kind, source_id, title, access, content_hash)
    SELECT m.id, 'chapter', m.id, t.title, '{public}', ''::bytea FROM made m JOIN pool t ON t.n = m.t
),
halves AS (
    SELECT id, 0 AS position, t, a AS one, b AS two, x AS noise FROM made
    UNION ALL SELECT id, 1, t, c, d, y FROM made
)
INSERT INTO search_chunks
    (id, document_id, kind, access, position, start_char, end_char, passage, text_hash, terms, embedding)
SELECT gen_random_uuid(), h.id, 'chapter', '{public}', h.position, 0, 0, one.passage || E'\\n\\n' || two.passage,
    ''::bytea, t.title_terms || one.terms || two.terms, l2_normalize(one.vector + noises.vector)
FROM halves h JOIN pool t ON t.n = h.t JOIN pool one ON one.n = h.one JOIN pool two ON two.n = h.two
JOIN noises ON noises.n = h.noise
"""


def paragraphs() -> list[str]:
    """Every different paragraph of the course that is long enough to say something."""
    found = {part.strip() for page in pages() for part in re.split(r"\n\s*\n", page.body)}
    return sorted(part[:700] for part in found if len(part) >= SHORTEST_PARAGRAPH)


async def timed(figures: dict[str, Any], name: str, work: Awaitable[Any]) -> Any:
    began = time.perf_counter()
    answer = await work
    figures[name] = round(time.perf_counter() - began, 2)
    print(f"{name}: {figures[name]} s", flush=True)
    return answer


async def pool(resources: Resources, texts: list[str]) -> None:
    """The paragraphs with their terms and vectors, and noise, as tables; terms are made by the real way of putting."""
    marks = [new_id() for _ in texts]
    async with resources.unit_of_work() as uow:
        await search.put(
            uow,
            [
                Document("material", mark, " ".join(text.split()[:5]), text, frozenset({PUBLIC}))
                for mark, text in zip(marks, texts, strict=True)
            ],
        )
    after: UUID | None = UUID(int=0)
    while after is not None:
        after = await following.embed_batch(resources, after)
    random_numbers = np.random.default_rng(SEED)
    noises = random_numbers.normal(size=(NOISES, DIMENSIONS))
    noises *= NOISE / np.linalg.norm(noises, axis=1, keepdims=True)
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        await straight.value(
            """CREATE TABLE pool AS SELECT row_number() OVER (ORDER BY d.id)::int - 1 AS n, d.title, c.passage,
            ts_filter(ts_delete(c.terms, ':material'), '{d}') AS terms,
            (ts_filter(c.terms, '{a}') || coalesce((SELECT string_agg(quote_literal(x), ' ')
                FROM unnest(tsvector_to_array(c.terms)) x WHERE x LIKE '^%'), '')::tsvector || ''':chapter'''::tsvector)
                AS title_terms,
            c.embedding AS vector
            FROM search_chunks c JOIN search_documents d ON d.id = c.document_id WHERE c.position = 0"""
        )
        await straight.value("CREATE TABLE noises (n int, vector halfvec)")
        await straight.value(
            "INSERT INTO noises SELECT o - 1, v::halfvec FROM unnest($1::text[]) WITH ORDINALITY AS u(v, o)",
            [vector_text(row) for row in noises],
        )
        await straight.value("DELETE FROM search_documents")


async def fill(resources: Resources, chapters: int, figures: dict[str, Any]) -> None:
    """Load without indexes, then build each."""
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        sizes = (await straight.value("SELECT count(*) FROM pool"), await straight.value("SELECT count(*) FROM noises"))
        made = {
            row["indexname"]: row["indexdef"]
            for row in await straight.rows(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'search_chunks'"
            )
            if row["indexname"] in INDEXES
        }
        for name in made:
            await straight.value(f"DROP INDEX {name}")
        await straight.value("SELECT setseed(0.42)")
        await timed(figures, "loading_seconds", straight.value(FILL, chapters, *sizes))
    for name, definition in made.items():
        async with resources.unit_of_work() as uow:
            straight = await uow.straight()
            await straight.value("SET LOCAL maintenance_work_mem = '512MB'")
            await timed(figures, f"building_{name}_seconds", straight.value(definition))
    async with resources.unit_of_work() as uow:
        await timed(figures, "counting_words_seconds", following.count_words(uow, only_if_grown=False))
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        await straight.value("ANALYZE search_chunks")
        await straight.value("ANALYZE search_documents")
        for row in await straight.rows(
            """SELECT relname, pg_relation_size(oid) AS bytes FROM pg_class
            WHERE relname LIKE '%search_%' AND relkind IN ('r', 'i') AND pg_relation_size(oid) > 1000000"""
        ):
            figures.setdefault("megabytes", {})[row["relname"]] = round(row["bytes"] / 2**20)


def queries(texts: list[str], count: int) -> list[str]:
    """2 to 6 words of one paragraph each, in their order."""
    chance = random.Random(SEED)
    made = []
    while len(made) < count:
        forms = [word.form for word in words(chance.choice(texts)) if len(word.form) > 2]
        size = chance.randint(2, 6)
        if len(forms) >= size:
            made.append(" ".join(forms[at] for at in sorted(chance.sample(range(len(forms)), size))))
    return made


def percentiles(seconds: list[float]) -> dict[str, float]:
    cut = quantiles(seconds, n=100)
    return {
        "p50_ms": round(cut[49] * 1000, 1),
        "p95_ms": round(cut[94] * 1000, 1),
        "p99_ms": round(cut[98] * 1000, 1),
        "worst_ms": round(max(seconds) * 1000, 1),
    }


async def cpu_seconds(resources: Resources) -> dict[str, float]:
    """What server, database and model have computed so far: what is left when others use the machine, too."""
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        backends = [row["pid"] for row in await straight.rows("SELECT pid FROM pg_stat_activity WHERE pid IS NOT NULL")]
    model = getattr(getattr(resources.embedding, "_process", None), "pid", None)
    return {
        "server": time.process_time(),
        "database": sum(_cpu_of(pid) for pid in backends),
        "model": _cpu_of(model) if model else 0.0,
    }


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def ask(resources: Resources, asked: list[str], path: str = "/search") -> tuple[list[float], dict[str, int]]:
    app = http_app.build(resources.settings, resources)
    seconds, engines = [], {"text": 0, "hybrid": 0}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://bench") as client:
        for query in asked:
            began = time.perf_counter()
            answer = await client.get(f"/api/v1{path}", params={"q": query})
            seconds.append(time.perf_counter() - began)
            engines[answer.json()["data"]["engine"]] += 1
    return seconds, engines


async def measure(resources: Resources, texts: list[str], count: int, figures: dict[str, Any]) -> None:
    asked = queries(texts, count + 50)
    first, _ = await ask(resources, asked[:1])
    figures["first_search_ms"] = round(first[0] * 1000, 1)
    await asyncio.sleep(3)
    await ask(resources, asked[1:50])
    for name, path, some in (
        ("search", "/search", asked[50:]),
        ("again", "/search", asked[50:]),
        ("chapters", "/search/chapters", queries(texts, 2 * count)[count:]),
        ("misspelled", "/search", [query[:1] + query[2:] for query in queries(texts, count)]),
    ):
        before = await cpu_seconds(resources)
        seconds, engines = await ask(resources, some, path)
        after = await cpu_seconds(resources)
        cpu = {part: round(1000 * (after[part] - before[part]) / len(some), 1) for part in after}
        figures[name] = {**percentiles(seconds), "cpu_ms_per_query": cpu, **engines, "queries": len(some)}
        print(name, figures[name], flush=True)


async def main(postgres: str, redis: str, chapters: int, count: int) -> None:
    texts = paragraphs()
    figures: dict[str, Any] = {
        "chapters": chapters,
        "paragraphs": len(texts),
        "load_average_before": os.getloadavg()[0],
    }
    async with opened(postgres, redis) as resources:
        await timed(figures, "embedding_paragraphs_seconds", pool(resources, texts))
        await fill(resources, chapters, figures)
        await measure(resources, texts, count, figures)
    figures["load_average_after"] = os.getloadavg()[0]
    (RESULTS / "search_speed.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chapters", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=300)
    options = parser.parse_args()
    with throwaway_postgres() as postgres, throwaway_valkey() as redis:
        schema.upgrade(postgres)
        asyncio.run(main(postgres, redis, options.chapters, options.queries))

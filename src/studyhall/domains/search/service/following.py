"""What follows the text of the index in the background: embeddings, and the words that spelling knows."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from studyhall.domains.search.queries import TOTAL_WORD
from studyhall.domains.search.rules import spelling
from studyhall.domains.search.rules.words import words
from studyhall.platform.database import Straight
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.vectors import vector_text

BATCH = 16
"""Passages whose embeddings are made together, in about a second."""
SAMPLED = 20_000
"""Passages that are read to count words; a bigger index is sampled."""
DRIFT = 0.1
"""Share by which the index must have grown or shrunk until its words are counted anew ahead of the night."""

_PENDING = """
SELECT c.id, d.title, c.passage FROM search_chunks c JOIN search_documents d ON d.id = c.document_id
WHERE c.embedding IS NULL AND c.id > $1 ORDER BY c.id LIMIT $2
"""
# A passage that changed meanwhile is another row. One that somebody is just replacing is left to him: waiting for each
# other in different orders would end one of the two.
_EMBEDDED = """
WITH made AS (SELECT * FROM unnest($1::uuid[], $2::text[]) AS m(id, vector)),
free AS (
    SELECT c.id FROM search_chunks c JOIN made USING (id) WHERE c.embedding IS NULL FOR UPDATE OF c SKIP LOCKED
)
UPDATE search_chunks c SET embedding = made.vector::halfvec
FROM made JOIN free USING (id) WHERE c.id = made.id
"""


async def embed_batch(resources: Resources, after: UUID) -> UUID | None:
    """Make the embeddings of the next passages without one; answers the last of them, None when there are no more.

    Raises:
        Unavailable: the model does not answer.
    """
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        rows = await straight.rows(_PENDING, after, BATCH)
    if not rows:
        return None
    vectors = await resources.embedding.embed([f"{row['title']}\n{row['passage']}" for row in rows])
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        ids, texts = [row["id"] for row in rows], [vector_text(vector) for vector in vectors]
        await straight.value(_EMBEDDED, ids, texts)
    last: UUID = rows[-1]["id"]
    return last


async def is_pending(uow: UnitOfWork) -> bool:
    """Whether a passage waits for its embedding."""
    straight = await uow.straight()
    return bool(await straight.value("SELECT EXISTS (SELECT 1 FROM search_chunks WHERE embedding IS NULL)"))


_TEXTS = """
SELECT d.title, c.passage FROM search_chunks c JOIN search_documents d ON d.id = c.document_id
WHERE d.id = ANY($1::uuid[])
"""
_UNKNOWN = """
SELECT w.word FROM unnest($1::text[]) AS w(word) LEFT JOIN search_words s ON s.word = w.word WHERE s.deletes IS NULL
"""
_LEARN = """
INSERT INTO search_words (word, deletes)
SELECT w.word, (SELECT array_agg(n::int) FROM unnest(string_to_array(w.deletes, ',')) AS n)
FROM unnest($1::text[], $2::text[]) AS w(word, deletes) ORDER BY w.word
ON CONFLICT (word) DO UPDATE SET deletes = excluded.deletes
"""


async def learn(resources: Resources, document_ids: Sequence[UUID]) -> None:
    """Make the words of documents known to spelling. Doing it twice changes nothing."""
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        texts = [f"{row['title']}\n{row['passage']}" for row in await straight.rows(_TEXTS, list(document_ids))]
    spelled = await asyncio.to_thread(_words_of, texts)
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        unknown = [row["word"] for row in await straight.rows(_UNKNOWN, spelled)]
        numbers = [",".join(map(str, spelling.deletes(word))) for word in unknown]
        await straight.value(_LEARN, unknown, numbers)


def _words_of(texts: Sequence[str]) -> list[str]:
    return sorted({word.form for text in texts for word in words(text) if spelling.is_spellable(word.form)})


_COUNTED = f"""
WITH counted AS (
    SELECT word, round(ndoc * $1::float8)::int AS chunks FROM ts_stat($2::text) WHERE word !~ '^[:^]'
    UNION ALL SELECT '{TOTAL_WORD}', (SELECT count(*) FROM search_chunks WHERE access @> '{{public}}'::text[])
),
written AS (
    INSERT INTO search_words AS s (word, chunks) SELECT word, chunks FROM counted ORDER BY word
    ON CONFLICT (word) DO UPDATE SET chunks = excluded.chunks WHERE s.chunks <> excluded.chunks
)
UPDATE search_words s SET chunks = 0
WHERE s.chunks > 0 AND NOT EXISTS (SELECT 1 FROM counted c WHERE c.word = s.word)
"""
_SIZES = f"""
SELECT (SELECT count(*) FROM search_chunks) AS total,
    coalesce((SELECT chunks FROM search_words WHERE word = '{TOTAL_WORD}'), 0) AS counted,
    (SELECT count(*) FROM search_chunks WHERE access @> '{{public}}'::text[]) AS public
"""


async def count_words(uow: UnitOfWork, *, only_if_grown: bool) -> None:
    """Count in how many public passages each word stands; of a big index a sample is read.

    What only few may see is not counted, so that no ranking tells of it.
    """
    straight = await uow.straight()
    sizes = await straight.row(_SIZES)
    assert sizes is not None
    if only_if_grown and abs(sizes["public"] - sizes["counted"]) <= DRIFT * sizes["counted"]:
        return
    await _count(straight, sizes["total"])


async def _count(straight: Straight, total: int) -> None:
    share = min(1.0, SAMPLED / max(1, total))
    sample = f"TABLESAMPLE SYSTEM ({100 * share:.4f})" if share < 1 else ""
    counted = f"SELECT terms FROM search_chunks {sample} WHERE access @> '{{public}}'"
    await straight.value(_COUNTED, 1 / share, counted)


_FORGET = """
DELETE FROM search_words s USING (
    SELECT word FROM search_words WHERE word > $1 AND word <> $2 ORDER BY word LIMIT $3
) w
WHERE s.word = w.word AND 0 = (
    SELECT count(*) FROM search_chunks c WHERE c.terms @@ format('''%s''', s.word)::tsquery)
"""
_NEXT = "SELECT max(word) FROM (SELECT word FROM search_words WHERE word > $1 ORDER BY word LIMIT $2) w"


async def forget_words(resources: Resources, at_once: int = 2_000) -> None:
    """Forget words that stand nowhere any more."""
    after = ""
    while True:
        async with resources.unit_of_work() as uow:
            straight = await uow.straight()
            last = await straight.value(_NEXT, after, at_once)
            if last is None:
                return
            await straight.value(_FORGET, after, TOTAL_WORD, at_once)
        after = last

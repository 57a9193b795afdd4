"""Writing the index: at most two statements and the queueing of jobs, however many documents."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

import asyncpg
import orjson

from studyhall.domains.search.rules import documents as rules
from studyhall.domains.search.rules import matching
from studyhall.domains.search.rules.documents import BODY_AT, Chunk, Document
from studyhall.domains.search.rules.matching import TITLED
from studyhall.platform import clock
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork

MUCH_TEXT = 100_000
"""Characters that are taken apart on the event loop; more go to a thread."""

# Makes the rows that are missing and locks all of them, in one order for everybody: two who put the same document
# follow one another, and the second sees what the first has written.
_CLAIM = """
INSERT INTO search_documents AS d
    (id, kind, source_id, title, access, content_hash, created_at, updated_at)
SELECT n.id, n.kind, n.source_id, '', '{}', ''::bytea, $4, $4
FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS n(id, kind, source_id)
ORDER BY n.kind, n.source_id
ON CONFLICT (kind, source_id) DO UPDATE SET updated_at = excluded.updated_at
RETURNING d.id, d.kind, d.source_id, d.content_hash
"""
# Embeddings outlive a change of the document where neither its title nor the passage changed.
_WRITE = f"""
WITH given AS (
    SELECT * FROM jsonb_to_recordset($1::text::jsonb) AS g(
        id uuid, kind text, title text, access text[], course_id uuid, chapter_id uuid, hash text, marks text,
        is_changed boolean)
),
fresh AS (
    SELECT * FROM jsonb_to_recordset($2::text::jsonb) AS f(
        id uuid, document_id uuid, n int, s int, e int, body text, hash text, words text[], positions int[])
),
documents AS (
    UPDATE search_documents d SET title = g.title, access = g.access, course_id = g.course_id,
        chapter_id = g.chapter_id, content_hash = decode(g.hash, 'hex')
    FROM given g WHERE d.id = g.id
),
granted AS (
    UPDATE search_chunks c SET access = g.access
    FROM given g WHERE c.document_id = g.id AND NOT g.is_changed AND c.access IS DISTINCT FROM g.access
),
old AS (
    DELETE FROM search_chunks c USING given g WHERE c.document_id = g.id AND g.is_changed
    RETURNING c.document_id, c.text_hash, c.embedding
),
known AS (
    SELECT DISTINCT ON (document_id, text_hash) * FROM old WHERE embedding IS NOT NULL ORDER BY document_id, text_hash
)
INSERT INTO search_chunks
    (id, document_id, kind, access, position, start_char, end_char, passage, text_hash, terms, embedding)
SELECT f.id, g.id, g.kind, g.access, f.n, f.s, f.e, f.body, decode(f.hash, 'hex'), t.terms::tsvector,
    k.embedding
FROM fresh f
JOIN given g ON g.id = f.document_id
LEFT JOIN known k ON k.document_id = f.document_id AND k.text_hash = decode(f.hash, 'hex')
CROSS JOIN LATERAL (
    SELECT concat_ws(' ', g.marks, string_agg(
        CASE WHEN w.position < {BODY_AT} THEN format('''%s'':%sA ''{TITLED}%s''', x.lexeme, w.position, x.lexeme)
        ELSE format('''%s'':%s', x.lexeme, w.position) END, ' '
    )) AS terms
    FROM unnest(f.words, f.positions) AS w(word, position)
    CROSS JOIN LATERAL (
        SELECT w.word AS lexeme UNION SELECT unnest(ts_lexize('pg_catalog.english_stem', w.word))
    ) x
) t
"""


async def put(uow: UnitOfWork, documents: Iterable[Document]) -> list[UUID]:
    """Write documents, each with all its chunks; answers the ids of those whose text is new or changed."""
    given = {(one.kind, one.source_id): one for one in documents}
    if not given:
        return []
    claimed = await _claim(uow, given)
    changed = {
        row["id"]: given[row["kind"], row["source_id"]]
        for row in claimed
        if row["content_hash"] != rules.content_hash(given[row["kind"], row["source_id"]])
    }
    rows = [_document_row(row["id"], given[row["kind"], row["source_id"]], row["id"] in changed) for row in claimed]
    cut = await _cut(changed)
    chunks = [_chunk_row(id_, position, one) for id_, made in cut.items() for position, one in enumerate(made)]
    straight = await uow.straight()
    await straight.value(_WRITE, _json(rows), _json(chunks))
    return list(changed)


async def _claim(uow: UnitOfWork, keys: Collection[tuple[str, UUID]]) -> list[asyncpg.Record]:
    straight = await uow.straight()
    ids, kinds, sources = [new_id() for _ in keys], [kind for kind, _ in keys], [source for _, source in keys]
    return list(await straight.rows(_CLAIM, ids, kinds, sources, clock.now()))


async def _cut(changed: Mapping[UUID, Document]) -> dict[UUID, list[Chunk]]:
    def work() -> dict[UUID, list[Chunk]]:
        return {id_: rules.chunks(document) for id_, document in changed.items()}

    much = sum(len(document.body) for document in changed.values()) > MUCH_TEXT
    return await asyncio.to_thread(work) if much else work()


def _document_row(id_: UUID, document: Document, is_changed: bool) -> dict[str, object]:
    return {
        "id": id_,
        "kind": document.kind,
        "title": rules.title_of(document),
        "access": sorted(document.access),
        "course_id": document.course_id,
        "chapter_id": document.chapter_id,
        "hash": rules.content_hash(document).hex(),
        "marks": _marks(document),
        "is_changed": is_changed,
    }


def _marks(document: Document) -> str:
    """Terms without a position, in PostgreSQL's syntax."""
    marks = [matching.quoted(matching.kind_term(document.kind))]
    if document.course_id is not None:
        marks.append(matching.quoted(matching.course_term(document.course_id)))
    return " ".join(marks)


def _chunk_row(document_id: UUID, position: int, chunk: Chunk) -> dict[str, object]:
    return {
        "id": new_id(),
        "document_id": document_id,
        "n": position,
        "s": chunk.span.start,
        "e": chunk.span.end,
        "body": chunk.text,
        "hash": chunk.text_hash.hex(),
        "words": chunk.words,
        "positions": chunk.positions,
    }


def _json(rows: list[dict[str, object]]) -> str:
    # The driver's UUIDs are a kind of their own.
    return orjson.dumps(rows, default=str).decode()


# In the order in which `put` locks them, so that nobody waits for somebody who waits for him.
_DROP = """
WITH gone AS (
    SELECT id FROM search_documents WHERE kind = $1 AND source_id = ANY($2::uuid[])
    ORDER BY kind, source_id FOR UPDATE
)
DELETE FROM search_documents d USING gone g WHERE d.id = g.id
"""
# Locked first: a statement sees the chunks that there were when it began, and somebody may just be writing others.
_LOCK = """
SELECT id FROM search_documents WHERE kind = $1 AND source_id = ANY($2::uuid[]) ORDER BY kind, source_id FOR UPDATE
"""
_GRANT = """
WITH granted AS (UPDATE search_documents SET access = $2::text[], updated_at = $3 WHERE id = ANY($1::uuid[]))
UPDATE search_chunks SET access = $2::text[] WHERE document_id = ANY($1::uuid[])
"""


async def drop(uow: UnitOfWork, kind: str, source_ids: Collection[UUID]) -> None:
    """Take documents out of the index; those that are not in it do not matter."""
    if source_ids:
        straight = await uow.straight()
        await straight.value(_DROP, kind, list(source_ids))


async def grant(uow: UnitOfWork, kind: str, source_ids: Collection[UUID], access: frozenset[str]) -> None:
    """Replace the keys of documents. Raises ValueError for what is no key."""
    rules.require_keys(access)
    if not source_ids:
        return
    straight = await uow.straight()
    locked = [row["id"] for row in await straight.rows(_LOCK, kind, list(source_ids))]
    await straight.value(_GRANT, locked, sorted(access), clock.now())

"""Asking the index."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from studyhall.domains.search.models import KINDS
from studyhall.domains.search.rules import documents, matching, queries
from studyhall.domains.search.rules.documents import BODY_AT
from studyhall.domains.search.rules.matching import Match, WordFacts
from studyhall.domains.search.rules.queries import Query
from studyhall.platform.database import Straight
from studyhall.platform.uow import UnitOfWork

DEEPEST = 200
"""Documents that a query finds at most."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found, with its best passage.

    Attributes:
        text: the passage, as it stands in the body from `start` to `end`.
        marks: where words of the query stand in `text`, in characters.
    """

    kind: str
    source_id: UUID
    title: str
    course_id: UUID | None
    chapter_id: UUID | None
    score: float
    text: str
    start: int
    end: int
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found.

    Attributes:
        hits: the best first.
        total: how many documents were found in all, at most `DEEPEST`.
    """

    hits: list[Hit]
    total: int


_FACTS = """
SELECT w.form, coalesce(l.stems[1], w.form) AS lexeme, l.stems = '{}' AS is_stop, coalesce(s.chunks, 0) AS chunks,
    -- Counted rather than asked whether there is one, which PostgreSQL would look for by reading everything.
    coalesce(s.chunks, 0) > 0 AND 'public' = ANY($2) OR 0 < (
        SELECT count(*) FROM search_chunks c
        WHERE c.terms @@ format('''%s''', coalesce(l.stems[1], w.form))::tsquery AND c.access && $2) AS is_known
FROM unnest($1::text[]) AS w(form)
CROSS JOIN LATERAL (SELECT coalesce(ts_lexize('pg_catalog.english_stem', w.form), ARRAY[w.form]) AS stems) l
LEFT JOIN search_words s ON s.word = coalesce(l.stems[1], w.form)
"""
_TOTAL = "SELECT greatest(reltuples, 1000)::int FROM pg_class WHERE relname = 'search_chunks'"

# $1 all terms, $2 some terms, $3 required terms and kinds, $4 keys, $5 how many passages to score, $6 terms,
# $7 their weights, $8 how many documents. A single term's `ts_rank` grows with its occurrences and levels off.
_TEXT = """
WITH best AS MATERIALIZED (
    SELECT id, document_id, terms FROM search_chunks
    WHERE terms @@ ($3::text::tsquery && $1::text::tsquery) AND access && $4 LIMIT $5
),
others AS MATERIALIZED (
    SELECT id, document_id, terms FROM search_chunks
    WHERE terms @@ ($3::text::tsquery && $2::text::tsquery && !!$1::text::tsquery) AND access && $4
    LIMIT $5 - (SELECT count(*) FROM best)
),
scored AS (
    SELECT f.id, f.document_id, (
        SELECT sum(t.weight * ts_rank('{0.2, 0.2, 0.4, 1.0}', f.terms, t.term::tsquery))
        FROM unnest($6::text[], $7::float8[]) AS t(term, weight)) AS score
    FROM (SELECT * FROM best UNION ALL SELECT * FROM others) f
),
ranked AS (SELECT DISTINCT ON (document_id) document_id, id, score FROM scored ORDER BY document_id, score DESC, id)
SELECT document_id, id, score FROM ranked ORDER BY score DESC, document_id LIMIT $8
"""
_DETAILS = """
SELECT c.id, d.kind, d.source_id, d.title, d.course_id, d.chapter_id, c.passage, c.start_char, c.end_char
FROM search_chunks c JOIN search_documents d ON d.id = c.document_id WHERE c.id = ANY($1::uuid[])
"""


async def find(
    uow: UnitOfWork,
    keys: Collection[str],
    text: str,
    *,
    kinds: Collection[str] | None = None,
    limit: int = 20,
    offset: int = 0,
) -> Found:
    """The documents that answer a query best, of those behind one of the keys."""
    documents.require_keys(keys)
    query = queries.parse(text)
    wanted = [kind for kind in KINDS if kinds is None or kind in kinds]
    if not query.terms or not keys or not wanted:
        return Found([], 0)
    straight = await uow.straight()
    found = await _matches(straight, query, list(keys))
    ranked = await _by_text(straight, found, wanted, list(keys))
    shown = ranked[offset : offset + limit]
    return Found(await _hits(straight, shown), len(ranked))


async def _matches(straight: Straight, query: Query, keys: list[str]) -> list[Match]:
    rows = await straight.rows(_FACTS, query.forms, keys)
    facts = {row["form"]: WordFacts(row["lexeme"], row["is_stop"], row["chunks"], row["is_known"]) for row in rows}
    return matching.matches(query.terms, facts, await straight.value(_TOTAL))


async def _by_text(
    straight: Straight, found: Sequence[Match], kinds: Sequence[str], keys: list[str]
) -> list[tuple[UUID, float]]:
    """The best passage of each document that matches, with its score."""
    must = f"({matching.kinds_query(kinds)})"
    if phrases := matching.required(found):
        must += f" & {phrases}"
    rows = await straight.rows(
        _TEXT,
        matching.all_of(found),
        matching.any_of(found),
        must,
        keys,
        matching.CANDIDATES,
        [one.query for one in found],
        [one.weight for one in found],
        DEEPEST,
    )
    return [(row["id"], row["score"]) for row in rows]


async def _hits(straight: Straight, ranked: Sequence[tuple[UUID, float]]) -> list[Hit]:
    if not ranked:
        return []
    rows: dict[UUID, Any] = {row["id"]: row for row in await straight.rows(_DETAILS, [id_ for id_, _ in ranked])}
    return [
        Hit(
            kind=row["kind"],
            source_id=row["source_id"],
            title=row["title"],
            course_id=row["course_id"],
            chapter_id=row["chapter_id"],
            score=score,
            text=row["passage"],
            start=row["start_char"],
            end=row["end_char"],
        )
        for id_, score in ranked
        if (row := rows.get(id_)) is not None
    ]


__all__ = ["BODY_AT", "DEEPEST", "Found", "Hit", "find"]

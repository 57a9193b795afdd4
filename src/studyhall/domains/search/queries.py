"""Reading the index: every statement takes the keys of the asking person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from studyhall.domains.search.rules import matching
from studyhall.domains.search.rules.documents import BODY_AT
from studyhall.domains.search.rules.matching import Match, WordFacts
from studyhall.platform.database import Straight
from studyhall.platform.vectors import vector_text

TOTAL_WORD = ":total"
"""The row of `search_words` that counts all public passages."""
FARTHEST = 0.72
"""Cosine distance beyond which a passage says nothing of a query; else nonsense would find its nearest neighbours."""
NEIGHBOURS = 60
"""Passages nearest in meaning that are looked at."""

# Counted rather than asked whether there is one, which PostgreSQL would look for by reading the whole table. The
# settings are for the statement that compares vectors later in this transaction.
_FACTS = """
SELECT w.form, w.lexeme, w.is_stop, coalesce(s.chunks, 0) AS chunks,
    coalesce(s.chunks, 0) > 0 AND 'public' = ANY($3) OR 0 < (
        SELECT count(*) FROM search_chunks c WHERE c.terms @@ w.query AND c.access && $3) AS is_known,
    t.chunks AS total, o.is_set
FROM (
    SELECT g.form, coalesce(l.stems[1], g.form) AS lexeme, l.stems = '{}' AS is_stop,
        format(CASE WHEN g.is_growing THEN '''%s'' | ''%s'':*' ELSE '''%s''' END,
            coalesce(l.stems[1], g.form), g.form)::tsquery AS query
    FROM unnest($1::text[], $2::bool[]) AS g(form, is_growing)
    CROSS JOIN LATERAL (SELECT coalesce(ts_lexize('pg_catalog.english_stem', g.form), ARRAY[g.form]) AS stems) l
) w
LEFT JOIN search_words s ON s.word = w.lexeme
LEFT JOIN search_words t ON t.word = ':total'
CROSS JOIN (
    SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true) || set_config('hnsw.ef_search', '80', true)
        || set_config('hnsw.max_scan_tuples', '8000', true) AS is_set
) o
"""
_SPELLED = """
SELECT word, chunks FROM search_words WHERE deletes && $1::int[] ORDER BY chunks DESC LIMIT 500
"""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the index knows of the words of a query.

    Attributes:
        total: public passages, roughly.
    """

    facts: Mapping[str, WordFacts]
    total: int


async def vocabulary(straight: Straight, forms: Mapping[str, bool], keys: Sequence[str]) -> Vocabulary:
    """Facts of word forms.

    Args:
        forms: each with whether it may be the beginning of a word.
    """
    rows = await straight.rows(_FACTS, list(forms), list(forms.values()), list(keys))
    facts = {row["form"]: WordFacts(row["lexeme"], row["is_stop"], row["chunks"], row["is_known"]) for row in rows}
    return Vocabulary(facts, next((row["total"] or 0 for row in rows), 0))


async def spelled_alike(straight: Straight, deletes: Sequence[int]) -> dict[str, int]:
    """Words that share a spelling with letters left out, with how often they stand in public passages.

    Of the whole index: who may not see a word must not be shown it.
    """
    return {row["word"]: row["chunks"] for row in await straight.rows(_SPELLED, list(deletes))}


# $1 all terms, $2 some of them, $3 what must be there, $4 keys, $5 how many passages to score, $6 terms, $7 weights,
# $8 how many to answer, $9 all terms in the title, $10 how many passages with all terms are enough. A single term's
# `ts_rank` grows with its occurrences and levels off.
_SCORE = """(
    SELECT sum(t.weight * ts_rank('{0.2, 0.2, 0.4, 1.0}', c.terms, t.term))
    FROM unnest($6::text[]::tsquery[], $7::float8[]) AS t(term, weight)) AS score"""
_SCORED = f"""
WITH titled AS MATERIALIZED (
    SELECT id, document_id, {_SCORE} FROM search_chunks c
    WHERE terms @@ ($3::text::tsquery && $9::text::tsquery) AND access && $4 LIMIT $5
),
best AS MATERIALIZED (
    SELECT id, document_id, {_SCORE} FROM search_chunks c
    WHERE terms @@ ($3::text::tsquery && $1::text::tsquery) AND access && $4
    LIMIT (SELECT $5 - count(*) FROM titled)
),
held AS (SELECT (SELECT count(*) FROM titled) + (SELECT count(*) FROM best) AS passages),
others AS MATERIALIZED (
    SELECT id, document_id, {_SCORE} FROM search_chunks c
    WHERE terms @@ ($3::text::tsquery && $2::text::tsquery) AND access && $4
    LIMIT (SELECT CASE WHEN passages >= $10 THEN 0 ELSE $5 END FROM held)
),
scored AS (SELECT * FROM titled UNION SELECT * FROM best UNION SELECT * FROM others)
"""
_BY_DOCUMENT = """
, ranked AS (SELECT DISTINCT ON (document_id) document_id, id, score FROM scored ORDER BY document_id, score DESC, id)
SELECT document_id, id FROM ranked ORDER BY score DESC, id LIMIT $8
"""
_BY_CHUNK = "SELECT document_id, id FROM scored ORDER BY score DESC, id LIMIT $8"

Ranked = list[tuple[UUID, UUID]]
"""Documents and passages of theirs, the best first."""


async def by_text(
    straight: Straight, found: Sequence[Match], must: str, keys: Sequence[str], limit: int, *, whole: bool
) -> Ranked:
    """The passages that hold the terms best; with `whole` only the best of each document.

    Args:
        must: a text query that every one of them answers.
    """
    rows = await straight.rows(
        _SCORED + (_BY_DOCUMENT if whole else _BY_CHUNK),
        matching.all_of(found),
        matching.any_of(found),
        must,
        list(keys),
        matching.CANDIDATES,
        [one.query for one in found],
        [one.weight for one in found],
        limit,
        matching.in_title(found),
        matching.ENOUGH,
    )
    return [(row["document_id"], row["id"]) for row in rows]


# $1 the query's vector, $2 kinds, $3 keys, $4 how many, $5 the farthest. The public ones by the graph; what lies behind
# other keys one by one, because a graph finds nothing where hardly anything is visible.
_NEAR = """
SELECT document_id, id FROM (
    (SELECT document_id, id, embedding <=> $1::text::halfvec AS distance FROM search_chunks
     WHERE access @> '{public}'::text[] AND kind = ANY($2::text[]) AND 'public' = ANY($3::text[])
     ORDER BY embedding <=> $1::text::halfvec LIMIT $4)
    UNION ALL
    (SELECT document_id, id, embedding <=> $1::text::halfvec AS distance FROM search_chunks
     WHERE access && array_remove($3::text[], 'public') AND NOT access @> '{public}'::text[]
        AND kind = ANY($2::text[]) AND embedding IS NOT NULL
     ORDER BY 3 LIMIT $4)
) near WHERE distance <= $5 ORDER BY distance, id LIMIT $4
"""


async def by_meaning(
    straight: Straight, vector: Sequence[float], kinds: Sequence[str], keys: Sequence[str], limit: int = NEIGHBOURS
) -> Ranked:
    """The passages nearest in meaning."""
    rows = await straight.rows(_NEAR, vector_text(vector), list(kinds), list(keys), limit, FARTHEST)
    return [(row["document_id"], row["id"]) for row in rows]


_NEAR_IN_COURSE = """
SELECT document_id, id FROM (
    SELECT document_id, id, embedding <=> $1::text::halfvec AS distance FROM search_chunks
    WHERE document_id IN (SELECT id FROM search_documents WHERE course_id = $6)
        AND access && $3 AND kind = ANY($2::text[]) AND embedding IS NOT NULL
) near WHERE distance <= $5 ORDER BY distance, id LIMIT $4
"""


async def by_meaning_in_course(
    straight: Straight,
    vector: Sequence[float],
    kinds: Sequence[str],
    keys: Sequence[str],
    course_id: UUID,
    limit: int = NEIGHBOURS,
) -> Ranked:
    """The passages of one course nearest in meaning, compared one by one."""
    rows = await straight.rows(
        _NEAR_IN_COURSE, vector_text(vector), list(kinds), list(keys), limit, FARTHEST, course_id
    )
    return [(row["document_id"], row["id"]) for row in rows]


# Course and chapter are named by their own documents, as far as the asking person may see these.
_DETAILS = f"""
SELECT c.id, d.kind, d.source_id, d.title, d.course_id, d.chapter_id, course.title AS course_title,
    chapter.title AS chapter_title, c.passage, c.start_char, c.end_char,
    (SELECT array_agg(DISTINCT p ORDER BY p) FROM unnest(c.terms) AS u, unnest(u.positions) AS p
     WHERE p >= {BODY_AT} AND (u.lexeme = ANY($2::text[]) OR u.lexeme ^@ $3)) AS positions
FROM search_chunks c JOIN search_documents d ON d.id = c.document_id
LEFT JOIN search_documents course
    ON course.kind = 'course' AND course.source_id = d.course_id AND course.access && $4
LEFT JOIN search_documents chapter
    ON chapter.kind = 'chapter' AND chapter.source_id = d.chapter_id AND chapter.access && $4
WHERE c.id = ANY($1::uuid[]) AND d.access && $4
"""


async def details(
    straight: Straight, ids: Sequence[UUID], lexemes: Sequence[str], growing: str | None, keys: Sequence[str]
) -> dict[UUID, asyncpg.Record]:
    """What a result shows of each passage, with the positions at which the terms stand in it.

    Args:
        growing: the beginning of a word; None for none.
    """
    # Nothing begins with a NUL, and none can be stored; so does nothing with a word no one can write.
    rows = await straight.rows(_DETAILS, list(ids), list(lexemes), growing or "\x01", list(keys))
    return {row["id"]: row for row in rows}

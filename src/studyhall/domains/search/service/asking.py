"""Asking the index: words and meaning, merged; what was misspelled corrected; what may not be seen never touched."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from studyhall.domains.search import queries
from studyhall.domains.search.queries import Ranked, Vocabulary
from studyhall.domains.search.rules import documents, matching, spelling
from studyhall.domains.search.rules.documents import BODY_AT, KINDS
from studyhall.domains.search.rules.fusion import fuse
from studyhall.domains.search.rules.matching import Match
from studyhall.domains.search.rules.queries import Query, Term, parse
from studyhall.domains.search.rules.snippets import Mark
from studyhall.domains.search.rules.words import words
from studyhall.platform.clients.embedding import Vector
from studyhall.platform.database import Straight
from studyhall.platform.uow import UnitOfWork

DEEPEST = 200
"""Documents that a query finds at most."""
TEXT_WEIGHT, MEANING_WEIGHT = 1.0, 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found, with its best passage.

    Attributes:
        course_title, chapter_title: of where it belongs, if the asking person may see that.
        score: only to compare hits of one answer.
        text: the passage, as it stands in the body from `start` to `end` (characters, exclusive).
        marks: where words of the query stand in `text`.
    """

    kind: str
    source_id: UUID
    title: str
    course_id: UUID | None
    chapter_id: UUID | None
    course_title: str | None
    chapter_title: str | None
    score: float
    text: str
    start: int
    end: int
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found.

    Attributes:
        hits: the best first.
        total: how many documents were found in all, at most `DEEPEST`.
        corrected_query: what was looked for instead, if words were misspelled.
        used_meaning: whether embeddings took part.
    """

    hits: list[Hit]
    total: int
    corrected_query: str | None = None
    used_meaning: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the index.

    Attributes:
        vector: the query's embedding; None looks for words only.
        whole: one passage of each document, rather than all that fit.
        course_id: only what belongs to this course.
        with_text: whether words count; without them only meaning does, for measuring it.
    """

    text: str
    keys: Sequence[str]
    kinds: Sequence[str]
    vector: Vector | None
    whole: bool = True
    course_id: UUID | None = None
    with_text: bool = True


def asked(
    keys: Collection[str],
    text: str,
    kinds: Collection[str] | None,
    vector: Vector | None,
    *,
    whole: bool,
    course_id: UUID | None = None,
) -> Asked:
    """Raises ValueError for what is no key."""
    documents.require_keys(keys)
    wanted = [kind for kind in KINDS if kinds is None or kind in kinds]
    return Asked(text, sorted(keys), wanted, vector, whole, course_id)


async def find(uow: UnitOfWork, question: Asked, *, limit: int, offset: int = 0) -> Found:
    """At most five statements, seven where words are misspelled."""
    query = parse(question.text)
    if not query.terms or not question.keys or not question.kinds:
        return Found([], 0)
    straight = await uow.straight()
    query, known, corrected = await _corrected(straight, query, question.keys)
    found = matching.matches(query.terms, known.facts, known.total)
    # Quotation marks ask for the very words; what is only like them is not wanted.
    vector = None if query.has_phrase else question.vector
    by_text = await _text(straight, question, found) if question.with_text else []
    by_meaning = await _meaning(straight, question, vector) if vector is not None else []
    ranked = _merged(by_text, by_meaning, whole=question.whole)[:DEEPEST]
    hits = await _hits(straight, question, ranked[offset : offset + limit], found)
    return Found(hits, len(ranked), corrected, vector is not None)


async def _text(straight: Straight, question: Asked, found: Sequence[Match]) -> Ranked:
    must = matching.must(found, question.kinds, question.course_id)
    return await queries.by_text(straight, found, must, question.keys, DEEPEST, whole=question.whole)


async def _meaning(straight: Straight, question: Asked, vector: Vector) -> Ranked:
    if question.course_id is None:
        return await queries.by_meaning(straight, vector, question.kinds, question.keys)
    return await queries.by_meaning_in_course(straight, vector, question.kinds, question.keys, question.course_id)


async def _corrected(straight: Straight, query: Query, keys: Sequence[str]) -> tuple[Query, Vocabulary, str | None]:
    """The query with unknown words made known ones, what is known of its words, and how it now reads, if otherwise."""
    growing = {term.words[0] for term in query.terms if term.is_growing}
    known = await queries.vocabulary(straight, {form: form in growing for form in query.forms}, keys)
    unknown = [term for term in query.terms if _is_misspelled(term, known)]
    if not unknown:
        return query, known, None
    alike = await queries.spelled_alike(
        straight, [number for term in unknown for number in spelling.deletes(term.words[0])]
    )
    chosen = {term: spelling.candidates(term.words[0], alike) for term in unknown}
    offered = await queries.vocabulary(straight, {word: False for some in chosen.values() for word in some}, keys)
    meant = {term: word for term, some in chosen.items() if (word := _likeliest(term, some, offered))}
    if not meant:
        return query, known, None
    return (
        replace(query, terms=tuple(_respelled(term, meant) for term in query.terms)),
        Vocabulary({**known.facts, **offered.facts}, known.total),
        spelling.replaced(query.text, [(term.start, term.end, word) for term, word in meant.items()]),
    )


def _is_misspelled(term: Term, known: Vocabulary) -> bool:
    if term.is_required or len(term.words) > 1 or not spelling.is_spellable(term.words[0]):
        return False
    return not any(known.facts[form].is_known for form in term.forms)


def _likeliest(term: Term, some: Sequence[str], offered: Vocabulary) -> str | None:
    """Only a word that stands in something the asking person may see is ever told."""
    seen = [word for word in some if offered.facts[word].is_known and not offered.facts[word].is_stop]
    return min(
        seen, key=lambda word: spelling.likelihood(term.words[0], word, offered.facts[word].chunks), default=None
    )


def _respelled(term: Term, meant: Mapping[Term, str]) -> Term:
    word = meant.get(term)
    return term if word is None else replace(term, words=(word,), joined="", is_growing=False)


def _merged(by_text: Ranked, by_meaning: Ranked, *, whole: bool) -> list[tuple[UUID, float]]:
    """Passages with their scores, the best first: one of each document, or all."""
    if not whole:
        passages = [[chunk for _, chunk in ranking] for ranking in (by_text, by_meaning)]
        return fuse([(TEXT_WEIGHT, passages[0]), (MEANING_WEIGHT, passages[1])])
    nearest: dict[UUID, UUID] = {}
    for document, chunk in by_meaning:
        nearest.setdefault(document, chunk)
    best = {**nearest, **dict(by_text)}
    fused = fuse([(TEXT_WEIGHT, [document for document, _ in by_text]), (MEANING_WEIGHT, list(nearest))])
    return [(best[document], score) for document, score in fused]


async def _hits(
    straight: Straight, question: Asked, ranked: Sequence[tuple[UUID, float]], found: Sequence[Match]
) -> list[Hit]:
    if not ranked:
        return []
    lexemes = [lexeme for one in found for lexeme in one.lexemes]
    growing = next((one.growing for one in found if one.growing), None)
    rows = await queries.details(straight, [id_ for id_, _ in ranked], lexemes, growing, question.keys)
    # One that went away since it was ranked is left out.
    return [_hit(rows[id_], score) for id_, score in ranked if id_ in rows]


def _hit(row: Any, score: float) -> Hit:
    placed = words(row["passage"]) if row["positions"] else []
    at = [position - BODY_AT for position in row["positions"] or []]
    return Hit(
        kind=row["kind"],
        source_id=row["source_id"],
        title=row["title"],
        course_id=row["course_id"],
        chapter_id=row["chapter_id"],
        course_title=row["course_title"],
        chapter_title=row["chapter_title"],
        score=score,
        text=row["passage"],
        start=row["start_char"],
        end=row["end_char"],
        marks=tuple((placed[index].start, placed[index].end) for index in at if index < len(placed)),
    )

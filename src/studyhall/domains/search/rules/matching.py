"""Terms as PostgreSQL's text queries, and what each is worth."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from studyhall.domains.search.rules.documents import KINDS
from studyhall.domains.search.rules.queries import Term

CANDIDATES = 1_500
"""Passages that are scored at most; among more that all match, those with the words in their title come first."""
ENOUGH = 400
"""So many passages that hold all terms, and those that hold only some are not looked at."""
MOST_SCANNED = 2_000
"""Passages that may be looked at for the sake of one rare word rather than all of them."""
TITLED = "^"
"""Before a title's words, which are terms once more by themselves; no word begins with it."""


@dataclass(frozen=True, slots=True)
class WordFacts:
    """What the index knows of a word.

    Attributes:
        lexeme: its stem, or itself where it has none.
        is_stop: too frequent in English to say anything.
        chunks: public passages that hold it, roughly.
        is_known: whether it stands in anything that the asking person may see.
    """

    lexeme: str
    is_stop: bool
    chunks: int
    is_known: bool


@dataclass(frozen=True, slots=True)
class Match:
    """One term, ready to be looked up.

    Attributes:
        query: a text query in PostgreSQL's syntax.
        in_title: the same, for titles only.
        weight: what a passage gains by it: the term's inverse document frequency.
        chunks: passages that hold it, roughly.
        lexemes: what is to be marked where it was found.
        growing: the beginning of further words that match; empty for none.
    """

    query: str
    in_title: str
    weight: float
    chunks: int
    is_required: bool
    lexemes: tuple[str, ...]
    growing: str = ""


def quoted(lexeme: str) -> str:
    """A lexeme as a text query."""
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def matches(terms: Sequence[Term], facts: Mapping[str, WordFacts], total: int) -> list[Match]:
    """What to look up for each term; stop words only where there is nothing else.

    Args:
        total: how many passages the index holds, roughly.
    """
    telling = [term for term in terms if term.is_required or not all(facts[form].is_stop for form in term.words)]
    return [_match(term, facts, total) for term in telling or terms]


def _match(term: Term, facts: Mapping[str, WordFacts], total: int) -> Match:
    sequence = [facts[form].lexeme for form in term.words]
    joined = facts[term.joined] if term.joined else None
    chunks = min(facts[form].chunks for form in term.words) + (joined.chunks if joined else 0)
    return Match(
        query=_query(sequence, joined, term, ""),
        in_title=_query(sequence, joined, term, TITLED),
        weight=inverse_frequency(chunks, total),
        chunks=chunks,
        is_required=term.is_required,
        lexemes=(*sequence, joined.lexeme) if joined else tuple(sequence),
        growing=term.words[0] if term.is_growing else "",
    )


def _query(sequence: Sequence[str], joined: WordFacts | None, term: Term, prefix: str) -> str:
    # What marks a title's words has no position, so that a phrase of them is only asked for all its words.
    between = " <-> " if not prefix else " & "
    alternatives = ["(" + between.join(quoted(prefix + lexeme) for lexeme in sequence) + ")"]
    if joined:
        alternatives.append(quoted(prefix + joined.lexeme))
    if term.is_growing:
        alternatives.append(f"{quoted(prefix + term.words[0])}:*")
    return " | ".join(alternatives)


def inverse_frequency(chunks: int, total: int) -> float:
    """How much a word says that stands in so many of all passages, as BM25 has it (Robertson and Zaragoza 2009)."""
    return math.log(1 + (max(total, chunks) - chunks + 0.5) / (chunks + 0.5))


def all_of(found: Sequence[Match]) -> str:
    """Every term."""
    return " & ".join(f"({one.query})" for one in found)


def in_title(found: Sequence[Match]) -> str:
    """Every term, in the title."""
    return " & ".join(f"({one.in_title})" for one in found)


def any_of(found: Sequence[Match]) -> str:
    """One of the terms, but only of those rare enough that what they match can be scored; the rarest in any case."""
    chosen: list[Match] = []
    scanned = 0
    for one in sorted(found, key=lambda one: one.chunks):
        scanned += one.chunks
        if chosen and scanned > MOST_SCANNED:
            break
        chosen.append(one)
    return " | ".join(f"({one.query})" for one in chosen)


def must(found: Sequence[Match], kinds: Sequence[str], course_id: UUID | None = None) -> str:
    """What every result holds: one of the kinds and the course, which are terms of their own so that the index itself
    leaves the others out, and the quoted phrases. Empty for nothing."""
    asked = []
    if len(kinds) < len(KINDS):
        asked.append(" | ".join(quoted(kind_term(kind)) for kind in kinds))
    if course_id is not None:
        asked.append(quoted(course_term(course_id)))
    asked += [one.query for one in found if one.is_required]
    return " & ".join(f"({one})" for one in asked)


def kind_term(kind: str) -> str:
    """The term that every passage of the kind holds; no word begins with a colon."""
    return f":{kind}"


def course_term(course_id: UUID) -> str:
    """The term that every passage holds that belongs to the course."""
    return f":in:{course_id}"

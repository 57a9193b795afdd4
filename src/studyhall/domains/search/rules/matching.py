"""Terms as PostgreSQL's text queries, and what each is worth."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studyhall.domains.search.rules.queries import Term

CANDIDATES = 4_000
"""Passages that are scored at most; among more that all match, those with the words in their title come first."""
MOST_SCANNED = 6_000
"""Passages that may be looked at for the sake of one rare word rather than all of them."""


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
        weight: what a passage gains by it: the term's inverse document frequency.
        chunks: passages that hold it, roughly.
    """

    query: str
    weight: float
    chunks: int
    is_required: bool


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
    sequence = [facts[form] for form in term.words]
    query = " <-> ".join(quoted(one.lexeme) for one in sequence)
    alternatives = [f"({query})" if len(sequence) > 1 else query]
    if term.joined:
        alternatives.append(quoted(facts[term.joined].lexeme))
    if term.is_growing:
        alternatives.append(f"{quoted(term.words[0])}:*")
    chunks = min(one.chunks for one in sequence)
    if term.joined:
        chunks += facts[term.joined].chunks
    return Match(" | ".join(alternatives), inverse_frequency(chunks, total), chunks, term.is_required)


def inverse_frequency(chunks: int, total: int) -> float:
    """How much a word says that stands in so many of all passages, as BM25 has it (Robertson and Zaragoza 2009)."""
    return math.log(1 + (max(total, chunks) - chunks + 0.5) / (chunks + 0.5))


def all_of(found: Sequence[Match]) -> str:
    """Every term."""
    return " & ".join(f"({one.query})" for one in found)


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


def required(found: Sequence[Match]) -> str:
    """What must be there: the quoted phrases. Empty for nothing."""
    return " & ".join(f"({one.query})" for one in found if one.is_required)


def kinds_query(kinds: Sequence[str]) -> str:
    """One of the kinds; they are terms of their own, so that the index itself leaves the others out."""
    return " | ".join(quoted(f":{kind}") for kind in kinds)

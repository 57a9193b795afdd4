"""What somebody typed, as terms: single words, joined words, quoted phrases, and a last word that is still growing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from studyhall.domains.search.rules.words import Word, words

LONGEST_QUERY = 200
MOST_TERMS = 16
SHORTEST_PREFIX = 3

_QUOTED = re.compile('["“”„«»]([^"“”„«»]*)["“”„«»]')


@dataclass(frozen=True, slots=True)
class Term:
    """What one part of the query asks for.

    Attributes:
        words: folded forms that follow one another; more than one for `Wi-Fi` and for a quoted phrase.
        joined: the same written in one, `wifi`; empty for none.
        start, end: its place in the query.
        is_required: it was quoted.
        is_growing: the last word, perhaps not typed to its end.
    """

    words: tuple[str, ...]
    joined: str
    start: int
    end: int
    is_required: bool = False
    is_growing: bool = False

    @property
    def forms(self) -> tuple[str, ...]:
        return (*self.words, self.joined) if self.joined else self.words


@dataclass(frozen=True, slots=True)
class Query:
    """A query taken apart.

    Attributes:
        text: as it was typed, at most `LONGEST_QUERY` characters.
        terms: at most `MOST_TERMS`, no two alike.
    """

    text: str
    terms: tuple[Term, ...]

    @property
    def forms(self) -> list[str]:
        """Every word form of it, once, in order."""
        return list(dict.fromkeys(form for term in self.terms for form in term.forms))

    @property
    def has_phrase(self) -> bool:
        return any(term.is_required for term in self.terms)


def parse(text: str) -> Query:
    """Take a query apart. Anything can be asked; what holds no word has no terms."""
    text = text[:LONGEST_QUERY]
    terms: dict[tuple[tuple[str, ...], bool], Term] = {}
    for term in _terms(text):
        terms.setdefault((term.words, term.is_required), term)
    return Query(text, tuple(list(terms.values())[:MOST_TERMS]))


def _terms(text: str) -> Iterator[Term]:
    at = 0
    for quoted in _QUOTED.finditer(text):
        yield from _loose(text, at, quoted.start())
        inner = words(quoted.group(1))
        if inner:
            yield Term(
                tuple(word.form for word in inner),
                "",
                quoted.start(1),
                quoted.start(1) + inner[-1].end,
                is_required=True,
            )
        at = quoted.end()
    yield from _loose(text, at, len(text))


def _loose(text: str, start: int, end: int) -> Iterator[Term]:
    """Terms outside quotes: words that are joined to the one before belong to one term."""
    groups: list[list[Word]] = []
    for word in words(text[start:end]):
        if word.is_joined and groups:
            groups[-1].append(word)
        else:
            groups.append([word])
    for group in groups:
        first, last = group[0], group[-1]
        joined = first.others[-1] if len(group) > 1 and first.others else ""
        forms = tuple(word.form for word in group)
        if "'" in _between(text, start, group):
            # `l'été` asks for summer, `don't` for what is written so: no sequence of two words.
            forms = (max(forms, key=len),)
        is_last = start + last.end == len(text)
        grows = is_last and len(group) == 1 and len(first.form) >= SHORTEST_PREFIX and first.form.isalnum()
        yield Term(forms, joined, start + first.start, start + last.end, is_growing=grows)


def _between(text: str, start: int, group: list[Word]) -> str:
    """What joins the words of a group."""
    return "".join(text[start + left.end : start + right.start] for left, right in pairwise(group)).replace("’", "'")

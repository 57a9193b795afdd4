"""A body cut into passages: whole paragraphs where they fit, else sentences, else words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TARGET = 700
"""Characters of a full passage: about what the embedding model reads (256 word pieces), with room for the title."""
LONGEST = 1000
LONGEST_BODY = 2_000_000
"""Characters of a body that are indexed."""

# From the best place to cut to the worst; each ends a piece.
_ENDS = tuple(
    re.compile(pattern)
    for pattern in (r"\n[ \t]*\n\s*", r"\n\s*", r"(?<=[.!?。！？…])[\"'”’)\]]*\s+|(?<=[。！？])", r"\s+")
)


@dataclass(frozen=True, slots=True)
class Span:
    """A passage's place in the body, in characters; `end` is exclusive."""

    start: int
    end: int


def passages(body: str) -> list[Span]:
    """The passages of a body in order, without the space around them. Together they hold everything but space.

    An empty body has one empty passage, so that its title can be found.
    """
    spans: list[Span] = []
    start = end = 0
    for piece in _pieces(body, 0, min(len(body), LONGEST_BODY), 0):
        if end > start and (piece.end - start > LONGEST or end - start >= TARGET):
            spans.append(Span(start, end))
            start = piece.start
        elif end == start:
            start = piece.start
        end = piece.end
    if end > start or not spans:
        spans.append(Span(start, end))
    return spans


def _pieces(body: str, start: int, end: int, level: int) -> Iterator[Span]:
    """Pieces of at most `LONGEST` characters, cut at the best places that allow it."""
    for left, right in _cut(body, start, end, level):
        if right - left <= LONGEST:
            yield Span(left, right)
        elif level + 1 < len(_ENDS):
            yield from _pieces(body, left, right, level + 1)
        else:
            yield from (Span(at, min(at + LONGEST, right)) for at in range(left, right, LONGEST))


def _cut(body: str, start: int, end: int, level: int) -> Iterator[tuple[int, int]]:
    """What stands between the ends of that level, without space around it; nothing empty."""
    at = start
    for match in _ENDS[level].finditer(body, start, end):
        yield from _stripped(body, at, match.start())
        at = match.end()
    yield from _stripped(body, at, end)


def _stripped(body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    text = body[start:end]
    left = start + len(text) - len(text.lstrip())
    right = end - (len(text) - len(text.rstrip()))
    if left < right:
        yield left, right

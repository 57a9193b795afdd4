"""The part of a passage that shows best why it was found."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 260
_SPACE = re.compile(r"\s+")

Mark = tuple[int, int]
"""Start and end of a word of the query, in characters; the end is exclusive."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """Plain text and the places in it that are to be marked; `…` stands where something was left out."""

    text: str
    marks: tuple[Mark, ...]

    @property
    def as_html(self) -> str:
        """The text escaped, with `<mark>` around each place."""
        parts, at = [], 0
        for start, end in self.marks:
            parts += [html.escape(self.text[at:start]), "<mark>", html.escape(self.text[start:end]), "</mark>"]
            at = end
        return "".join([*parts, html.escape(self.text[at:])])


def snippet(passage: str, marks: Sequence[Mark], width: int = WIDTH) -> Snippet:
    """The window of about `width` characters that holds most marks, the first of those that hold as many."""
    marks = sorted(set(marks))
    start, end = _window(passage, marks, width)
    text, kept = _tidied(passage, start, end, [mark for mark in marks if start <= mark[0] and mark[1] <= end])
    before, after = "… " if start > 0 else "", " …" if end < len(passage.rstrip()) else ""
    shift = len(before)
    return Snippet(before + text + after, tuple((left + shift, right + shift) for left, right in kept))


def _window(passage: str, marks: Sequence[Mark], width: int) -> tuple[int, int]:
    best, first = 0, marks[0][0] if marks else 0
    for index, (left, _) in enumerate(marks):
        held = sum(1 for mark in marks[index:] if mark[1] <= left + width)
        if held > best:
            best, first = held, left
    last = max((right for left, right in marks if left >= first and right <= first + width), default=first)
    start = max(0, min(first - (width - (last - first)) // 2, len(passage) - width))
    end = max(last, min(len(passage), start + width))
    start = min(start, first)
    return _at_space(passage, start, first, forward=True), _at_space(passage, end, last, forward=False)


def _at_space(passage: str, at: int, limit: int, *, forward: bool) -> int:
    """The nearest place between words, on the way to `limit`."""
    if at in (0, len(passage)):
        return at
    if forward:
        found = _SPACE.search(passage, at, limit)
        return found.end() if found else at
    tail = passage[limit:at]
    space = max(tail.rfind(" "), tail.rfind("\n"))
    return limit + space if space > 0 else at


def _tidied(passage: str, start: int, end: int, marks: Sequence[Mark]) -> tuple[str, list[Mark]]:
    """Runs of space made one, and the marks moved with it."""
    text, moved = "", []
    coming = list(marks)
    for position in range(start, end):
        letter = passage[position]
        if coming and position == coming[0][0]:
            moved.append((len(text), len(text)))
        if not letter.isspace():
            text += letter
        elif text and not text.endswith(" "):
            text += " "
        if coming and position + 1 == coming[0][1]:
            moved[-1] = (moved[-1][0], len(text))
            coming.pop(0)
    return text.rstrip(), moved

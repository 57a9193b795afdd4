"""A GIFT file as blocks: questions stand apart by blank lines, categories in a line of their own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_CATEGORY = re.compile(r"\s*\$CATEGORY\s*:(.*)")
_ID = re.compile(r"\[id:((?:\\.|[^\]\\]){1,300})\]")
_TAG = re.compile(r"\[tag:((?:\\.|[^\]\\]){1,300})\]")
_BRACE = re.compile(r"(?<!\\)(?:\\\\)*([{}])")


@dataclass(frozen=True, slots=True)
class Block:
    """One question as written, without its comments.

    Attributes:
        line: of its first line, from 1.
        category: the last one named before it; for a category line, its own, and `text` is empty.
        id, tags: from the comments above it.
    """

    line: int
    text: str
    category: str
    id: str | None
    tags: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """Every block in order, a category line as one without text."""
    lines = text.split("\n")
    closes = _closes_next(lines)
    category, comments, own, start, is_open = "", list[str](), list[str](), 0, False
    for number, line in enumerate([*lines, ""], 1):
        stripped = line.strip()
        if stripped.startswith("//"):
            comments.append(stripped)
            continue
        named = _CATEGORY.match(line) if not is_open else None
        if named is not None:
            if own:
                yield _block(start, own, category, comments)
                comments, own = [], []
            category = named.group(1).strip()
            yield Block(number, "", category, None, ())
        elif stripped or (is_open and number <= len(lines) and closes[number - 1]):
            start = start if own else number
            own.append(line)
            is_open = _is_open(line, is_open)
        elif own:
            yield _block(start, own, category, comments)
            comments, own, is_open = [], [], False


def _block(start: int, own: Sequence[str], category: str, comments: Sequence[str]) -> Block:
    said = "\n".join(comments)
    ids = _ID.findall(said)
    tags = tuple(_plain(tag) for tag in _TAG.findall(said))
    return Block(start, "\n".join(own), category, _plain(ids[-1]) if ids else None, tags)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text).strip()


def _closes_next(lines: Sequence[str]) -> list[bool]:
    """For each line, whether the next brace from there on closes: then a blank line stands inside of answers."""
    closes, is_closing = [], False
    for line in reversed(lines):
        brace = _BRACE.search(line)
        is_closing = brace.group(1) == "}" if brace is not None else is_closing
        closes.append(is_closing)
    return closes[::-1]


def _is_open(line: str, was_open: bool) -> bool:
    braces = _BRACE.findall(line)
    return braces[-1] == "{" if braces else was_open

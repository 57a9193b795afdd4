"""Addresses in Markdown, found where they stand and changed there; the rest of the text stays as it was written.

The parser tells which lines are code (CommonMark 0.31, fences and indented blocks); code spans are stepped over too.
"""

import re
from collections.abc import Callable, Iterator
from html import unescape
from posixpath import normpath
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt

Change = Callable[[str], str | None]
"""An address to the one that shall stand there; None leaves it."""

_SPAN = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n\n).){0,1000}?(?<!`)\1(?!`)", re.DOTALL)
_INLINE = re.compile(
    r"(\]\([ \t]*\n?[ \t]*)(<[^<>\n]{0,2000}>|(?:[^\s()<>\\]|\\.|\([^\s()<>]{0,500}\)){1,2000})"
    r"(?=[ \t\n]*(?:\"[^\"]{0,500}\"|'[^']{0,500}'|\([^()]{0,500}\))?[ \t\n]*\))"
)
_DEFINITION = re.compile(r"^( {0,3}\[[^\]\n]{1,500}\]:[ \t]*)(<[^<>\n]{1,2000}>|[^\s<>]{1,2000})", re.MULTILINE)
_ATTRIBUTE = re.compile(
    r"(<(?:img|a|source|video|audio|iframe|embed)\b[^<>]{0,2000}?\s(?:src|href)\s*=\s*)(\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}')",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"<(script|style|iframe|video|audio|object|embed|form|input|button|select|textarea|svg|canvas)\b([^<>]{0,500})>",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"\b(?:src|data|href)\s*=\s*[\"']?([^\"'\s>]{1,300})", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def rewritten(markdown: str, change: Change) -> str:
    """The Markdown with every address changed that `change` has another one for."""

    def inline(found: re.Match[str]) -> str:
        given = found[2]
        plain = given[1:-1] if given.startswith("<") else _ESCAPE.sub(r"\1", given)
        new = change(plain)
        return found[0] if new is None else f"{found[1]}{new}"

    def attribute(found: re.Match[str]) -> str:
        new = change(found[2][1:-1])
        return found[0] if new is None else f"{found[1]}{found[2][0]}{new}{found[2][0]}"

    def open_text(text: str) -> str:
        return _ATTRIBUTE.sub(attribute, _DEFINITION.sub(inline, _INLINE.sub(inline, text)))

    return "".join(text if is_code else open_text(text) for text, is_code in parts(markdown))


def with_attributes(html: str, change: Change) -> str:
    """The same for a web page, in which everything is markup."""

    def attribute(found: re.Match[str]) -> str:
        new = change(unescape(found[2][1:-1]))
        return found[0] if new is None else f"{found[1]}{found[2][0]}{new}{found[2][0]}"

    return _ATTRIBUTE.sub(attribute, html)


def unshown(markdown: str) -> Iterator[tuple[str, str]]:
    """HTML elements that no chapter shows, outside code: the name and what it points to."""
    for text, is_code in parts(markdown):
        if not is_code:
            for found in _GONE.finditer(text):
                source = _SOURCE.search(found[2])
                yield found[1].lower(), source[1] if source else ""


def has_scheme(address: str) -> bool:
    """Whether it leads out of the package, as `https:` and `mailto:` do."""
    return _SCHEME.match(address) is not None or address.startswith("//")


def inside(address: str, folder: str) -> tuple[str, str] | None:
    """The path in the package that an address in a file of that folder means, and `#…` of it; None: it leads out."""
    path, mark, fragment = address.partition("#")
    path = unquote(path.partition("?")[0]).replace("\\", "/")
    joined = normpath(path.lstrip("/") if path.startswith("/") else f"{folder}/{path}" if folder else path)
    if joined == ".." or joined.startswith("../"):
        return None
    return "" if joined == "." else joined, mark + fragment


def image_address(name: str) -> str:
    """How a chapter calls an image of the course."""
    return f"image:{quote(name, safe='/')}"


def parts(markdown: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is code."""
    for piece, is_code in blocks(markdown):
        if is_code:
            yield piece, True
        else:
            yield from _spans(piece)


def blocks(markdown: str) -> Iterator[tuple[str, bool]]:
    """The same with code spans left in their lines."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", markdown)
    code = [False] * (len(lines) + 1)
    for token in MarkdownIt("commonmark").parse(markdown):
        if token.type in ("fence", "code_block") and token.map:
            for number in range(token.map[0], min(token.map[1], len(lines))):
                code[number] = True
    start = 0
    for end in range(1, len(lines) + 1):
        if end == len(lines) or code[end] != code[start]:
            yield "".join(lines[start:end]), code[start]
            start = end


def _spans(text: str) -> Iterator[tuple[str, bool]]:
    at = 0
    for found in _SPAN.finditer(text):
        yield text[at : found.start()], False
        yield found[0], True
        at = found.end()
    yield text[at:], False

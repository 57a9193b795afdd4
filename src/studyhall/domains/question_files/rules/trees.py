"""XML of strangers: no entities, no outside references, bounded depth and size, any encoding."""

import html.entities
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]

from studyhall.domains.question_files.rules.encodings import decoded

DEEPEST = 100
MOST_ELEMENTS = 1_000_000
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,200}\?>")
_ENCODING = re.compile(rb"^\s*<\?xml\b[^>]{0,100}\bencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


class NotXml(ValueError):
    """The file is not XML that may be read; the text is a sentence for the person."""


class _Bounded(TreeBuilder):
    """Counts while it builds, so that what is too much never becomes a tree."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._elements = 0

    def start(self, tag: Any, attrs: Any) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST:
            raise NotXml(f"The XML is nested deeper than {DEEPEST} levels.")
        if self._elements > MOST_ELEMENTS:
            raise NotXml(f"The XML has more than {MOST_ELEMENTS:,} elements.")
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return super().end(tag.rpartition("}")[2])


def parsed(content: bytes) -> tuple[Element, str | None]:
    """The root, its names without namespaces, and a remark on a guessed encoding. Raises NotXml."""
    declared = _ENCODING.match(content)
    try:
        text, remark = decoded(content, declared.group(1).decode() if declared else None)
    except ValueError as error:
        raise NotXml(str(error)) from error
    # The text is decoded; what the declaration says of bytes would only mislead the parser.
    text = _DECLARATION.sub("", text, count=1)
    try:
        return _tree(text), remark
    except ParseError as error:
        named = _NAMED.sub(_character, text)
        if "undefined entity" not in str(error) or named == text:
            raise NotXml(_place(error)) from error
    try:
        return _tree(named), remark
    except ParseError as error:
        raise NotXml(_place(error)) from error


def _tree(text: str) -> Element:
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=False, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(text)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise NotXml("The XML declares entities or refers to other files, which is not accepted.") from error
    return root


def _character(name: re.Match[str]) -> str:
    """HTML's names of characters, which many write into XML."""
    known = html.entities.html5.get(f"{name.group(1)};")
    return name.group() if known is None or name.group(1) in _OF_XML else known


def _place(error: ParseError) -> str:
    line, column = error.position
    return f"The XML is broken at line {line}, column {column + 1}."


def text_of(element: Element | None) -> str:
    """All text in it, stripped; empty for None."""
    return "".join(element.itertext()).strip() if element is not None else ""


def child_text(element: Element, path: str) -> str:
    return text_of(element.find(path))


def each(element: Element, *tags: str) -> Iterator[Element]:
    """Its descendants with one of the tags, in the order of the document."""
    return (one for one in element.iter() if one.tag in tags)

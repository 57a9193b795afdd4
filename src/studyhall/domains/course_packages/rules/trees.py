"""XML of strangers: no entities, no outside references, bounded in size and depth."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]

from studyhall.domains.course_packages.rules.package import Refused, shown

DEEPEST = 60
MOST_ELEMENTS = 300_000


class _Bounded(TreeBuilder):
    """Counts while it builds; names lose their namespaces, which differ from version to version."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path, self._depth, self._elements = path, 0, 0

    def start(self, tag: Any, attrs: Any) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST or self._elements > MOST_ELEMENTS:
            raise Refused(f"'{shown(self._path)}' has too many or too deeply nested elements.")
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return super().end(tag.rpartition("}")[2])


def parsed(content: bytes, path: str) -> Element:
    """The outermost element. Raises Refused."""
    parser = DefusedXMLParser(target=_Bounded(path), forbid_dtd=False, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(content)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise Refused(f"'{shown(path)}' declares entities or refers to other files, which is not accepted.") from error
    except (ParseError, ValueError, LookupError) as error:
        raise Refused(f"'{shown(path)}' is broken XML.") from error
    return root


def text_of(element: Element, path: str) -> str:
    """The text of a descendant, on one line; empty when there is none."""
    found = element.find(path)
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


def each(element: Element, tag: str) -> Iterator[Element]:
    """Its children of that name."""
    return (one for one in element if one.tag == tag)

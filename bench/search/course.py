"""The real course as documents: every lesson and every assignment, without Markdown's signs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

from studyhall.domains.search.public import PUBLIC, Document

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "course-iot"
NAMES = UUID("6f7d2a52-3a52-4a39-9c55-3f8f5c8a4b11")

# Signs of Markdown and HTML that are not read; the words of links and code stay.
_SIGNS = (
    (re.compile(r"<[^>\n]*>"), " "),
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"^\s{0,3}(#{1,6}|>|[-*+]|\d+\.)\s+", re.M), ""),
    (re.compile(r"^```.*$", re.M), ""),
    (re.compile(r"^\s*\|?[\s:|-]+\|[\s:|-]*$", re.M), ""),
    (re.compile(r"[*_`|]+"), " "),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the course.

    Attributes:
        lesson: folder of the lesson, from the course's own.
    """

    lesson: str
    file: str
    title: str
    body: str

    @property
    def id(self) -> UUID:
        return uuid5(NAMES, f"{self.lesson}/{self.file}")

    def document(self) -> Document:
        return Document("chapter", self.id, self.title, self.body, frozenset({PUBLIC}))


def pages(folder: Path = SHARED) -> Iterator[Page]:
    """Lessons and assignments in order; nothing where the course is not beside this checkout."""
    for file in sorted(folder.rglob("*.md")):
        text = file.read_text("utf-8")
        heading = re.search(r"^#\s+(.+)$", text, re.M)
        title = plain(heading.group(1)) if heading else file.parent.name
        yield Page(str(file.parent.relative_to(folder)), file.name, title, plain(text))


def plain(markdown: str) -> str:
    """The text without its signs."""
    for pattern, instead in _SIGNS:
        markdown = pattern.sub(instead, markdown)
    return markdown.strip()

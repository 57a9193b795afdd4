"""Files of strangers as text."""

import codecs
from dataclasses import dataclass

from studyhall.domains.chapters.public import LONGEST_MARKDOWN, MOST_CHAPTERS
from studyhall.domains.course_packages.rules.package import Kind, Losses, Refused, shown

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))

MOST_CHARACTERS = 60_000_000
"""Of all chapters of a course; a long book has two."""


@dataclass(slots=True)
class Budget:
    """How much has been read, so that what would be refused at the end is refused before it costs minutes."""

    characters: int = 0
    chapters: int = 0


def bounded_text(content: bytes, path: str, losses: Losses, budget: Budget) -> str | None:
    """The same as `text_of` for a chapter. Raises Refused when it or the whole course is too long."""
    text = text_of(content, path, losses)
    if text is None:
        return None
    budget.characters += len(text)
    budget.chapters += 1
    if len(text) > LONGEST_MARKDOWN:
        raise Refused(f"'{shown(path)}' has {len(text):,} characters; {LONGEST_MARKDOWN:,} is the most for a chapter.")
    if budget.chapters > MOST_CHAPTERS or budget.characters > MOST_CHARACTERS:
        raise Refused(f"A course has {MOST_CHAPTERS:,} chapters and {MOST_CHARACTERS:,} characters at most.")
    return text


def text_of(content: bytes, path: str, losses: Losses) -> str | None:
    """The text with ends of lines as `\\n`; None, and a loss, when it is none."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            try:
                return _plain(content[len(mark) :].decode(name))
            except UnicodeDecodeError:
                break
    if b"\x00" in content:
        losses.add(Kind.FILE, path, "It is not a text file, whatever its name says.", path)
        return None
    try:
        return _plain(content.decode("utf-8"))
    except UnicodeDecodeError:
        losses.add(Kind.CHANGED, path, "It is not UTF-8 and was read as Windows-1252: look at its accents.", path)
        return _plain(content.decode("cp1252", errors="replace"))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL)

"""What reading gives: pages of words and lines; how it is refused; and the reader that reads nothing, for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Point = tuple[float, float]
"""Pixels from the page's left and upper edge."""


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of text that stands in one line: a word, or several.

    Attributes:
        box: its four corners, clockwise as the page is seen, from its upper left one.
        confidence: 0 to 1; text that a PDF file itself holds has 1.
    """

    text: str
    box: tuple[Point, Point, Point, Point]
    confidence: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight edge: a ruled line, or the border of a coloured field."""

    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class Page:
    """One page, or one picture. `words` and `segments` have no order."""

    width: float
    height: float
    words: tuple[Word, ...]
    segments: tuple[Segment, ...] = ()


class OcrError(Exception):
    """It could not be read; the text may be shown to the person whose file it is."""


class FileRefused(OcrError):
    """The file itself is the reason: damaged, encrypted, too large. Trying again cannot help.

    Attributes:
        reason: short lasting name, e.g. `encrypted`.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class OcrUnavailable(OcrError):
    """The reader is down, too slow or not installed. Trying again may help."""


class Ocr(Protocol):
    """Reads pictures (PNG, JPEG, GIF, WebP) and PDF files."""

    async def read(self, content: bytes) -> list[Page]:
        """The pages of a file, told apart by its content; never inside a unit of work.

        Raises:
            FileRefused: it is no such file, or one that must not be opened.
            OcrUnavailable: it could not be read now.
        """
        ...

    async def close(self) -> None:
        """Let go of processes and connections."""
        ...


class NullOcr:
    """Answers what it was given, whatever the file; without pages there is no reader."""

    def __init__(self, pages: Sequence[Page] | None = None, error: OcrError | None = None) -> None:
        self._pages, self._error = pages, error

    async def read(self, content: bytes) -> list[Page]:
        if self._error is not None:
            raise self._error
        if self._pages is None:
            raise OcrUnavailable("This server has no reader for pictures.")
        return list(self._pages)

    async def close(self) -> None:
        """Nothing is held."""

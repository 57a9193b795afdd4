"""From bytes to rows: encodings, separators, and the limits that keep a hostile file small."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

MOST_BYTES = 5_000_000
MOST_ROWS = 5_000
MOST_COLUMNS = 500
LONGEST_CELL = 20_000
MOST_LINES_OF_A_CELL = 20
SEPARATORS = (",", ";", "\t", "|")

_BINARY = {
    b"PK\x03\x04": "This is an Excel file or another archive",
    b"\xd0\xcf\x11\xe0": "This is an old Excel file",
    b"\x1f\x8b": "This is a compressed file",
    b"BZh": "This is a compressed file",
    b"\xfd7zXZ": "This is a compressed file",
    b"\x28\xb5\x2f\xfd": "This is a compressed file",
    b"7z\xbc\xaf": "This is a compressed file",
    b"%PDF": "This is a PDF",
    b"\x89PNG": "This is an image",
    b"\xff\xd8\xff": "This is an image",
}


class Unreadable(ValueError):
    """The whole file is refused; the message says why."""


class TooBig(Unreadable):
    """The file is larger than a gradebook can be."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows with their numbers as a spreadsheet shows them. The header is one of them.

    Attributes:
        header_row: number of the header.
        separator: what stood between the cells.
    """

    header: list[str]
    header_row: int
    rows: list[tuple[int, list[str]]]
    separator: str


def read_sheet(content: bytes) -> Sheet:
    """Cells without the blanks around them; empty rows are left out but counted.

    Raises:
        Unreadable, TooBig: it is no text table, or one too large.
    """
    text = _decode(content)
    first_line, _, rest = text.partition("\n")
    named = first_line.strip().strip('"').casefold()
    told = named[4:5] if named.startswith("sep=") and len(named) == 5 else None
    separator, skipped = (told, 1) if told else (_separator_of(text), 0)
    rows = list(_rows(rest if told else text, separator, skipped))
    if not rows:
        raise Unreadable("The file is empty.")
    number, header = rows[0]
    if len(set(header) - {""}) < 2:
        raise Unreadable("The first line must name the columns, separated by commas, semicolons or tabs.")
    return Sheet(header, number, rows[1:], separator)


def _decode(content: bytes) -> str:
    """UTF-8, UTF-16 with or without its mark, else Windows-1252, which is what Excel writes in Western Europe."""
    if len(content) > MOST_BYTES:
        raise TooBig(f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
    for magic, what in _BINARY.items():
        if content.startswith(magic):
            raise Unreadable(f"{what}, not a CSV file. Save it as CSV and try again.")
    text = _text_of(content)
    if "\x00" in text:
        raise Unreadable("This is not a text file. Save it as CSV and try again.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text_of(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _strictly(content, "utf-16")
    # Latin letters in UTF-16 have a zero in every other byte.
    if content[1:2] == b"\x00" and content[:1] != b"\x00":
        return _strictly(content, "utf-16-le")
    if content[:1] == b"\x00" and content[1:2] != b"\x00":
        return _strictly(content, "utf-16-be")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("The file is broken: it is not the text that it begins as.") from error


def _separator_of(text: str) -> str:
    """The one that makes most columns of the first line that is not empty."""
    first = next((line for line in text.split("\n", 50)[:50] if line.strip()), "")[: MOST_COLUMNS * 300]
    counts = {separator: _width(first, separator) for separator in SEPARATORS}
    return max(SEPARATORS, key=lambda separator: counts[separator])


def _width(line: str, separator: str) -> int:
    return len(next(csv.reader([line], delimiter=separator), []))


def _rows(text: str, separator: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    taken = 0
    number = skipped
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(f"Row {number} cannot be read: a quotation mark is open or a cell is huge.") from error
        if len(cells) > MOST_COLUMNS:
            raise TooBig(f"Row {number} has more than {MOST_COLUMNS} columns.")
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise Unreadable(f"Row {number} has a cell of more than {LONGEST_CELL} characters.")
        if any(cell.count("\n") > MOST_LINES_OF_A_CELL for cell in cells):
            raise Unreadable(f"Row {number} has a quotation mark that is never closed.")
        plain = [" ".join(cell.split()) for cell in cells]
        if not any(plain):
            continue
        taken += 1
        if taken > MOST_ROWS + 1:
            raise TooBig(f"The file has more than {MOST_ROWS} rows. Split it.")
        yield number, plain

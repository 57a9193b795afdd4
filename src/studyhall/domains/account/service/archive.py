"""The zip: rows and files pass through temporary files, so that its size costs disk and not memory.

The temporary files have no name on disk: whatever happens to this process, nothing of them stays.
"""

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import orjson

from studyhall.domains.account import rules

PIECE_BYTES = 256 * 1024
_AS_JSON = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it spreadsheets take UTF-8 for something older


@dataclass(frozen=True, slots=True)
class Stream:
    """Rows of one kind, as lines of JSON in the spool.

    Attributes:
        start, end: where they lie.
        columns: every name that a row has, in the order of their first coming.
    """

    name: str
    rows: int
    start: int
    end: int
    columns: Sequence[str]


class Spool:
    """Rows on their way: written while the transaction is open, read when it is closed."""

    def __init__(self, folder: Path) -> None:
        self._file = temporary(folder)
        self.streams: list[Stream] = []

    def begin(self, name: str) -> None:
        """What is added from now on is of that kind."""
        self._name, self._start, self._rows = name, self._file.tell(), 0
        self._columns: dict[str, None] = {}

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            self._columns.update(dict.fromkeys(row))
            self._file.write(orjson.dumps(dict(row), default=rules.plain, option=_AS_JSON))
            self._rows += 1

    def end(self) -> None:
        """No more of that kind; one without rows is told too, so that nobody has to guess."""
        self.streams.append(Stream(self._name, self._rows, self._start, self._file.tell(), tuple(self._columns)))

    def lines(self, stream: Stream) -> Iterator[bytes]:
        """The rows of a stream, each as one line of JSON."""
        self._file.seek(stream.start)
        for _ in range(stream.rows):
            yield self._file.readline().rstrip(b"\n")

    def close(self) -> None:
        self._file.close()


class Archive:
    """The zip while it is written. Everything here blocks: call it off the event loop."""

    def __init__(self, folder: Path) -> None:
        self.file = temporary(folder)
        self._zip = ZipFile(self.file, "w", ZIP_DEFLATED, allowZip64=True)

    def add_stream(self, spool: Spool, stream: Stream) -> None:
        """The same rows twice: as JSON for programs, as CSV for spreadsheets."""
        with self._zip.open(f"data/{stream.name}.json", "w", force_zip64=True) as entry:
            entry.write(b"[")
            for number, line in enumerate(spool.lines(stream)):
                entry.write((b",\n" if number else b"\n") + line)
            entry.write(b"\n]\n")
        with (
            self._zip.open(f"data/{stream.name}.csv", "w", force_zip64=True) as entry,
            io.TextIOWrapper(entry, encoding="utf-8", newline="") as text,
        ):
            text.buffer.write(_BYTE_ORDER_MARK)
            table = csv.writer(text)
            table.writerow(stream.columns)
            for line in spool.lines(stream):
                row = orjson.loads(line)
                table.writerow([rules.cell(row.get(column)) for column in stream.columns])

    def open_file(self, path: str, *, is_packed: bool) -> IO[bytes]:
        """An entry to write a stored file into; what is packed already is not packed again."""
        entry = ZipInfo(path)
        entry.compress_type = ZIP_STORED if is_packed else ZIP_DEFLATED
        return self._zip.open(entry, "w", force_zip64=True)

    def add_text(self, path: str, content: bytes) -> None:
        self._zip.writestr(path, content)

    def finish(self) -> int:
        """Write the directory of entries; answers the size of the whole."""
        self._zip.close()
        size = self.file.tell()
        self.file.seek(0)
        return size

    def close(self) -> None:
        self._zip.close()
        self.file.close()


def temporary(folder: Path) -> IO[bytes]:
    """A file without a name; it takes no memory, because the data folder is on a disk."""
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder)


async def pieces(file: IO[bytes], read: Any) -> AsyncIterator[bytes]:
    """The content in pieces; `read` runs a blocking call elsewhere."""
    while piece := await read(file.read, PIECE_BYTES):
        yield piece

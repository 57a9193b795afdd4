"""Zips of strangers: checked whole before the first byte is unpacked, and again while it is.

The format is PKWARE's APPNOTE 6.3. Nothing is ever written to a path that an archive names: entries are read into
memory one at a time, within a limit, or passed on in pieces.
"""

import re
import stat
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from studyhall.domains.course_packages.rules.package import Refused, shown

MOST_ENTRIES = 50_000
MOST_DIRECTORY_BYTES = 16_000_000
MOST_BYTES = 1_000_000_000
MOST_ENTRY_BYTES = 200_000_000
MOST_TEXT_BYTES = 20_000_000
MOST_RATIO = 200
RATIO_FROM = 5_000_000
DEEPEST = 20
LONGEST_PATH = 400
LONGEST_SEGMENT = 255
PIECE = 256 * 1024

_ENCRYPTED, _UTF8 = 0x1, 0x800
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_END_BYTES, _LONGEST_COMMENT = 22, 65_535
DAMAGED = "The zip is damaged, or is no zip."


class Archive:
    """The files of a zip by their paths, as text that may be shown and compared. Blocks: use it in a thread."""

    def __init__(self, file: IO[bytes]) -> None:
        """Check everything that the directory of the zip tells. Raises Refused."""
        _check_directory(file)
        try:
            self._zip = ZipFile(file)
        except UnicodeDecodeError as error:
            raise Refused("A file in the zip has a name that is marked as UTF-8 and is none.") from error
        except (BadZipFile, NotImplementedError, OSError, ValueError, struct.error) as error:
            raise Refused(DAMAGED) from error
        self._entries: dict[str, ZipInfo] = {}
        total = 0
        for entry in self._zip.infolist():
            path = _checked(entry)
            total += entry.file_size
            if total > MOST_BYTES:
                raise Refused(f"Unpacked the zip would have more than {MOST_BYTES // 1_000_000:,} MB.")
            if entry.is_dir():
                continue
            if path in self._entries:
                raise Refused(f"The zip holds '{shown(path)}' twice.")
            self._entries[path] = entry
        _check_folders(self._entries)

    @property
    def paths(self) -> list[str]:
        """In the order of the zip."""
        return list(self._entries)

    def size(self, path: str) -> int:
        return self._entries[path].file_size

    def read(self, path: str, most: int = MOST_TEXT_BYTES) -> bytes:
        """The content. Raises Refused when it has more bytes than `most`, or cannot be unpacked."""
        if self.size(path) > most:
            raise Refused(f"'{shown(path)}' has {self.size(path):,} bytes; {most:,} is the most for such a file.")
        return b"".join(self.pieces(path))

    def pieces(self, path: str) -> Iterator[bytes]:
        """The content, bit by bit; what is longer than declared or has another checksum is refused."""
        entry = self._entries[path]
        try:
            with self._zip.open(entry) as content:
                while piece := content.read(PIECE):
                    yield piece
        except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
            raise Refused(f"'{shown(path)}' cannot be unpacked: the zip is damaged.") from error


def _check_directory(file: IO[bytes]) -> None:
    """Look at the end record first: a directory of a million names must not even be read."""
    size = file.seek(0, 2)
    start = max(0, size - _END_BYTES - _LONGEST_COMMENT)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise Refused(DAMAGED)
    entries, length = struct.unpack_from("<HI", tail, at + 10)
    if at >= 20 and tail[at - 20 : at - 16] == _LOCATOR_64:
        (where,) = struct.unpack_from("<Q", tail, at - 12)
        file.seek(min(where, size))
        record = file.read(56)
        if len(record) == 56 and record.startswith(_END_64):
            entries, length = struct.unpack_from("<QQ", record, 32)
    if entries > MOST_ENTRIES or length > MOST_DIRECTORY_BYTES:
        raise Refused(f"The zip has more than {MOST_ENTRIES:,} files. Leave out what is no part of the course.")
    file.seek(0)


def _checked(entry: ZipInfo) -> str:
    """The entry's path. Raises Refused for everything that is not a plain file or folder inside the archive."""
    path = _path_of(entry)
    if not path and entry.is_dir():
        return path
    name = shown(path)
    segments = path.rstrip("/").split("/")
    if "\\" in path or path.startswith("/") or (len(path) > 1 and path[1] == ":"):
        raise Refused(f"'{name}' is not a path inside the zip.")
    if any(segment in ("", ".", "..") for segment in segments):
        raise Refused(f"'{name}' leads out of the zip.")
    if len(path) > LONGEST_PATH or len(segments) > DEEPEST or any(len(one) > LONGEST_SEGMENT for one in segments):
        raise Refused(f"'{name}' is named too long or lies too deep in folders.")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused(f"'{name}' is a link or a device, not a file.")
    if entry.flag_bits & _ENCRYPTED:
        raise Refused("The zip is encrypted. Make one without a password.")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Refused(f"'{name}' is packed in an unusual way. Make an ordinary zip (deflate).")
    if entry.file_size > MOST_ENTRY_BYTES:
        raise Refused(f"'{name}' would have {entry.file_size:,} bytes; {MOST_ENTRY_BYTES:,} is the most.")
    if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
        raise Refused(f"'{name}' grows more than {MOST_RATIO} times when it is unpacked, as no course does.")
    return path


def _path_of(entry: ZipInfo) -> str:
    """The name as it was meant: many tools write UTF-8 without saying so, which then reads as code page 437."""
    raw = entry.orig_filename
    if not entry.flag_bits & _UTF8:
        with suppress(UnicodeError):
            raw = raw.encode("cp437").decode("utf-8")
    if not raw.isprintable():
        raise Refused(f"'{shown(raw)}' has a name with characters that no name may have.")
    # Some tools name everything from the folder that they stand in; the folder itself becomes nothing.
    return re.sub(r"^(?:\./+)+", "", unicodedata.normalize("NFC", raw))


def _check_folders(entries: dict[str, ZipInfo]) -> None:
    for path in entries:
        above = path
        while "/" in above:
            above = above.rpartition("/")[0]
            if above in entries:
                raise Refused(f"The zip holds '{shown(above)}' both as a file and as a folder.")

"""What a file is by its content, what it may be called, and which part of it is asked for."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

HEAD_BYTES = 16 * 1024
"""How much of a file's start `kind_of` looks at."""

LONGEST_NAME = 255
ADDRESS_LIFETIME = timedelta(minutes=10)

PNG, JPEG, GIF, WEBP, PDF = "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"
ZIP, TEXT, CALENDAR, UNKNOWN = "application/zip", "text/plain", "text/calendar", "application/octet-stream"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OFFICE}wordprocessingml.document"
PPTX = f"{_OFFICE}presentationml.presentation"
XLSX = f"{_OFFICE}spreadsheetml.sheet"

RASTER = frozenset({PNG, JPEG, GIF, WEBP})
SHOWN_INLINE = RASTER | {PDF}
"""Only these may be shown by a browser in our name; everything else is handed over as a download."""

EXTENSIONS = {
    PNG: "png",
    JPEG: "jpg",
    GIF: "gif",
    WEBP: "webp",
    PDF: "pdf",
    ZIP: "zip",
    TEXT: "txt",
    CALENDAR: "ics",
    DOCX: "docx",
    PPTX: "pptx",
    XLSX: "xlsx",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "video/webm": "webm",
    "video/mp4": "mp4",
}

# Where the format's own description puts its mark.
_MARKS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"GIF87a", GIF),
    (0, b"GIF89a", GIF),
    (8, b"WEBP", WEBP),
    (8, b"WAVE", "audio/wav"),
    (0, b"%PDF-", PDF),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (4, b"ftyp", "video/mp4"),
)
_OFFICE_PARTS = ((b"word/", DOCX), (b"ppt/", PPTX), (b"xl/", XLSX))
_CONTROL = frozenset(range(32)) - {9, 10, 12, 13, 27}
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def kind_of(head: bytes) -> str:
    """The media type that the first bytes of a file show; what a client calls it does not count.

    `head` is the file's start, `HEAD_BYTES` long or the whole file. Unknown content is `application/octet-stream`.
    """
    for offset, mark, kind in _MARKS:
        if head.startswith(mark, offset) and (offset == 0 or kind == "video/mp4" or head.startswith(b"RIFF")):
            return _office_kind(head) if kind == ZIP else kind
    return _text_kind(head) if _is_text(head) else UNKNOWN


def _office_kind(head: bytes) -> str:
    """Office files are zips whose first entries name their parts (ECMA-376, part 2)."""
    if b"[Content_Types].xml" in head:
        for part, kind in _OFFICE_PARTS:
            if part in head:
                return kind
    return ZIP


def _is_text(head: bytes) -> bool:
    if not head or _CONTROL.intersection(head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # The cut may go through the last character.
        return len(head) >= HEAD_BYTES and error.end == len(head) and error.start >= len(head) - 3
    return True


def _text_kind(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].upper()
    return CALENDAR if start == b"BEGIN:VCALENDAR" else TEXT


def clean_name(name: str | None, kind: str) -> str:
    """A file name to show and to download by: without folders and control characters, never empty, 255 at most."""
    last = re.split(r"[/\\]", name or "")[-1]
    shown = "".join(char for char in unicodedata.normalize("NFC", last) if char.isprintable()).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    if not shown:
        return f"file.{EXTENSIONS.get(kind, 'bin')}"
    if len(shown) <= LONGEST_NAME:
        return shown
    ending = f".{ending}" if dot and len(ending) <= 10 else ""
    return (stem if ending else shown)[: LONGEST_NAME - len(ending)] + ending


def disposition(name: str, kind: str) -> str:
    """The Content-Disposition header (RFC 6266, names by RFC 8187)."""
    how = "inline" if kind in SHOWN_INLINE else "attachment"
    plain = re.sub(r'[^ -~]|["\\%]', "_", unicodedata.normalize("NFKD", name).encode("ascii", "replace").decode())
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def requested_range(header: str | None, size: int, refuse: Callable[[], Exception]) -> tuple[int, int] | None:
    """The part that a Range header asks for (RFC 9110, 14.2): first byte, and the one after the last.

    None means the whole file: no header, one that asks for several parts, or one that is not understood.
    What `refuse` makes is raised when no byte of the range exists.
    """
    found = _RANGE.fullmatch((header or "").replace(" ", ""))
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if first == "":
        wanted = int(last)
        if wanted == 0 or size == 0:
            raise refuse()
        return max(0, size - wanted), size
    if last != "" and int(last) < int(first):
        return None
    if int(first) >= size:
        raise refuse()
    return int(first), size if last == "" else min(int(last) + 1, size)


def address_expiry(now: datetime) -> datetime:
    """When an address made now ends: the same for all made within one lifetime, so that pages and their ETags stay
    the same, and after at least one and at most two lifetimes."""
    passed = now.astimezone(UTC).timestamp() // ADDRESS_LIFETIME.total_seconds()
    return datetime.fromtimestamp((passed + 2) * ADDRESS_LIFETIME.total_seconds(), UTC)

"""Bytes to text, whatever wrote them."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNDECLARED = "The file is not UTF-8; it was read as Windows-1252, so look at its accents."
_UNREADABLE = "This is not a text file, or its encoding is unknown. Save it as UTF-8."
# What a text may hold besides what can be seen.
_CONTROL = re.compile("[\0-\x08\x0e-\x1f]")


def plain(text: str) -> str:
    """Without control characters, which no text file and no XML may hold."""
    return _CONTROL.sub("", text.replace("\x0b", "\n").replace("\x0c", "\n"))


def decoded(content: bytes, declared: str | None = None) -> tuple[str, str | None]:
    """The text with ends of lines as `\\n`, and a remark where the encoding had to be guessed.

    A byte order mark counts most, then the declared encoding, then UTF-8, then what Windows writes.

    Raises:
        ValueError: with a sentence for the person, when no reading gives a text.
    """
    for mark, name in _BOMS:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], name), None
    for name in filter(None, (declared, "utf-8", _unmarked(content))):
        try:
            return _strictly(content, name), None
        except (ValueError, LookupError):
            continue
    return _strictly(content, "cp1252"), _UNDECLARED


def _unmarked(content: bytes) -> str | None:
    """UTF-16 without a mark shows as a NUL in every second place."""
    head = content[:400]
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) > len(head) // 4 else None


def _strictly(content: bytes, name: str) -> str:
    try:
        text = content.decode(name)
    except UnicodeDecodeError as error:
        raise ValueError(_UNREADABLE) from error
    if _CONTROL.search(text):
        raise ValueError(_UNREADABLE)
    return text.replace("\r\n", "\n").replace("\r", "\n")

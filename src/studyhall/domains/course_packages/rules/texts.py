"""Files of strangers as text."""

import codecs

from studyhall.domains.course_packages.rules.package import Kind, Losses

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))


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

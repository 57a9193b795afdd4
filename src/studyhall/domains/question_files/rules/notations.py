"""Texts as the formats write them, to Markdown."""

import re

from studyhall.domains.questions.public import html_as_markdown, plain_as_markdown

_MARKED_UP = re.compile(
    r"<(?:[a-zA-Z][a-zA-Z0-9]*(?:\s|/|>)|/[a-zA-Z])|&(?:[a-zA-Z]{2,31}|#\d{1,7}|#x[0-9a-fA-F]{1,6});"
)
_FILE_IN_PACKAGE = re.compile(r"(?:@@PLUGINFILE@@|\$IMS-CC-FILEBASE\$|%24IMS-CC-FILEBASE%24)/?([^\"'\s)>]{1,300})")
_DATA = re.compile(r"[\"'(]data:([\w/+.-]{1,60})[;,]")
_STYLED = re.compile(r"<[^<>]{0,500}\sstyle\\?=", re.IGNORECASE)
_ACTIVE = re.compile(r"<(script|iframe|object|embed|form|input|video|audio|style)\b", re.IGNORECASE)

# What is longer than any text may be is refused anyway, so nobody converts it.
LONGEST = 200_000
MARKDOWN, HTML, PLAIN, MOODLE = "markdown", "html", "plain", "moodle"


def as_markdown(text: str, notation: str) -> str:
    """Markdown that shows what the text showed.

    Args:
        notation: `markdown`, `html`, `plain`, or `moodle` (its auto-format: HTML in which line ends count).
    """
    if notation == MARKDOWN or len(text) > LONGEST:
        return text.strip()
    if notation == HTML:
        return html_as_markdown(text)
    if notation == MOODLE and _MARKED_UP.search(text):
        return html_as_markdown(text.strip().replace("\n", "<br>\n"))
    return plain_as_markdown(text)


def left_behind(text: str) -> list[str]:
    """What of a text does not come along: files of the package, embedded pictures, active content; a sentence each."""
    files = [f"The file {name} is not carried." for name in dict.fromkeys(_FILE_IN_PACKAGE.findall(text))]
    data = [f"An embedded file ({kind}) is not carried." for kind in _DATA.findall(text)]
    active = [f"Active content (<{tag.lower()}>) is removed." for tag in dict.fromkeys(_ACTIVE.findall(text))]
    styled = ["Colours and other styling of its own are removed."] if _STYLED.search(text) else []
    return files + data + active + styled

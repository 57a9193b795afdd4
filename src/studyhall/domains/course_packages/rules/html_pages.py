"""Web pages of a cartridge as Markdown: safe HTML in one block, which a chapter shows as it stands."""

import re
from html import unescape

import nh3

_TITLE = re.compile(r"<title[^>]{0,200}>(.{0,1000}?)</title>", re.IGNORECASE | re.DOTALL)
_BODY = re.compile(r"<body[^>]{0,2000}>(.*?)(?:</body\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
    ]
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}


def title_of(html: str) -> str:
    """What the page calls itself."""
    found = _TITLE.search(html)
    return " ".join(unescape(re.sub(r"<[^<>]{0,200}>", "", found[1])).split()) if found else ""


def body_of(html: str) -> str:
    """What is between the body's tags, or all of it."""
    found = _BODY.search(html)
    return found[1] if found else html


def as_markdown(html: str) -> str:
    """CommonMark takes a `div` without blank lines inside as it stands; an entity for a line's end shows the same."""
    clean = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags={"script", "style"},
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto", "image", "chapter"},
        link_rel=None,
    ).strip()
    if not clean:
        return ""
    joined = re.sub(r"\n[ \t]*(?=\n)", "&#10;", clean)
    return f"<div>\n{joined}\n</div>"

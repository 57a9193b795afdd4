"""Markdown to safe HTML: pure, whatever the text tries.

CommonMark 0.31 with tables, strikethrough, fenced code and dollar math, by markdown-it; what comes out, raw HTML
included, goes through an allow-list (nh3, which parses as browsers do). Math stays TeX in marked elements
(`<span class="math inline">`, `<div class="math block">`) that a client typesets.
"""

import html as entities
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any
from urllib.parse import quote, unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

LONGEST_MARKDOWN = 300_000
LONGEST_HTML = 3_000_000
LONGEST_ADDRESS = 2_000
DEEPEST_HTML = 200
MOST_HEADINGS = 1_000
LONGEST_HEADING = 200

ANCHOR = "s-"
"""Stands before every anchor, so that no heading takes the id of something that the page itself uses."""

IMAGE = "image:"

_NAMES = re.compile(r"\w+")


def _names(text: str) -> frozenset[str]:
    return frozenset(_NAMES.findall(text))


_TAGS = _names(
    "a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins "
    "kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var"
)
# With everything inside: what is in there was never meant as text.
_GONE_WHOLE = _names("iframe math noembed noframes noscript object script style svg template textarea title")
# These close by themselves, so that many of them open are no nesting.
_FLAT = _names("area base br col dd dt hr img input li link meta p source td th tr track wbr")
_MARK = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ATTRIBUTES: Mapping[str, set[str]] = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "code": {"class"},
    "details": {"open"},
    "div": {"class"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "span": {"class"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    **{heading: {"id"} for heading in _HEADINGS},
}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
_CHAPTER = re.compile(r"chapter:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=#|$)")
_NUMBER = re.compile(r"[0-9]{1,5}")
# What an attribute may look like, where not everything is harmless.
_FORMS: Mapping[str, re.Pattern[str]] = {
    "class": re.compile(r"math inline|math block|language-[\w+#.-]{1,40}"),
    "id": re.compile(rf"{ANCHOR}[\w-]+"),
    "align": re.compile(r"left|right|center"),
    **dict.fromkeys(("width", "height", "colspan", "rowspan", "start"), _NUMBER),
}
_PLACEHOLDER = re.compile(rf'(<img(?: [a-z-]+="[^"]*")*? src=")({IMAGE}([A-Za-z0-9._~%-]+))(")')


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `anchor` is its id in the HTML."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text, ready to be shown and searched.

    Attributes:
        html: sanitised; images stand in it as `image:<name>` until `with_addresses`.
        text: what a reader reads, without marks; blocks are lines.
        images: names of the images that are called, in order, each once.
        refused_images: sources of images that are not ours, which are links or plain text now.
    """

    html: str
    text: str
    headings: tuple[Heading, ...]
    images: tuple[str, ...]
    refused_images: tuple[str, ...]

    @property
    def words(self) -> int:
        return len(self.text.split())


class RenderingTooLarge(Exception):
    """The text would become much larger than it is, or nests more deeply than anybody writes."""


def render(markdown: str) -> Rendered:
    """The text as safe HTML, plain text and headings.

    Takes milliseconds for an ordinary chapter and up to seconds for the longest: keep the long ones off the loop.

    Args:
        markdown: `LONGEST_MARKDOWN` characters at most.

    Raises:
        RenderingTooLarge: the HTML would be longer than `LONGEST_HTML`, e.g. because one long link is used everywhere,
            or its raw tags nest deeper than `DEEPEST_HTML`, which costs the sanitiser time in squares.
    """
    env: dict[str, Any] = {}
    tokens = _parser().parse(markdown, env)
    if sum(_weight(token) for token in tokens) > LONGEST_HTML or _depth(tokens) > DEEPEST_HTML:
        raise RenderingTooLarge
    headings = _anchored(tokens)
    _aligned(tokens)
    refused: dict[str, None] = {}
    env["refused"] = refused
    raw = _parser().renderer.render(tokens, _parser().options, env)
    images: dict[str, None] = {}
    html = nh3.clean(
        raw,
        tags=set(_TAGS),
        clean_content_tags=set(_GONE_WHOLE),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filter(images, refused),
        url_schemes={"http", "https", "mailto", "chapter", IMAGE.rstrip(":")},
        link_rel="nofollow noopener noreferrer",
    )
    if len(html) > LONGEST_HTML:
        raise RenderingTooLarge
    return Rendered(html, _plain(html), headings, tuple(images), tuple(refused))


def image_name(source: str) -> str | None:
    """The name of a course's image that a source calls: `image:x.png`, or relative, `x.png`, `./img/x.png`.

    None for every other address: images come from our own storage only.
    """
    wanted = unquote(source.strip())
    if wanted.lower().startswith(IMAGE):
        wanted = wanted[len(IMAGE) :]
    elif _SCHEME.match(wanted) or wanted.startswith(("/", "\\", "#")):
        return None
    else:
        wanted = re.split(r"[?#]", wanted)[0]
    wanted = wanted.removeprefix("./").strip()
    if not wanted or len(wanted) > 255 or not wanted.isprintable():
        return None
    return wanted


def with_addresses(html: str, address_of: Callable[[str], str | None]) -> str:
    """The HTML with an address for each image; one without an address leaves its text."""

    def put(found: re.Match[str]) -> str:
        address = address_of(unquote(found[3]))
        return f"{found[1]}{entities.escape(address)}{found[4]}" if address else found[1].removesuffix(' src="')

    return _PLACEHOLDER.sub(put, html)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    parser.validateLink = lambda url: len(url) <= LONGEST_ADDRESS  # type: ignore[method-assign]  # nh3 judges the rest
    parser.add_render_rule("image", _image)
    return parser


def _weight(token: Token) -> int:
    """About how long a token becomes."""
    own = len(token.content) + sum(len(str(value)) for value in token.attrs.values()) + 16
    return own + sum(_weight(child) for child in token.children or ())


def _depth(tokens: Sequence[Token]) -> int:
    """How deeply the raw HTML nests."""
    deepest = depth = 0
    for token in tokens:
        for piece in (token, *(token.children or ())):
            if piece.type not in ("html_block", "html_inline"):
                continue
            for closing, name in _MARK.findall(piece.content):
                if name.lower() not in _FLAT:
                    depth = max(0, depth - 1) if closing else depth + 1
                    deepest = max(deepest, depth)
    return deepest


def _anchored(tokens: Sequence[Token]) -> tuple[Heading, ...]:
    """Give each heading an anchor of its own, made from its text as most sites do."""
    headings: list[Heading] = []
    taken: dict[str, int] = {}
    for opening, inside in pairwise(tokens):
        if opening.type != "heading_open" or len(headings) == MOST_HEADINGS:
            continue
        shown = " ".join(_spoken(inside).split())[:LONGEST_HEADING]
        slug = slug_of(shown) or "section"
        taken[slug] = taken.get(slug, -1) + 1
        anchor = f"{ANCHOR}{slug}" if taken[slug] == 0 else f"{ANCHOR}{slug}-{taken[slug]}"
        while taken[slug] and anchor[len(ANCHOR) :] in taken:
            taken[slug] += 1
            anchor = f"{ANCHOR}{slug}-{taken[slug]}"
        taken.setdefault(anchor[len(ANCHOR) :], 0)
        opening.attrs["id"] = anchor
        headings.append(Heading(int(opening.tag[1]), shown, anchor))
    return tuple(headings)


def slug_of(text: str) -> str:
    """Lower case, words joined by hyphens, nothing but letters, digits, hyphens and underscores."""
    plain = unicodedata.normalize("NFC", text).lower()
    return re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", plain).strip())


def _spoken(token: Token) -> str:
    if token.children:
        return "".join(_spoken(child) for child in token.children)
    return "" if token.type == "html_inline" else token.content or (" " if token.type.endswith("break") else "")


def _aligned(tokens: Sequence[Token]) -> None:
    """Cells say how they stand by `align`: styles are not let through."""
    for token in tokens:
        if token.type in ("td_open", "th_open") and "style" in token.attrs:
            token.attrs["align"] = str(token.attrs.pop("style")).removeprefix("text-align:")


def _image(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, env: dict[str, Any]) -> str:
    """An image of ours, or in place of any other a link to it, or only its text."""
    token = tokens[index]
    source = str(token.attrs.get("src", ""))
    shown = entities.escape(_spoken(token))
    name = image_name(source)
    if name is not None:
        title = token.attrs.get("title")
        more = f' title="{entities.escape(str(title))}"' if title else ""
        return f'<img src="{_placeholder(name)}" alt="{shown}"{more}>'
    env["refused"][source[:LONGEST_ADDRESS]] = None
    return f'<a href="{entities.escape(source)}">{shown or "image"}</a>' if _LINK.match(source) else shown


def _placeholder(name: str) -> str:
    return IMAGE + quote(name, safe="")


def _filter(images: dict[str, None], refused: dict[str, None]) -> Callable[[str, str, str], str | None]:
    """What an attribute may say: the value, another, or None to drop it. Notes the images on its way."""

    def filtered(tag: str, attribute: str, value: str) -> str | None:
        if (tag, attribute) == ("img", "src"):
            name = image_name(value)
            if name is None:
                refused[value[:LONGEST_ADDRESS]] = None
                return None
            images[name] = None
            return _placeholder(name)
        if attribute == "href":
            return _target(value)
        form = _FORMS.get(attribute)
        return value if form is None or form.fullmatch(value) else None

    return filtered


def _target(href: str) -> str | None:
    """Links lead outside, to an address, to a heading of the same chapter, or by `chapter:<id>` to another chapter,
    which the client opens; never into our own pages."""
    chapter = _CHAPTER.match(href)
    if href.startswith("#") or (chapter is not None and "#" in href):
        before, _, fragment = href.partition("#")
        return f"{before}#{ANCHOR}{unquote(fragment).lower().removeprefix(ANCHOR)}"
    if chapter is not None:
        return href
    return href if _LINK.match(href) and len(href) <= LONGEST_ADDRESS else None


def _plain(html: str) -> str:
    text = entities.unescape(nh3.clean(html, tags=set(), clean_content_tags=set(_GONE_WHOLE)))
    lines = [" ".join(line.split()) for line in text.replace("\x00", "").splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

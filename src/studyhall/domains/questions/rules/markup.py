"""Texts of questions: Markdown to sanitised HTML, and other notations to Markdown that shows the same."""

import re
from collections.abc import Sequence
from functools import cache
from html import unescape

import nh3
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from studyhall.domains.questions.rules.drafts import (
    Body,
    Choices,
    Draft,
    Matching,
    Numeric,
    Ordering,
    ShortAnswer,
    TrueFalse,
    keys,
    options,
)

_TAGS = frozenset(
    re.findall(
        r"\w+",
        "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5"
        " h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub summary sup table tbody"
        " td tfoot th thead tr tt u ul var",
    )
)
_ATTRIBUTES = {
    "*": {"title", "lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "code": {"class"},
    "span": {"class"},
    "div": {"class"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
}
_CLASSES = re.compile(r"language-[\w+-]{1,40}|math( inline| block)?")
_DEEPEST = 20


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    return parser.use(dollarmath_plugin, double_inline=True)


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "class" and not _CLASSES.fullmatch(value):
        return None
    return value


def sanitised(html: str) -> str:
    """What is safe to show of the HTML: no script, style, form, frame or event handler; addresses of the web only."""
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def rendered(markdown: str) -> str:
    """Sanitised HTML of the Markdown (CommonMark with tables and math)."""
    return sanitised(_markdown().render(markdown)).strip() if markdown else ""


def rendered_texts(draft: Draft) -> dict[str, str]:
    """HTML of every text of a question: `text`, `feedback` ones, and those of the body by key.

    Feedback of a part stands under `feedback:<key>`; of the n-th accepted answer under `feedback:<n>`.
    """
    texts = {"text": draft.text}
    for name in ("general", "correct", "partial", "incorrect"):
        texts[f"feedback:{name}"] = getattr(draft.feedback, name)
    texts |= _texts_of(draft.body)
    return {name: rendered(text) for name, text in texts.items() if text}


def _texts_of(body: Body) -> dict[str, str]:
    match body:
        case Choices():
            named = list(zip(keys([one.text for one in body.choices], "choice"), body.choices, strict=True))
            return {key: choice.text for key, choice in named} | {
                f"feedback:{key}": choice.feedback for key, choice in named
            }
        case TrueFalse():
            return {"feedback:true": body.feedback_true, "feedback:false": body.feedback_false}
        case ShortAnswer() | Numeric():
            return _feedback_by_number([accepted.feedback for accepted in body.answers])
        case Matching():
            paired = list(zip(keys([one.prompt for one in body.pairs], "prompt"), body.pairs, strict=True))
            offered = options(body)
            return (
                {key: pair.prompt for key, pair in paired}
                | {f"feedback:{key}": pair.feedback for key, pair in paired}
                | dict(zip(keys(offered, "option"), offered, strict=True))
            )
        case Ordering():
            return dict(zip(keys(body.items, "item"), body.items, strict=True))


def _feedback_by_number(told: Sequence[str]) -> dict[str, str]:
    return {f"feedback:{number}": text for number, text in enumerate(told)}


_ESCAPED = re.compile(r"[\\`*_\[\]$~|]|<(?=[a-zA-Z/!?])|&(?=#?\w+;)")
_LINE_START = re.compile(r"[#=+>-]|\d{1,9}(?=[.)](?:\s|$))")
_TAG = re.compile(r"<[a-zA-Z/!]|&(?:#\d+|#x[0-9a-fA-F]+|\w+);")


def plain_as_markdown(text: str) -> str:
    """Markdown that shows the plain text as it is, with its lines and paragraphs."""
    paragraphs: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            paragraphs[-1].append(_escaped(line.strip()))
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n\n".join("\\\n".join(lines) for lines in paragraphs if lines)


def _escaped(line: str) -> str:
    escaped = _ESCAPED.sub(r"\\\g<0>", line)
    start = _LINE_START.match(escaped)
    if start is None:
        return escaped
    # A digit cannot be escaped; the sign after it can.
    at = start.end() if start.group().isdigit() else start.start()
    return f"{escaped[:at]}\\{escaped[at:]}"


def html_as_markdown(html: str) -> str:
    """Markdown that shows the same as the HTML: plain text where it is no more than that, else the safe HTML itself.

    CommonMark takes a `div` without blank lines inside as it stands.
    """
    clean = sanitised(html).strip()
    bare = re.sub(r"^(?:<(?:p|div)>\s*)+|(?:\s*</(?:p|div)>)+$", "", clean)
    if not _TAG.search(bare):
        return plain_as_markdown(" ".join(bare.split()))
    if "<" not in bare:
        return plain_as_markdown(" ".join(unescaped(bare).split()))
    # An entity in place of a line's end shows the same, also in preformatted text, and is no blank line.
    joined = re.sub(r"\n[ \t]*(?=\n)", "&#10;", clean)
    return f"<div>{joined}</div>" if not re.fullmatch(r"<div>.*</div>", joined, re.DOTALL) else joined


def unescaped(html: str) -> str:
    """Text of HTML without tags."""
    return unescape(html)

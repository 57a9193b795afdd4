"""What adapters find, made fit to be kept: plain text of bounded length, addresses of the web, no NUL."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

LONGEST_NAME = 255
LONGEST_TITLE = 500
LONGEST_TEXT = 10_000
LONGEST_ADDRESS = 2_000
LONGEST_TOPIC = 80
MOST_TOPICS = 20
MOST_SECONDS = 7 * 24 * 3600

_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class CrawlError(Exception):
    """The source cannot be read; the text is for the administrator."""


class TryLater(CrawlError):
    """The server asks to be left alone for that many seconds."""

    def __init__(self, text: str, seconds: float) -> None:
        super().__init__(text)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Item:
    """Something to learn from, as its source tells it.

    Attributes:
        external_id: what the source calls it, the same at each crawl.
        changed: when the source says it changed; None when it does not say.
        views, likes: None when unknown.
    """

    external_id: str
    title: str
    url: str
    description: str = ""
    thumbnail_url: str | None = None
    duration_seconds: int | None = None
    language: str = "en"
    topics: tuple[str, ...] = ()
    changed: datetime | None = None
    views: int | None = None
    likes: int | None = None


@dataclass
class Plan:
    """One crawl: where it begins, what is known, and what it learns on the way.

    Attributes:
        seen: external id -> the change that is known; such pages are not asked again.
        validators: ETag and Last-Modified of the list at the last whole crawl; new ones replace them.
        losses: what could not be carried, by name.
        is_whole: False when something was left for the next crawl.
    """

    url: str
    key: str | None = field(default=None, repr=False)
    most: int = 500
    seen: Mapping[str, datetime | None] = field(default_factory=dict)
    validators: dict[str, str] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)
    is_whole: bool = True

    def lose(self, text: str) -> None:
        """Note what could not be carried; of very many the first hundred."""
        if len(self.losses) < 100:
            self.losses.append(plain(text, 300))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0
        self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def plain(text: object, longest: int = LONGEST_TEXT) -> str:
    """Text without markup, control characters and runs of space, cut at `longest` characters."""
    if not isinstance(text, str):
        return ""
    parser = _Text()
    parser.feed(text[: longest * 10])
    parser.close()
    return " ".join(_UNSTORABLE.sub(" ", "".join(parser.parts)).split())[:longest].strip()


def address(text: object, base: str) -> str | None:
    """The http(s) address that a text names, seen from `base`; None when it is none, or names a password."""
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        full = urljoin(base, _UNSTORABLE.sub("", text.strip()))
        parts = urlsplit(full)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or len(full) > LONGEST_ADDRESS:
        return None
    return full


def name_of(text: str) -> str:
    """A name of at most 255 characters; a longer one is replaced by its hash."""
    cleaned = _UNSTORABLE.sub("", text).strip()
    return cleaned if len(cleaned) <= LONGEST_NAME else f"sha256:{sha256(cleaned.encode()).hexdigest()}"


def topics_of(texts: Iterable[object]) -> tuple[str, ...]:
    """Tags, each once, the first twenty."""
    found = dict.fromkeys(name for text in texts if (name := plain(text, LONGEST_TOPIC)))
    return tuple(list(found)[:MOST_TOPICS])


def seconds_of(text: object) -> int | None:
    """A length in seconds: a number, `MM:SS`, `HH:MM:SS`, or an ISO 8601 duration of days to seconds."""
    if not isinstance(text, str):
        return None
    clock = re.fullmatch(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6})(?:\.\d+)?", text.strip(), re.ASCII)
    iso = re.fullmatch(r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,7})S)?)?", text.strip(), re.ASCII)
    if clock:
        hours, minutes, rest = (int(part or 0) for part in clock.groups())
        total = hours * 3600 + minutes * 60 + rest
    elif iso:
        days, hours, minutes, rest = (int(part or 0) for part in iso.groups())
        total = days * 86400 + hours * 3600 + minutes * 60 + rest
    else:
        return None
    return total if 0 < total <= MOST_SECONDS else None


def language_of(text: object) -> str:
    """A language tag of at most ten characters; English when none is told."""
    tag = text.strip().replace("_", "-") if isinstance(text, str) else ""
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,6})?", tag) else "en"

"""Sitemaps (sitemaps.org), also an index of them, as OER collections publish them; each page tells its own title."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree  # type: ignore[import-untyped]

from studyhall.platform.clients.http import Fetched
from studyhall.platform.clients.outside.feed import LARGEST, ask_list, check_size
from studyhall.platform.clients.outside.items import (
    LONGEST_TITLE,
    CrawlError,
    Item,
    Plan,
    TryLater,
    address,
    language_of,
    name_of,
    plain,
    topics_of,
)
from studyhall.platform.clients.outside.polite import Visitor

MOST_MAPS = 20
MOST_PAGES = 200
"""New or changed pages that one crawl reads; the rest waits for the next, because each is a visit."""

Listed = list[tuple[str, datetime | None]]


async def read_sitemap(visitor: Visitor, plan: Plan) -> AsyncIterator[list[Item]]:
    """Pages that are new or have changed since they were last seen."""
    got = await ask_list(visitor, plan, plan.url)
    if got is None:
        return
    pages = await _pages(visitor, plan, got)
    fresh = [(url, changed) for url, changed in pages if name_of(url) not in plan.seen or _is_newer(plan, url, changed)]
    if len(fresh) > MOST_PAGES:
        plan.is_whole = False
        plan.lose(f"{len(fresh) - MOST_PAGES} pages wait for the next crawl.")
    for url, changed in fresh[:MOST_PAGES]:
        item = await _page(visitor, plan, url, changed)
        if item is not None:
            yield [item]


def _is_newer(plan: Plan, url: str, changed: datetime | None) -> bool:
    known = plan.seen.get(name_of(url))
    return changed is not None and (known is None or changed > known)


async def _pages(visitor: Visitor, plan: Plan, got: Fetched) -> Listed:
    maps, pages = await asyncio.to_thread(_parse, got)
    if len(maps) > MOST_MAPS:
        plan.lose(f"{len(maps) - MOST_MAPS} sitemaps past the first {MOST_MAPS}")
    for url, _ in maps[:MOST_MAPS]:
        try:
            below = await visitor.get(url)
            if below.status != 200:
                raise CrawlError(f"status {below.status}")
            pages += (await asyncio.to_thread(_parse, below))[1]
        except TryLater:
            raise
        except CrawlError as error:
            plan.is_whole = False
            plan.lose(f"Sitemap {url}: {error}")
    return list(dict(pages).items())


def _parse(got: Fetched) -> tuple[Listed, Listed]:
    """Sitemaps and pages of a document, as (address, changed)."""
    body = got.body
    if body[:2] == b"\x1f\x8b":
        body = _unpacked(body)
    check_size(body)
    try:
        root: Element = ElementTree.fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise CrawlError("The address holds no sitemap.") from error
    if root.tag.rpartition("}")[2] not in ("urlset", "sitemapindex"):
        raise CrawlError("The address holds no sitemap.")
    maps: Listed = []
    pages: Listed = []
    for entry in root:
        told = {
            child.tag.rpartition("}")[2]: (child.text or "").strip() for child in entry if isinstance(child.tag, str)
        }
        url = address(told.get("loc"), got.url)
        if url is not None:
            (maps if entry.tag.rpartition("}")[2] == "sitemap" else pages).append(
                (url, _moment(told.get("lastmod", "")))
            )
    return maps, pages


def _unpacked(body: bytes) -> bytes:
    unpack = zlib.decompressobj(wbits=31)
    try:
        return unpack.decompress(body, LARGEST + 1)
    except zlib.error as error:
        raise CrawlError("The sitemap is packed, and broken.") from error


async def _page(visitor: Visitor, plan: Plan, url: str, changed: datetime | None) -> Item | None:
    try:
        got = await visitor.get(url)
        if got.status != 200 or got.content_type not in ("text/html", "application/xhtml+xml"):
            raise CrawlError(f"status {got.status}, {got.content_type or 'no media type'}")
        return await asyncio.to_thread(_item, got, url, changed)
    except TryLater:
        raise
    except CrawlError as error:
        plan.lose(f"{url}: {error}")
        return None


class _Head(HTMLParser):
    """Title, meta elements and language of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title, self.language = "", ""
        self.metas: dict[str, str] = {}
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told: dict[str, Any] = dict(attrs)
        if tag == "html":
            self.language = told.get("lang") or ""
        elif tag == "meta":
            self.metas.setdefault(
                str(told.get("property") or told.get("name") or "").lower(), told.get("content") or ""
            )
        self._in_title = tag == "title" and not self.title

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def _item(got: Fetched, url: str, changed: datetime | None) -> Item:
    head = _Head()
    head.feed(got.body[:500_000].decode("utf-8", "replace"))
    title = plain(head.metas.get("og:title"), LONGEST_TITLE) or plain(head.title, LONGEST_TITLE)
    if not title:
        raise CrawlError("the page has no title")
    return Item(
        external_id=name_of(url),
        title=title,
        url=url,
        description=plain(head.metas.get("description") or head.metas.get("og:description")),
        thumbnail_url=address(head.metas.get("og:image"), got.url),
        language=language_of(head.language),
        topics=topics_of(head.metas.get("keywords", "").split(",")),
        changed=changed,
    )


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None

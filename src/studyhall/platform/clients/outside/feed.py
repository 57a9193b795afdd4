"""RSS and Atom. The bytes are fetched by us; the parser never opens an address."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import feedparser

from studyhall.platform.clients.http import Fetched
from studyhall.platform.clients.outside.items import (
    LONGEST_TITLE,
    CrawlError,
    Item,
    Plan,
    address,
    language_of,
    name_of,
    plain,
    seconds_of,
    topics_of,
)
from studyhall.platform.clients.outside.polite import Visitor

LARGEST = 5 * 1024 * 1024
_ENTITY = re.compile(rb"<!\s*ENTITY", re.IGNORECASE)


async def ask_list(visitor: Visitor, plan: Plan, url: str) -> Fetched | None:
    """The list as it is now, None when it has not changed since the last whole crawl. Notes its new validators."""
    got = await visitor.get(url, plan.validators)
    if got.status == 304:
        return None
    if got.status != 200:
        raise CrawlError(f"The address answers with status {got.status}.")
    check_size(got.body)
    names = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
    plan.validators = {name: got.headers[told][:300] for name, told in names.items() if told in got.headers}
    return got


def check_size(body: bytes) -> None:
    """Refuse what is too large, and entities, which could unfold without bound. Raises CrawlError."""
    if len(body) > LARGEST:
        raise CrawlError("The address holds more than 5 MiB.")
    if _ENTITY.search(body.replace(b"\x00", b"")):
        raise CrawlError("The address declares XML entities, which we do not read.")


async def read_feed(visitor: Visitor, plan: Plan) -> AsyncIterator[list[Item]]:
    """The entries of a feed, in its order; those without title or address are told as losses."""
    got = await ask_list(visitor, plan, plan.url)
    if got is None:
        return
    items = await asyncio.to_thread(_parse, got, plan)
    for start in range(0, len(items), 50):
        yield items[start : start + 50]


def _parse(got: Fetched, plan: Plan) -> list[Item]:
    # A stream, because bytes would be tried as the name of a file.
    found = feedparser.parse(
        io.BytesIO(got.body), response_headers={"content-type": got.headers.get("content-type", "")}
    )
    if not found.entries and not found.get("version"):
        raise CrawlError("The address holds no RSS or Atom feed.")
    language, items = language_of(found.feed.get("language")), []
    if len(found.entries) > plan.most:
        plan.lose(f"{len(found.entries) - plan.most} entries past the first {plan.most}")
    for number, entry in enumerate(found.entries[: plan.most], 1):
        item = _item(entry, got.url, language)
        if item is None:
            plan.lose(f"Entry {number} ('{plain(entry.get('title'), 80)}'): it has no title or no web address.")
        else:
            items.append(item)
    return items


def _item(entry: Any, base: str, language: str) -> Item | None:
    title, url = plain(entry.get("title"), LONGEST_TITLE), address(entry.get("link"), base)
    if not title or url is None:
        return None
    content = entry.get("content") or [{}]
    pictures = entry.get("media_thumbnail") or [{}]
    media = entry.get("media_content") or [{}]
    when = entry.get("updated_parsed") or entry.get("published_parsed")
    return Item(
        external_id=name_of(entry.get("id") or url),
        title=title,
        url=url,
        description=plain(entry.get("summary") or content[0].get("value")),
        thumbnail_url=address(pictures[0].get("url"), base),
        duration_seconds=seconds_of(entry.get("itunes_duration") or media[0].get("duration")),
        language=language_of(content[0].get("language") or language),
        topics=topics_of(tag.get("term") for tag in entry.get("tags") or ()),
        changed=_moment(when),
    )


def _moment(parts: Any) -> datetime | None:
    try:
        return None if parts is None else datetime(*parts[:6]).replace(tzinfo=UTC)  # noqa: DTZ001 - the parser answers UTC
    except (TypeError, ValueError, OverflowError):
        return None

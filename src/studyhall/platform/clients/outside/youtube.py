"""YouTube Data API v3: the videos of a channel or a playlist.

Source: developers.google.com/youtube/v3/docs (verify manually). A crawl of 500 videos costs 21 units of quota.
The key travels in a header, so that it stands in no address and no log.
"""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson

from studyhall.platform.clients.outside.items import (
    LONGEST_TITLE,
    CrawlError,
    Item,
    Plan,
    address,
    language_of,
    plain,
    seconds_of,
    topics_of,
)
from studyhall.platform.clients.outside.polite import Visitor

API = "https://www.googleapis.com/youtube/v3/"
_ID = re.compile(r"[A-Za-z0-9_-]{5,100}")
_HOSTS = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com"})


def target_of(url: str) -> tuple[str, str]:
    """What an address of YouTube names: ("playlist" | "id" | "forHandle", its name). Raises CrawlError."""
    parts = urlsplit(url)
    path, listed = parts.path.strip("/").split("/"), parse_qs(parts.query).get("list", [""])[0]
    if parts.hostname in _HOSTS and _ID.fullmatch(listed):
        return "playlist", listed
    if parts.hostname in _HOSTS and len(path) > 1 and path[0] == "channel" and _ID.fullmatch(path[1]):
        return "id", path[1]
    if parts.hostname in _HOSTS and re.fullmatch(r"@[\w.-]{3,100}", path[0]):
        return "forHandle", path[0]
    raise CrawlError("Give the address of a channel (…/channel/UC…, …/@name) or a playlist (…/playlist?list=…).")


async def read_youtube(visitor: Visitor, plan: Plan) -> AsyncIterator[list[Item]]:
    """The videos, fifty at a time; private and deleted ones are told as losses."""
    if plan.key is None:
        raise CrawlError("YouTube needs an API key; add the source with one.")
    kind, playlist = target_of(plan.url)
    if kind != "playlist":
        found = await _ask(visitor, plan, "channels", {"part": "contentDetails", kind: playlist})
        playlist = _inside(next(iter(_rows(found)), {}), "contentDetails", "relatedPlaylists", "uploads")
        if not isinstance(playlist, str):
            raise CrawlError("There is no such channel.")
    token, left = "", plan.most
    while left > 0:
        wanted = {"part": "contentDetails", "playlistId": playlist, "maxResults": "50"}
        page = await _ask(visitor, plan, "playlistItems", wanted | ({"pageToken": token} if token else {}))
        ids = [str(_inside(row, "contentDetails", "videoId")) for row in _rows(page)][: min(50, left)]
        yield await _videos(visitor, plan, [one for one in ids if _ID.fullmatch(one)])
        left, token = left - len(ids), str(page.get("nextPageToken") or "")
        if not token or not ids:
            return
    plan.lose(f"Videos past the first {plan.most}")


async def _videos(visitor: Visitor, plan: Plan, ids: list[str]) -> list[Item]:
    if not ids:
        return []
    found = await _ask(visitor, plan, "videos", {"part": "snippet,contentDetails,statistics", "id": ",".join(ids)})
    items = [item for row in _rows(found) if (item := _item(row)) is not None]
    for missing in set(ids) - {item.external_id for item in items}:
        plan.lose(f"Video {missing}: it is private, deleted, or has no title.")
    return items


async def _ask(visitor: Visitor, plan: Plan, name: str, wanted: Mapping[str, str]) -> dict[str, Any]:
    headers = {"X-Goog-Api-Key": plan.key or "", "Accept": "application/json"}
    got = await visitor.get(f"{API}{name}?{urlencode(wanted)}", headers, is_api=True)
    try:
        content = orjson.loads(got.body)
    except orjson.JSONDecodeError:
        content = None
    if got.status != 200 or not isinstance(content, dict):
        reason = plain(_inside(content, "error", "message"), 200) or f"status {got.status}"
        raise CrawlError(f"YouTube refuses: {reason}")
    return content


def _rows(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = content.get("items")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _inside(content: Any, *names: str) -> Any:
    for name in names:
        content = content.get(name) if isinstance(content, dict) else None
    return content


def _item(row: Mapping[str, Any]) -> Item | None:
    name, title = row.get("id"), plain(_inside(row, "snippet", "title"), LONGEST_TITLE)
    if not isinstance(name, str) or not _ID.fullmatch(name) or not title:
        return None
    tags, url = _inside(row, "snippet", "tags"), f"https://www.youtube.com/watch?v={name}"
    return Item(
        external_id=name,
        title=title,
        url=url,
        description=plain(_inside(row, "snippet", "description")),
        thumbnail_url=address(_inside(row, "snippet", "thumbnails", "medium", "url"), url),
        duration_seconds=seconds_of(_inside(row, "contentDetails", "duration")),
        language=language_of(_inside(row, "snippet", "defaultAudioLanguage")),
        topics=topics_of(tags if isinstance(tags, list) else ()),
        changed=_moment(_inside(row, "snippet", "publishedAt")),
        views=_count(_inside(row, "statistics", "viewCount")),
        likes=_count(_inside(row, "statistics", "likeCount")),
    )


def _count(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and re.fullmatch(r"[0-9]{1,15}", text) else None


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None

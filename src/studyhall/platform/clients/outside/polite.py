"""Visiting somebody's server as a guest: robots.txt, a pause between two visits, and waiting when told to."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from studyhall.platform.clients.http import Fetched, Fetcher, FetchError
from studyhall.platform.clients.outside.items import CrawlError, TryLater

AGENT: Final = "Studyhall"
PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
LONGEST_WAIT: Final = 60.0
TRIES: Final = 3
LARGEST_ROBOTS: Final = 512 * 1024
_BUSY = frozenset({429, 503})
Sleep = Callable[[float], Awaitable[None]]


class Visitor:
    """One crawl's way through the web; not shared between crawls.

    `sleep` and `clock` (seconds, growing) are exchanged in tests.
    """

    def __init__(
        self, fetcher: Fetcher, sleep: Sleep = asyncio.sleep, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetcher, self._sleep, self._clock = fetcher, sleep, clock
        self._robots: dict[str, Protego | None] = {}
        self._free_at: dict[str, float] = {}

    async def get(self, url: str, headers: Mapping[str, str] | None = None, *, is_api: bool = False) -> Fetched:
        """Fetch a page that its host lets us fetch; any status but 429 and 503 is an answer.

        Args:
            is_api: an API that is made for programs, whose host's robots.txt speaks of its pages only.

        Raises:
            CrawlError: robots.txt forbids it, or it cannot be fetched.
            TryLater: 429 or 503, and the wait is long or all tries are used.
        """
        pause = PAUSE
        if not is_api:
            rules = await self._rules(url)
            if rules is None or not rules.can_fetch(url, AGENT):
                raise CrawlError(f"The server's robots.txt does not let us read {_host(url)}.")
            pause = min(max(PAUSE, rules.crawl_delay(AGENT) or 0.0), LONGEST_PAUSE)
        for attempt in range(1, TRIES + 1):
            got = await self._visit(url, headers, pause)
            if got.status not in _BUSY:
                return got
            wait = _wait(got.headers.get("retry-after"), 2.0**attempt)
            if attempt == TRIES or wait > LONGEST_WAIT:
                break
            await self._sleep(wait)
        raise TryLater(f"{_host(url)} asks to come back later (status {got.status}).", max(wait, 60.0))

    async def _visit(self, url: str, headers: Mapping[str, str] | None, pause: float) -> Fetched:
        host = _host(url)
        wait = self._free_at.get(host, 0.0) - self._clock()
        if wait > 0:
            await self._sleep(wait)
        try:
            return await self._fetcher.get(url, headers)
        except FetchError as error:
            raise CrawlError(str(error)) from error
        finally:
            self._free_at[host] = self._clock() + pause

    async def _rules(self, url: str) -> Protego | None:
        """The host's rules by RFC 9309: none (4xx) allow all, unreachable ones (5xx, no answer) forbid all: None."""
        parts = urlsplit(url)
        home = f"{parts.scheme}://{parts.netloc}"
        if home not in self._robots:
            self._robots[home] = await self._read_rules(f"{home}/robots.txt")
        return self._robots[home]

    async def _read_rules(self, url: str) -> Protego | None:
        got = await self._visit(url, None, PAUSE)
        if 200 <= got.status < 300:
            return Protego.parse(got.body[:LARGEST_ROBOTS].decode("utf-8", "replace"))
        return None if got.status >= 500 or got.status == 429 else Protego.parse("")


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()


def _wait(text: str | None, else_: float) -> float:
    """Seconds that Retry-After asks for; a date in it is taken as an hour, because clocks of strangers are off."""
    if text is None:
        return else_
    return min(float(text), 7 * 86400.0) if text.strip().isascii() and text.strip().isdigit() else 3600.0

"""Reading lists of learning content from other people's servers: feeds, sitemaps, YouTube. Politely, and bounded."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from studyhall.platform.clients.outside.feed import read_feed
from studyhall.platform.clients.outside.items import CrawlError, Item, Plan, TryLater
from studyhall.platform.clients.outside.polite import Visitor
from studyhall.platform.clients.outside.sitemap import read_sitemap
from studyhall.platform.clients.outside.youtube import read_youtube

__all__ = ["ADAPTERS", "Adapter", "CrawlError", "Item", "Plan", "TryLater", "Visitor"]


class Adapter(Protocol):
    """Reads one kind of source."""

    def __call__(self, visitor: Visitor, plan: Plan) -> AsyncIterator[list[Item]]:
        """Batches of what the source lists, the first page first.

        Raises:
            CrawlError: it cannot be read; the text is for the administrator.
            TryLater: it asks to be left alone for a while.
        """
        ...


ADAPTERS: Mapping[str, Adapter] = {"feed": read_feed, "sitemap": read_sitemap, "youtube": read_youtube}

"""Refusals of feeds."""

from studyhall.platform.errors import NotFound


class FeedNotFound(NotFound):
    code, message = "FEED_NOT_FOUND", "There is no calendar at this address. It may have been renewed."

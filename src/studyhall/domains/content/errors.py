"""Refusals of content."""

from studyhall.platform.errors import Conflict, NotFound


class ContentNotFound(NotFound):
    code, message = "CONTENT_NOT_FOUND", "There is no such content."


class SourceNotFound(NotFound):
    code, message = "CONTENT_SOURCE_NOT_FOUND", "There is no such source."


class SourceExists(Conflict):
    code, message = "CONTENT_SOURCE_EXISTS", "There is a source of that name."


class CrawlRunning(Conflict):
    code, message = "CRAWL_RUNNING", "This source is being crawled now."

"""Refusals of chapters."""

from studyhall.platform.errors import Conflict, Invalid, NotFound


class ChapterNotFound(NotFound):
    code, message = "CHAPTER_NOT_FOUND", "There is no such chapter, or you may not see it."


class NoNextChapter(NotFound):
    code, message = "NO_NEXT_CHAPTER", "This is the last chapter of the course."


class NoPreviousChapter(NotFound):
    code, message = "NO_PREVIOUS_CHAPTER", "This is the first chapter of the course."


class TooManyChapters(Conflict):
    code, message = "TOO_MANY_CHAPTERS", "A course has 2,000 chapters at most."


class TooManyImages(Conflict):
    code, message = "TOO_MANY_IMAGES", "A course has 5,000 images at most."


class OrderIncomplete(Invalid):
    code, message = "ORDER_INCOMPLETE", "Send every chapter of the course exactly once."


class ChapterTooComplex(Invalid):
    code, message = "CHAPTER_TOO_COMPLEX", "This text cannot be shown: it grows too much when it is rendered."

    def __init__(self, reason: str | None = None) -> None:
        super().__init__(reason or self.message, errors={"markdown": [reason or self.message]})


class DraftRefused(Invalid):
    """A whole course that cannot be taken in; the message names the chapter."""

    code, message = "COURSE_DRAFT_REFUSED", "This course cannot be taken in."

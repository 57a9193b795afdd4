"""Refusals of people."""

from studyhall.platform.errors import Conflict, Invalid


class TagTaken(Conflict):
    code, message = "TAG_TAKEN", "You have this tag already."


class TooManyTags(Conflict):
    code, message = "TOO_MANY_TAGS", "There are as many tags as one may have. Remove one first."


class WordingChanged(Conflict):
    """A consent holds only for the words that were read."""

    code, message = "WORDING_CHANGED", "The wording of this consent has changed. Load it again and show it."


class PictureRefused(Invalid):
    code, message = "PICTURE_REFUSED", "This picture cannot be used."

"""Refusals of undo."""

from studyhall.platform.errors import Gone, NotFound


class OfferNotFound(NotFound):
    code, message = "UNDO_NOT_FOUND", "There is nothing to take back under this token."


class OfferUsed(Gone):
    code, message = "UNDO_USED", "This was taken back already."


class OfferExpired(Gone):
    code, message = "UNDO_EXPIRED", "It is too late to take this back."

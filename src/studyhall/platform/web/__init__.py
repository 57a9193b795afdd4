"""How HTTP is spoken here: the envelope, routes with stated access, one pipeline, lists, ETags, idempotency."""

from studyhall.platform.web.envelope import Envelope, created, ok, queued, ready
from studyhall.platform.web.hot import Versioned
from studyhall.platform.web.lists import FIRST_PAGE, Listing, ListQuery, Page, Pagination, order_by, page_of
from studyhall.platform.web.pipeline import CurrentActor, MaybeActor, Uow
from studyhall.platform.web.routing import Router
from studyhall.platform.web.schemas import Choice, ClockTime, Schema

__all__ = [
    "FIRST_PAGE",
    "Choice",
    "ClockTime",
    "CurrentActor",
    "Envelope",
    "ListQuery",
    "Listing",
    "MaybeActor",
    "Page",
    "Pagination",
    "Router",
    "Schema",
    "Uow",
    "Versioned",
    "created",
    "ok",
    "order_by",
    "page_of",
    "queued",
    "ready",
]

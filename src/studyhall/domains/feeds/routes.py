"""Calendar feeds over HTTP."""

from datetime import UTC, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated

from fastapi import Header, Path
from starlette.responses import Response

from studyhall.domains.feeds import service
from studyhall.domains.feeds.errors import FeedNotFound
from studyhall.domains.feeds.models import CalendarFeed
from studyhall.domains.feeds.schemas import FeedAnswer, FeedOut, NewAddress
from studyhall.domains.feeds.service import Feed
from studyhall.platform import clock
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, created, ok
from studyhall.platform.web.etags import VERSION_HEADER

router = Router("settings")
calendar_router = Router("academics")

MEDIA_TYPE = "text/calendar; charset=utf-8"
_EXAMPLE = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Studyhall//Calendar feed//EN
BEGIN:VTODO
UID:assignment-01936f3e-7b1a-7c3d-9e2f-5a4b6c7d8e9f@studyhall
DTSTAMP:20261005T093000Z
SUMMARY:Advanced problem solving (sorting)
DUE:20261228T225900Z
STATUS:NEEDS-ACTION
PERCENT-COMPLETE:0
END:VTODO
END:VCALENDAR
"""
_ANSWERS = {
    "200": {"content": {"text/calendar": {"schema": {"type": "string"}, "example": _EXAMPLE}}},
    "304": {"description": "It is as it was."},
}


@router.get("/settings/calendar-feed", access="user", summary="My calendar feed")
async def get_calendar_feed(uow: Uow, actor: CurrentActor) -> Envelope[FeedAnswer]:
    """Whether one exists, when its address was made, and when it was last fetched; never the address."""
    return ok(FeedAnswer(feed=_out(await service.settings_of(uow, actor))))


@router.post(
    "/settings/calendar-feed",
    access="user",
    session_only=True,
    status=201,
    summary="Make or renew the address of my calendar feed",
)
async def renew_calendar_feed(uow: Uow, actor: CurrentActor) -> Envelope[NewAddress]:
    """Whoever has the address sees my calendar. It is shown this once; the address before stops working."""
    feed, secret = await service.renew(uow, actor)
    address = f"{uow.resources.settings.base_url}/calendar/{secret}.ics"
    webcal = f"webcal://{address.partition('://')[2]}"
    return created(NewAddress(feed=_out(feed), address=address, webcal_address=webcal), "Calendar address made")


@calendar_router.get(
    "//calendar/{secret}.ics",
    access="public",
    limit="calendar_feed",
    summary="Classes, plans and due dates as an iCalendar feed",
    errors=[FeedNotFound],
    response_class=Response,
    openapi_extra={"responses": _ANSWERS},
)
async def get_calendar(
    uow: Uow,
    secret: Annotated[str, Path(description="From the address that was shown once.")],
    if_none_match: Annotated[str | None, Header(description="ETags that are already there.")] = None,
    if_modified_since: Annotated[str | None, Header(description="For programs that keep no ETag.")] = None,
) -> Response:
    """Half a year back and a year ahead. Due dates stand there as moments and as to-dos with their state.

    An unchanged feed is answered 304 without being made.
    """
    feed = await service.find(uow, secret)
    headers = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    if clock.now() - feed.changed_at >= timedelta(seconds=1):
        # Within the same second it could change again, and the date would not show it.
        headers["Last-Modified"] = format_datetime(feed.changed_at, usegmt=True)
    known = _known_tag(if_none_match, feed)
    if known is not None or (if_none_match is None and _is_fresh(if_modified_since, feed)):
        await service.note_fetch(uow, feed)
        return Response(status_code=304, headers=headers | ({"ETag": known} if known else {}))
    body = await service.written(uow, feed)
    await service.note_fetch(uow, feed)
    headers |= {"Content-Disposition": 'inline; filename="studyhall.ics"', VERSION_HEADER: feed.stamp}
    return Response(body, headers=headers, media_type=MEDIA_TYPE)


def _known_tag(if_none_match: str | None, feed: Feed) -> str | None:
    """The tag that names the feed's present state. Tags read `"<stamp>.<digest>"`, and the stamp says enough."""
    for candidate in (if_none_match or "").split(","):
        tag = candidate.strip().removeprefix("W/")
        if tag.strip('"').partition(".")[0] == feed.stamp:
            return tag
    return None


def _is_fresh(if_modified_since: str | None, feed: Feed) -> bool:
    """Whether it has not changed since; a date that is none counts as no date (RFC 9110, 13.1.3)."""
    try:
        since = parsedate_to_datetime(if_modified_since or "")
    except ValueError:
        return False
    since = since.replace(tzinfo=UTC) if since.tzinfo is None else since
    # A date later than our own clock is not valid either.
    return feed.changed_at <= since <= clock.now()


def _out(feed: CalendarFeed | None) -> FeedOut:
    if feed is None:
        return FeedOut(exists=False, made_at=None, last_fetched_at=None)
    return FeedOut(exists=True, made_at=feed.made_at, last_fetched_at=feed.last_fetched_at)

"""Turning mails off from the mail itself."""

from typing import Annotated

from fastapi import Path
from starlette.responses import HTMLResponse, Response

from studyhall.domains.mails.service import pages, unsubscribing
from studyhall.platform.errors import NotFound
from studyhall.platform.web import Router, Uow

router = Router("notifications")

Token = Annotated[str, Path(description="From a mail: signed for one person and one kind of mail.")]
_PAGE = {
    "responses": {
        str(status): {
            "description": text,
            "content": {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}},
        }
        for status, text in ((200, "A page for people."), (404, "A page that says that the address is not whole."))
    }
}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


@router.get(
    "//unsubscribe/{token}",
    access="public",
    limit="unsubscribe",
    summary="The page on which one kind of mail is turned off",
    response_class=HTMLResponse,
    openapi_extra=_PAGE,
)
async def get_unsubscribe_page(uow: Uow, token: Token) -> Response:
    """It changes nothing by itself: mail scanners open every address."""
    try:
        found = await unsubscribing.find(uow, token)
    except NotFound:
        return _page(pages.unknown(), 404)
    return _page(pages.question(found))


@router.post(
    "//unsubscribe/{token}",
    access="public",
    limit="unsubscribe",
    summary="Turn one kind of mail off with one click (RFC 8058)",
    response_class=HTMLResponse,
    openapi_extra=_PAGE,
)
async def unsubscribe(uow: Uow, token: Token) -> Response:
    """Whatever the body says. Doing it again changes nothing; the settings turn it on again."""
    try:
        found = await unsubscribing.unsubscribe(uow, token)
    except NotFound:
        return _page(pages.unknown(), 404)
    return _page(pages.done(found, uow.resources.settings))


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status_code=status, headers=_HEADERS)

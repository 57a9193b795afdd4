"""The outermost layer: request id, headers, log line, metrics, and the last net for accidents. Pure ASGI, for speed."""

import re
from time import perf_counter

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studyhall.platform import database, logs, metrics
from studyhall.platform.errors import BadRequest
from studyhall.platform.ids import new_id
from studyhall.platform.settings import Settings
from studyhall.platform.uow import Origin
from studyhall.platform.web.failures import ANSWERED, failure, from_accident
from studyhall.platform.web.request import client_address, header

_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LONGEST_AGENT = 300

STRICT_CSP = "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'"

SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-xss-protection", b"1; mode=block"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"geolocation=(), payment=(), usb=(), camera=(self), microphone=(self)"),
)
_CSP = (b"content-security-policy", STRICT_CSP.encode())


class Edge:
    """Wraps the whole HTTP application.

    Outside production every answer tells its number of SQL statements in `Server-Timing`, for tests and developers.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._tells_statements = not settings.is_production

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        origin = self._origin(scope)
        request_id = str(origin.request_id)
        scope.setdefault("state", {})["origin"] = origin
        statements = database.start_counting()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"] = list(message["headers"])
                headers.extend(SECURITY_HEADERS)
                headers.append((b"x-request-id", request_id.encode()))
                if not any(name.lower() == b"content-security-policy" for name, _ in headers):
                    headers.append(_CSP)
                if self._tells_statements:
                    headers.append((b"server-timing", f'sql;desc="{statements[0]}"'.encode()))
            await send(message)

        try:
            if _has_nul(scope):
                refusal = failure(BadRequest("An address may not contain the NUL character."), request_id)
                await refusal(scope, receive, send_with_headers)
            else:
                await self._app(scope, receive, send_with_headers)
        except Exception as error:
            # The framework raises again what its last handler has answered, and what broke in the middle of a body.
            if status and not scope["state"].get(ANSWERED):
                raise
            if not status:
                await failure(from_accident(error), request_id)(scope, receive, send_with_headers)
        finally:
            template = getattr(scope.get("route"), "path", "unmatched")
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            seconds = perf_counter() - started
            metrics.observe_request(method, template, status, seconds, statements[0])
            logs.access(method, template, status, seconds, statements[0])

    def _origin(self, scope: Scope) -> Origin:
        given = header(scope, b"x-request-id")
        request_id = given if given and _REQUEST_ID.match(given) else new_id().hex
        agent = header(scope, b"user-agent")
        return Origin(request_id, client_address(scope, self._settings), agent[:LONGEST_AGENT] if agent else None)


def _has_nul(scope: Scope) -> bool:
    return "\x00" in scope["path"] or b"%00" in scope.get("query_string", b"")

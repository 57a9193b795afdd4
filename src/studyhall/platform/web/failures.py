"""Every refusal and every accident leaves in the one error shape."""

from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from studyhall.platform import clock
from studyhall.platform.errors import (
    AppError,
    BadRequest,
    Conflict,
    Invalid,
    MethodNotAllowed,
    RouteNotFound,
    TooLarge,
    Unavailable,
)

log = structlog.get_logger(__name__)

ANSWERED = "accident_answered"

_PLACES = frozenset({"body", "query", "path", "header", "cookie"})
# Serialization failure, deadlock, lock not available: the same request may work a moment later.
_PASSING = frozenset({"40001", "40P01", "55P03"})


def failure(error: AppError, request_id: str) -> Response:
    """The answer that an error makes."""
    body = {
        "success": False,
        "message": error.message,
        "detail": error.message,
        "errors": error.errors,
        "error_code": error.code,
        "timestamp": clock.now().isoformat().replace("+00:00", "Z"),
        "request_id": request_id,
        **({"data": error.data} if error.data else {}),
    }
    headers = {"Cache-Control": "no-store", **error.headers}
    return Response(orjson.dumps(body), error.status, headers, "application/json")


def from_validation(error: RequestValidationError) -> AppError:
    """Field errors as a map of field to texts, nested fields dotted; unreadable JSON is a 400."""
    fields: dict[str, list[str]] = {}
    for one in error.errors():
        if one["type"] == "json_invalid":
            return BadRequest("The body is not valid JSON.")
        parts = [str(part) for part in one["loc"]]
        name = ".".join(parts[1:] if parts and parts[0] in _PLACES else parts) or "body"
        fields.setdefault(name, []).append(_sentence(one))
    first = next(iter(fields.items()), ("body", ["not valid"]))
    return Invalid(f"Some of the data is not valid: {first[0]}: {first[1][0]}", errors=fields)


def _sentence(error: Mapping[str, Any]) -> str:
    if error["type"] == "missing":
        return "This field is required."
    if error["type"] == "extra_forbidden":
        return "This field is not known here."
    return str(error["msg"]).removeprefix("Value error, ")


def from_http(error: HTTPException) -> AppError:
    """What the framework refuses, in our words."""
    if isinstance(error.__cause__, AppError):
        return error.__cause__
    if error.status_code == 404:
        return RouteNotFound()
    if error.status_code == 405:
        return MethodNotAllowed(headers=error.headers)
    if error.status_code == 413:
        return TooLarge()
    if error.status_code == 400:
        return BadRequest(str(error.detail))
    refused = AppError(str(error.detail), headers=error.headers)
    refused.status, refused.code = error.status_code, "HTTP_ERROR"
    return refused


def from_database(error: DBAPIError) -> AppError | None:
    """A passing trouble of the database, or None for a fault of ours."""
    state = getattr(error.orig, "sqlstate", None)
    if state in _PASSING:
        return Conflict("Something else changed this at the same moment. Try again.")
    if isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated:
        return Unavailable("The database does not answer. Try again in a moment.", headers={"Retry-After": "5"})
    return None


def from_accident(error: Exception) -> AppError:
    """Anything that nobody foresaw; the log has it, the caller gets the request id."""
    if isinstance(error, DBAPIError) and (known := from_database(error)) is not None:
        log.warning("database trouble", error=type(error.orig).__name__)
        return known
    log.exception("unhandled error", exc_info=error)
    return AppError("Something went wrong on our side. The request id finds it in the log.")


def install_handlers(app: FastAPI) -> None:
    """Let the app answer every exception in the one shape."""

    def request_id(request: Request) -> str:
        return str(request.scope["state"]["origin"].request_id)

    async def on_app_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, AppError)
        return failure(error, request_id(request))

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return failure(from_validation(error), request_id(request))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return failure(from_http(error), request_id(request))

    async def on_accident(request: Request, error: Exception) -> Response:
        request.scope["state"][ANSWERED] = True
        return failure(from_accident(error), request_id(request))

    app.add_exception_handler(Exception, on_accident)
    app.add_exception_handler(AppError, on_app_error)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)

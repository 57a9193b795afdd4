"""The one shape of an answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, Field
from starlette.responses import Response

T = TypeVar("T")


class Envelope(BaseModel, Generic[T]):
    """Success: `{"success": true, "message": …, "data": …}`."""

    success: bool = True
    message: str = "OK"
    data: T


class Failure(BaseModel):
    """Failure, everywhere the same. `message` and `detail` are the same sentence."""

    success: bool = False
    message: str
    detail: str
    errors: dict[str, list[str]] = Field(default_factory=dict, description="Field to its reasons; empty unless 422.")
    error_code: str
    timestamp: datetime
    request_id: str
    data: dict[str, str] | None = Field(None, description="What it takes to go on; only some errors have it.")


def ok(data: T, message: str = "OK") -> Envelope[T]:
    """A 200 answer. It is a plain dictionary, which the framework checks against the route's own annotation once."""
    answer: Any = {"success": True, "message": message, "data": data}
    return cast(Envelope[T], answer)


def created(data: T, message: str) -> Envelope[T]:
    """For routes declared with status 201."""
    return ok(data, message)


def queued(data: T, message: str) -> Envelope[T]:
    """For routes declared with status 202."""
    return ok(data, message)


def ready(body: bytes, headers: Mapping[str, str] | None = None) -> Any:
    """A 200 answer whose whole JSON, envelope included, is there already: the straight path of a hot read.

    Nothing checks it against the route's annotation, so a test must hold both together.
    """
    return Response(body, headers=headers, media_type="application/json")

"""The one shape of an answer."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

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


def ok(data: Any = None, message: str = "OK") -> Any:
    """A 200 answer. Return type is Any so that a route's own annotation `-> Envelope[X]` says the shape."""
    return {"success": True, "message": message, "data": data}


def created(data: Any, message: str) -> Any:
    """For routes declared with status 201."""
    return ok(data, message)


def queued(data: Any, message: str) -> Any:
    """For routes declared with status 202."""
    return ok(data, message)

"""Errors carry their own status, code and words, so that no route has to translate them."""

from collections.abc import Mapping, Sequence

FieldErrors = Mapping[str, Sequence[str]]


class AppError(Exception):
    """A refusal that the caller may read.

    Attributes:
        status: HTTP status of the answer.
        code: `error_code` of the answer.
        commits: whether the unit of work in which it is raised still commits, because the refusal itself is a
            fact worth keeping (a failed login counts towards the lock, a refused right is audited).
        data: what the caller needs to go on, where the words are not enough; empty for nearly all.
    """

    status: int = 500
    code: str = "INTERNAL_ERROR"
    commits: bool = False
    message: str = "Something went wrong."

    def __init__(
        self,
        message: str | None = None,
        *,
        errors: FieldErrors | None = None,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message or self.message)
        self.message = message or self.message
        self.errors = {field: list(texts) for field, texts in (errors or {}).items()}
        self.headers = dict(headers or {})
        self.data = dict(data or {})


class BadRequest(AppError):
    status, code, message = 400, "BAD_REQUEST", "The request could not be read."


class Unauthorized(AppError):
    status, code, message = 401, "UNAUTHENTICATED", "Sign in to do this."

    def __init__(
        self,
        message: str | None = None,
        *,
        errors: FieldErrors | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, errors=errors, headers={"WWW-Authenticate": "Bearer", **(headers or {})})


class Forbidden(AppError):
    status, code, message = 403, "FORBIDDEN", "You may not do this."


class RightRefused(Forbidden):
    """A permission was missing; the refusal is audited, so the unit of work commits."""

    commits = True


class NotFound(AppError):
    status, code, message = 404, "NOT_FOUND", "There is no such thing, or it is not yours."


class RouteNotFound(AppError):
    status, code, message = 404, "ROUTE_NOT_FOUND", "There is no such address. The API is described at /docs."


class MethodNotAllowed(AppError):
    status, code, message = 405, "METHOD_NOT_ALLOWED", "This address does not know that method."


class Conflict(AppError):
    status, code, message = 409, "CONFLICT", "This clashes with something that is already there."


class Gone(AppError):
    status, code, message = 410, "GONE", "This is no longer available."


class PreconditionFailed(AppError):
    status, code, message = 412, "PRECONDITION_FAILED", "It was changed by someone else. Load it again."


class TooLarge(AppError):
    status, code, message = 413, "TOO_LARGE", "The request is too large."


class UnsupportedMedia(AppError):
    status, code, message = 415, "UNSUPPORTED_MEDIA_TYPE", "This kind of file cannot be used here."


class Invalid(AppError):
    """Well formed, but not acceptable; `errors` maps each field to its reasons."""

    status, code, message = 422, "VALIDATION_ERROR", "Some of the data is not valid."

    @classmethod
    def field(cls, name: str, text: str) -> "Invalid":
        """One field, one reason."""
        return cls(text, errors={name: [text]})


class TooManyRequests(AppError):
    status, code, message = 429, "RATE_LIMITED", "Too many requests."


class Unavailable(AppError):
    status, code, message = 503, "UNAVAILABLE", "This is not available right now."


class NotConfigured(Unavailable):
    code, message = "NOT_CONFIGURED", "This server is not set up for that."

"""Routes that state their access. A route without one cannot be written."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response

from studyhall.platform.auth import Access
from studyhall.platform.errors import AppError
from studyhall.platform.web import pipeline
from studyhall.platform.web.envelope import Failure
from studyhall.platform.web.hot import Hot
from studyhall.platform.web.limits import LIMITS, UNLIMITED

API = "/api/v1"

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything that a route says of itself.

    Attributes:
        limit: name of the rate limit that replaces the default; None for the default.
        session_only: personal access tokens may not call it (passwords, tokens, two-factor).
        upload: the body may be as large as an upload.
        hot: for one of the most frequent reads, what answers it when it is asked without a query.
        errors: refusals beyond those that follow from access and method, for the API description.
    """

    method: str
    path: str
    endpoint: Callable[..., Any]
    section: str
    access: Access
    summary: str
    status: int
    limit: str | None
    session_only: bool
    upload: bool
    hot: Hot | None
    errors: tuple[type[AppError], ...]
    openapi_extra: dict[str, Any]
    response_class: type[Response] | None
    also_root: bool


class Router:
    """A domain's routes, under `/api/v1` unless a path starts with `//`, which means the root."""

    def __init__(self, section: str) -> None:
        self.section = section
        self.declared: list[Declared] = []

    def get(self, path: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declare("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declare("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declare("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declare("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declare("DELETE", path, **options)

    def _declare(
        self,
        method: str,
        path: str,
        *,
        access: str,
        summary: str,
        status: int = 200,
        limit: str | None = None,
        session_only: bool = False,
        upload: bool = False,
        hot: Hot | None = None,
        errors: Sequence[type[AppError]] = (),
        openapi_extra: dict[str, Any] | None = None,
        response_class: type[Response] | None = None,
        also_root: bool = False,
    ) -> Callable[[Endpoint], Endpoint]:
        if limit not in (None, UNLIMITED, *LIMITS):
            raise ValueError(f"{method} {path}: there is no limit called '{limit}'.")

        def keep(endpoint: Endpoint) -> Endpoint:
            full = path[1:] if path.startswith("//") else API + path
            self.declared.append(
                Declared(
                    method,
                    full,
                    endpoint,
                    self.section,
                    Access(access),
                    summary,
                    status,
                    limit,
                    session_only,
                    upload,
                    hot,
                    tuple(errors),
                    openapi_extra or {},
                    response_class,
                    also_root,
                )
            )
            return endpoint

        return keep


class PipelineRoute(APIRoute):
    """A route whose every request goes through the one pipeline."""

    def __init__(self, declared: Declared, path: str | None = None) -> None:
        self.declared = declared
        options: dict[str, Any] = {"response_model": None} if declared.response_class else {}
        if declared.response_class:
            options["response_class"] = declared.response_class
        super().__init__(
            path or declared.path,
            declared.endpoint,
            methods=[declared.method],
            status_code=declared.status,
            summary=declared.summary,
            tags=[declared.section],
            operation_id=declared.endpoint.__name__,
            responses=failures_of(declared),
            openapi_extra={"x-access": declared.access.name, **_security(declared), **declared.openapi_extra},
            include_in_schema=path is None,
            **options,
        )

    # Starlette asks for a coroutine; the framework only ever awaits what it gets.
    def get_route_handler(self) -> Callable[[StarletteRequest], Awaitable[Response]]:  # type: ignore[override]
        return partial(pipeline.run, self.declared, super().get_route_handler())


def _security(declared: Declared) -> dict[str, Any]:
    if declared.access.name == "public":
        return {}
    if declared.access.name == "ops token":
        return {"security": [{"ops": []}]}
    bearer: list[dict[str, list[str]]] = [{"bearer": []}, {"password": []}]
    return {"security": [*bearer, {}] if declared.access.name == "optional" else bearer}


def failures_of(declared: Declared) -> dict[int | str, dict[str, Any]]:
    """Every refusal that a route may answer, so that nothing it says is undocumented."""
    texts = {400: "The request could not be read.", 422: "Some of the data is not valid.", 429: "Too many requests."}
    if declared.access.reads_token or declared.access.name == "ops token":
        texts[401] = "The token is missing, expired or not valid."
        texts[403] = (
            "The plan does not include this (ENTITLEMENT_REQUIRED)."
            if declared.access.entitlement
            else "The right to do this is missing."
        )
    if "{" in declared.path or declared.access.name == "ops token":
        texts[404] = "There is no such thing, or it is not yours."
    if declared.method != "GET":
        texts[409] = "It clashes with something that is already there."
        texts[413] = "The request is too large."
    for error in declared.errors:
        texts[error.status] = error.message
    texts[500] = "Something went wrong here; the request id finds it in the log."
    texts[503] = "A part that is needed is not available."
    return {status: {"model": Failure, "description": text} for status, text in sorted(texts.items())}


def install(app: FastAPI, routers: Iterable[Router]) -> None:
    """Add all routes: the hot ones, then those without parameters, so that a word is never taken for an id."""
    app.router.routes += routes_of(tuple(routers))


@lru_cache(maxsize=2)
def routes_of(routers: tuple[Router, ...]) -> list[PipelineRoute]:
    """The routes in the order in which they are looked at. Made once: each costs the framework a millisecond."""
    declared = [one for router in routers for one in router.declared]
    _refuse_twins(declared)
    routes = []
    for one in sorted(declared, key=_specificity):
        routes.append(PipelineRoute(one))
        if one.also_root:
            routes.append(PipelineRoute(one, API + one.path))
    return routes


def _specificity(declared: Declared) -> tuple[int, ...]:
    is_first = declared.hot is not None and "{" not in declared.path
    return (0 if is_first else 1, *(1 if part.startswith("{") else 0 for part in declared.path.split("/")[1:]))


def _refuse_twins(declared: Sequence[Declared]) -> None:
    seen: dict[Any, Declared] = {}
    for one in declared:
        for key in ((one.method, one.path), one.endpoint.__name__):
            if key in seen:
                raise ValueError(f"two routes share {key}: {seen[key].path} and {one.path}")
            seen[key] = one

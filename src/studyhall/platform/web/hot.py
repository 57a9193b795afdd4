"""The most frequent reads, answered ahead of the framework (ADR 0003).

A route that declares `hot` has two ways to the same answer. Asked without a query by a signed-in person, it is
answered here: the pipeline's own steps, then a function that gives the whole body as bytes. Its path may end in one id.
Every other request of that route, and every other route, goes on to the framework. A test holds both ways together.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from studyhall.platform.errors import AppError
from studyhall.platform.ratelimit import Decision
from studyhall.platform.resources import Resources
from studyhall.platform.uow import Origin
from studyhall.platform.web import etags, pipeline
from studyhall.platform.web.failures import failure
from studyhall.platform.web.request import header

if TYPE_CHECKING:
    from studyhall.platform.web.routing import Declared


@dataclass(frozen=True, slots=True)
class Versioned:
    """A whole body, envelope included, and the version of what it shows, for If-Match."""

    body: bytes
    version: int


Hot = Callable[..., Awaitable[bytes | Versioned]]
"""Gives the body of a hot read, envelope included: called with the unit of work, the actor and, where the path ends in
one, the id."""

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_JSON = (b"content-type", b"application/json")
_PRIVATE = (b"cache-control", b"private, no-cache")


class HotReads:
    """ASGI: hot reads here, everything else to the framework."""

    def __init__(self, api: FastAPI, declared: Iterable["Declared"]) -> None:
        self._api: ASGIApp = api
        self._state = api.state
        hot = [one for one in declared if one.hot is not None]
        self._whole = {one.path: one for one in hot if not one.path.endswith("}")}
        self._by_id = {one.path.rpartition("/")[0]: one for one in hot if one.path.endswith("}")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._declared(scope)
        if found is None:
            await self._api(scope, receive, send)
            return
        declared, ids = found
        origin: Origin = scope["state"]["origin"]
        try:
            answered = await self._answer(declared, ids, scope, origin)
        except AppError as error:
            scope["route"] = declared
            await failure(error, str(origin.request_id))(scope, receive, send)
            return
        if answered is None:
            await self._api(scope, receive, send)
            return
        scope["route"] = declared
        await _send(scope, send, *answered)

    def _declared(self, scope: Scope) -> "tuple[Declared, tuple[UUID, ...]] | None":
        """The hot route that is meant, and the id in its path."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
            return None
        path: str = scope["path"]
        whole = self._whole.get(path)
        if whole is not None:
            return whole, ()
        start, _, last = path.rpartition("/")
        declared = self._by_id.get(start)
        if declared is None or _ID.fullmatch(last) is None:
            return None
        return declared, (UUID(last),)

    async def _answer(
        self, declared: "Declared", ids: tuple[UUID, ...], scope: Scope, origin: Origin
    ) -> tuple[bytes | Versioned, Decision | None] | None:
        """Body and limit; None when the caller is nobody or a limited token, whom the framework answers."""
        resources: Resources = self._state.resources
        actor = await pipeline.identify(declared, resources, scope, origin)
        if actor is None or actor.abilities is not None or declared.hot is None:
            return None
        decision = await pipeline.limit(declared, resources, actor, origin)
        async with resources.unit_of_work(origin) as uow:
            body = await declared.hot(uow, actor, *ids)
        return body, decision


async def _send(scope: Scope, send: Send, answer: bytes | Versioned, decision: Decision | None) -> None:
    body, version = (answer.body, str(answer.version)) if isinstance(answer, Versioned) else (answer, None)
    tag = etags.tag_of(body, version)
    headers = [_PRIVATE, (b"etag", tag.encode())]
    if version is not None:
        headers.append((etags.VERSION_HEADER.encode(), version.encode()))
    if decision is not None:
        headers += [(name.lower().encode(), value.encode()) for name, value in decision.headers().items()]
    seen = header(scope, b"if-none-match")
    if seen is not None and etags.matches(seen, tag):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    headers += [_JSON, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})

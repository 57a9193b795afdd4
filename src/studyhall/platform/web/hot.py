"""The most frequent reads, answered ahead of the framework (ADR 0003).

A route that declares `hot` has two ways to the same answer. Asked without parameters by a signed-in person, it is
answered here: the pipeline's own steps, then a function that gives the whole body as bytes. Every other request of
that route, and every other route, goes on to the framework. A test holds both ways together.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from studyhall.platform.auth import Actor
from studyhall.platform.errors import AppError
from studyhall.platform.ratelimit import Decision
from studyhall.platform.resources import Resources
from studyhall.platform.uow import Origin, UnitOfWork
from studyhall.platform.web import etags, pipeline
from studyhall.platform.web.failures import failure
from studyhall.platform.web.request import header

if TYPE_CHECKING:
    from studyhall.platform.web.routing import Declared

Hot = Callable[[UnitOfWork, Actor], Awaitable[bytes]]
"""Gives the body of a hot read, envelope included, for the actor and the default page."""

_JSON = (b"content-type", b"application/json")
_PRIVATE = (b"cache-control", b"private, no-cache")


class HotReads:
    """ASGI: hot reads here, everything else to the framework."""

    def __init__(self, api: FastAPI, declared: Iterable["Declared"]) -> None:
        self._api: ASGIApp = api
        self._state = api.state
        self._hot = {one.path: one for one in declared if one.hot is not None}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        declared = self._declared(scope)
        if declared is None:
            await self._api(scope, receive, send)
            return
        origin: Origin = scope["state"]["origin"]
        try:
            answered = await self._answer(declared, scope, origin)
        except AppError as error:
            scope["route"] = declared
            await failure(error, str(origin.request_id))(scope, receive, send)
            return
        if answered is None:
            await self._api(scope, receive, send)
            return
        scope["route"] = declared
        await _send(scope, send, *answered)

    def _declared(self, scope: Scope) -> "Declared | None":
        if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
            return None
        return self._hot.get(scope["path"])

    async def _answer(self, declared: "Declared", scope: Scope, origin: Origin) -> tuple[bytes, Decision | None] | None:
        """Body and limit; None when the caller is nobody or a limited token, whom the framework answers."""
        resources: Resources = self._state.resources
        actor = await pipeline.identify(declared, resources, scope, origin)
        if actor is None or actor.abilities is not None or declared.hot is None:
            return None
        decision = await pipeline.limit(declared, resources, actor, origin)
        async with resources.unit_of_work(origin) as uow:
            body = await declared.hot(uow, actor)
        return body, decision


async def _send(scope: Scope, send: Send, body: bytes, decision: Decision | None) -> None:
    tag = etags.tag_of(body)
    headers = [_PRIVATE, (b"etag", tag.encode())]
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

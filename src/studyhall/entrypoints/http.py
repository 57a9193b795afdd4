"""The HTTP application: routes, edge, docs and sockets, from the tables of `wiring`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import orjson
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from studyhall import __version__
from studyhall.entrypoints import wiring
from studyhall.entrypoints.aliases import Aliases
from studyhall.entrypoints.sockets import SocketGate
from studyhall.platform import clock, logs, tracing
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Settings, settings_from_environment
from studyhall.platform.web import docs, failures, openapi, routing
from studyhall.platform.web.hot import HotReads
from studyhall.platform.web.middleware import Edge

SMALLEST_COMPRESSED = 1024


def create_app() -> ASGIApp:
    """What the server runs: everything is opened when it starts and closed when it stops."""
    settings = settings_from_environment()
    clock.shift(timedelta(seconds=settings.clock_shift_seconds))
    logs.configure(settings)
    tracing.configure(settings)
    return build(settings, None)


def build(settings: Settings, resources: Resources | None) -> ASGIApp:
    """The whole ASGI application; with `resources` given, nothing is opened (tests)."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if resources is not None:
            yield
            return
        async with wiring.open_resources(settings) as opened:
            app.state.resources = opened
            gate.open(opened)
            hearing = asyncio.create_task(opened.actors.listen(opened.database.listener))
            try:
                yield
            finally:
                hearing.cancel()
                await gate.close()

    api = describe_routes(lifespan)
    if resources is not None:
        api.state.resources = resources
    hot = HotReads(api, (one for router in wiring.ROUTERS for one in router.declared))
    app: ASGIApp = GZipMiddleware(hot, minimum_size=SMALLEST_COMPRESSED, compresslevel=4)
    app = CORSMiddleware(
        app,
        allow_origins=settings.allowed_origins,
        allow_credentials=True,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "X-Client-Time",
            "X-Request-ID",
        ],
        expose_headers=[
            "ETag",
            "Retry-After",
            "X-Request-ID",
            *(f"RateLimit-{n}" for n in ("Limit", "Remaining", "Reset")),
        ],
    )
    gate = SocketGate(Edge(Aliases(app), settings), wiring.CHANNELS)
    return gate


def describe_routes(lifespan: Any = None) -> FastAPI:
    """Routes, docs and error shapes, without anything opened; enough to write the API description."""
    api = FastAPI(
        title="Studyhall",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    failures.install_handlers(api)
    routing.install(api, wiring.ROUTERS)
    docs.install(api)
    description: list[bytes] = []

    async def serve_description(_: Request) -> Response:
        if not description:
            description.append(orjson.dumps(openapi.describe(api, __version__)))
        return Response(description[0], media_type="application/json", headers={"Cache-Control": "no-cache"})

    api.router.add_route("/openapi.json", serve_description, include_in_schema=False)
    return api

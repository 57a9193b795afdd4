"""Probes and metrics for whoever runs the server."""

from typing import Literal

import asyncpg
import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from studyhall.platform import metrics
from studyhall.platform.health import NEEDED, NotHealthy, check
from studyhall.platform.jobs import measure
from studyhall.platform.web import Envelope, Router, Schema, Uow, ok
from studyhall.platform.web.limits import UNLIMITED

log = structlog.get_logger(__name__)

router = Router("ops")


class Alive(Schema):
    status: Literal["ok"]


class Ready(Schema):
    """Every part that was asked, with `ok`; a part that fails makes it a 503 that names it."""

    status: Literal["ready"]
    checks: dict[str, str]


@router.get("//health", access="public", limit=UNLIMITED, summary="Alive; asks nothing else.", also_root=True)
async def health() -> Envelope[Alive]:
    return ok(Alive(status="ok"), "Alive.")


@router.get(
    "//health/database",
    access="public",
    summary="Whether the database answers.",
    errors=[NotHealthy],
    also_root=True,
)
async def health_database(uow: Uow) -> Envelope[Alive]:
    await check(uow.resources, "database")
    return ok(Alive(status="ok"), "The database answers.")


@router.get("//health/cache", access="public", summary="Whether Redis answers.", errors=[NotHealthy], also_root=True)
async def health_cache(uow: Uow) -> Envelope[Alive]:
    await check(uow.resources, "cache")
    return ok(Alive(status="ok"), "The cache answers.")


@router.get(
    "//health/storage",
    access="public",
    summary="Whether the file storage answers.",
    errors=[NotHealthy],
    also_root=True,
)
async def health_storage(uow: Uow) -> Envelope[Alive]:
    await check(uow.resources, "storage")
    return ok(Alive(status="ok"), "The file storage answers.")


@router.get(
    "//ready",
    access="public",
    limit=UNLIMITED,
    summary="Whether this server can serve: database and cache answer.",
    errors=[NotHealthy],
    also_root=True,
)
async def ready(uow: Uow) -> Envelope[Ready]:
    return ok(Ready(status="ready", checks=await check(uow.resources, *NEEDED)), "Ready.")


@router.get(
    "//metrics",
    access="ops token",
    limit=UNLIMITED,
    summary="Figures for Prometheus, in its text format.",
    response_class=Response,
    openapi_extra={
        "responses": {
            "200": {"description": "All metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}},
        }
    },
)
async def metrics_text(uow: Uow) -> Response:
    try:
        await measure(await uow.connection())
    except (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        log.warning("the job table could not be measured", error=repr(error))  # the other figures are needed now
    text, media_type = metrics.exposition()
    return Response(text, media_type=media_type)

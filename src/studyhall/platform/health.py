"""Whether the parts that a server stands on answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from studyhall.platform.errors import Unavailable
from studyhall.platform.resources import Resources

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 2.0


class NotHealthy(Unavailable):
    """A part does not answer; `errors` names it."""

    code, message = "NOT_READY", "A part that is needed does not answer."


Check = Callable[[Resources], Awaitable[Any]]


async def _database(resources: Resources) -> None:
    async with resources.database.straight() as straight:
        await straight.value("SELECT 1")


async def _cache(resources: Resources) -> None:
    await resources.redis.ping()


async def _storage(resources: Resources) -> None:
    await resources.storage.check()


CHECKS: Mapping[str, Check] = {"database": _database, "cache": _cache, "storage": _storage}
NEEDED = ("database", "cache")
"""What a server cannot do without: those that `/ready` asks."""


async def check(resources: Resources, *names: str) -> dict[str, str]:
    """Ask the named parts at the same time; `{name: "ok"}` for each.

    Raises:
        NotHealthy: one or more failed, or took longer than `PATIENCE_SECONDS`; it says which, and the log says why.
    """
    outcomes = await asyncio.gather(*(_ask(name, resources) for name in names))
    failed = [name for name, is_well in zip(names, outcomes, strict=True) if not is_well]
    if failed:
        raise NotHealthy(
            f"Not answering: {', '.join(failed)}.", errors={name: ["It does not answer."] for name in failed}
        )
    return dict.fromkeys(names, "ok")


async def _ask(name: str, resources: Resources) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await CHECKS[name](resources)
    except Exception as error:  # whatever a driver or store raises, it means that the part does not answer
        log.warning("health check failed", part=name, error=repr(error))
        return False
    return True

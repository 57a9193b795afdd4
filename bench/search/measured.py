"""A server's parts on throw-away databases, for measuring search alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from studyhall.entrypoints import wiring as opening
from studyhall.entrypoints.cli import schema
from studyhall.platform.embedded.throwaway import throwaway_postgres, throwaway_valkey
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Environment, Settings


@asynccontextmanager
async def opened(postgres: str, redis: str) -> AsyncIterator[Resources]:
    """Resources on these servers."""
    settings = Settings(
        environment=Environment.TEST,
        database_url=postgres,
        redis_url=redis,
        secret_key=SecretStr("a secret for measuring, nothing more"),
        rate_limits_enabled=False,
        statement_timeout_seconds=1800,
    )
    async with opening.open_resources(settings) as resources:
        yield resources


__all__ = ["opened", "schema", "throwaway_postgres", "throwaway_valkey"]

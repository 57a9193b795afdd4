"""An installation of its own for one measurement: embedded servers, an empty database, everything a process needs."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from studyhall.entrypoints import wiring
from studyhall.entrypoints.cli import schema
from studyhall.platform.embedded import EmbeddedServers
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Settings

SECRET = "a secret for measurements, nothing more"


@asynccontextmanager
async def installation() -> AsyncIterator[Resources]:
    """Started, and gone at the end. Limits of rate are off."""
    with tempfile.TemporaryDirectory(prefix="studyhall-bench-") as scratch:
        os.chmod(scratch, 0o711)
        folder = Path(scratch) / "data"
        with EmbeddedServers(folder, database_url=None, redis_url=None) as urls:
            await asyncio.to_thread(schema.upgrade, urls.database_url)  # it has a loop of its own
            settings = Settings(
                data_dir=folder,
                database_url=urls.database_url,
                redis_url=urls.redis_url,
                secret_key=SECRET,
                rate_limits_enabled=False,
            )
            async with wiring.open_resources(settings) as resources:
                yield resources

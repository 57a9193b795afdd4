"""Write the next Alembic revision: what the models have that the revisions so far do not make.

usage: python scripts/revision.py "what changes"

It migrates a throw-away database and compares. Read what it wrote before you commit it.
"""

import asyncio
import re
import sys

from alembic import command
from sqlalchemy import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from studyhall.entrypoints.cli import schema
from studyhall.platform.embedded import throwaway_postgres


def main(message: str) -> None:
    """Write the file and say where it lies."""
    number = len(list(schema.revisions().walk_revisions())) + 1
    slug = re.sub(r"\W+", "_", message.lower()).strip("_")

    def write(connection: Connection) -> None:
        config = schema.configuration()
        config.set_main_option("file_template", f"%%(rev)s_{slug}")
        config.attributes["connection"] = connection
        if number > 1:
            command.upgrade(config, "head")
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")

    async def run(url: str) -> None:
        engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
        async with engine.begin() as connection:
            await connection.run_sync(write)
        await engine.dispose()

    with throwaway_postgres() as url:
        asyncio.run(run(url))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])

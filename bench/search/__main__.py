"""`python -m bench.search`: relevance on the real course, kept in `bench/results/search.md`."""

import asyncio
from pathlib import Path

from bench.search.course import pages
from bench.search.measured import opened, schema, throwaway_postgres, throwaway_valkey
from bench.search.relevance import run, told

RESULTS = Path(__file__).parents[1] / "results" / "search.md"


async def main(postgres: str, redis: str) -> None:
    async with opened(postgres, redis) as resources:
        text = told(await run(resources), len(list(pages())))
    print(text)
    RESULTS.write_text(text)


if __name__ == "__main__":
    with throwaway_postgres() as postgres, throwaway_valkey() as redis:
        schema.upgrade(postgres)
        asyncio.run(main(postgres, redis))

"""`studyhall rebuild`: every derived figure from what was recorded, and the search index from its sources."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import typer

from studyhall.domains.gamification import public as gamification
from studyhall.domains.identity import public as identity
from studyhall.domains.leaderboards import public as leaderboards
from studyhall.domains.search import public as search
from studyhall.domains.streaks import public as streaks
from studyhall.domains.study import public as study
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

BATCH = 500

# What is walked for each person, lower domains first: recompute from all causes, write, tell what differed.
Rebuild = Callable[[UnitOfWork, UUID], Awaitable[Sequence[str]]]
REBUILDS: Sequence[Rebuild] = (
    study.rebuild,
    streaks.rebuild,
    gamification.rebuild,
    leaderboards.rebuild,
)


async def of_person(uow: UnitOfWork, user_id: UUID) -> Sequence[str]:
    """Recompute and write everything of one person; answers what differed, one sentence each."""
    return [told for rebuild in REBUILDS for told in await rebuild(uow, user_id)]


async def of_everybody(resources: Resources) -> Sequence[str]:
    """The same for all, one person per unit of work, so that nobody waits for the others."""
    differences: list[str] = []
    last: UUID | None = None
    while True:
        async with resources.unit_of_work() as uow:
            people = await identity.ids_after(uow, last, BATCH)
        if not people:
            return differences
        for user_id in people:
            async with resources.unit_of_work() as uow:
                differences += await of_person(uow, user_id)
        last = people[-1]


async def run(resources: Resources) -> None:
    """Recompute and write the figures of everybody, and say what was not right."""
    differences = await of_everybody(resources)
    for difference in differences:
        typer.echo(difference)
    typer.echo(f"Differences mended: {len(differences)}." if differences else "Everything was right.")
    indexed = await search.rebuild_all(resources)
    if any(indexed.values()):
        typer.echo("Search index: " + ", ".join(f"{kind} {count}" for kind, count in indexed.items()) + ".")

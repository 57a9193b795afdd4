"""Bytes that nobody needs any more leave the store."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from studyhall.domains.files import queries
from studyhall.domains.files.service import FOLDER
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun, job, periodic

KEPT_DELETED = timedelta(days=30)
KEPT_WITHOUT_ROW = timedelta(days=1)
BATCH = 500


@job("files.delete_objects")
async def delete_objects(run: JobRun, *, keys: list[str]) -> None:
    """Remove objects whose rows are gone; one that is gone already is no error."""
    for key in keys:
        await run.resources.storage.delete(key)


@periodic("files.purge", "17 3 * * *", timeout=3600)
async def purge(run: JobRun) -> None:
    """Remove uploads deleted 30 days ago, and objects that never got a row (their request failed) after a day."""
    while doomed := await _deleted(run):
        await _delete(run, list(doomed.values()))
        async with run.unit_of_work() as uow:
            await queries.drop(uow, list(doomed))
    waiting: list[str] = []
    before = clock.now() - KEPT_WITHOUT_ROW
    async for entry in run.resources.storage.list(FOLDER):
        if entry.changed_at < before:
            waiting.append(entry.key)
        if len(waiting) == BATCH:
            await _delete_orphans(run, waiting)
            waiting = []
    await _delete_orphans(run, waiting)


async def _deleted(run: JobRun) -> dict[UUID, str]:
    async with run.unit_of_work() as uow:
        return await queries.deleted_before(uow, clock.now() - KEPT_DELETED, BATCH)


async def _delete_orphans(run: JobRun, keys: Sequence[str]) -> None:
    async with run.unit_of_work() as uow:
        known = await queries.known_keys(uow, keys)
    await _delete(run, [key for key in keys if key not in known])


async def _delete(run: JobRun, keys: Sequence[str]) -> None:
    for key in keys:
        await run.resources.storage.delete(key)

"""A transfer from its beginning to its end, whichever way it goes."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from studyhall.domains.exchange import queries
from studyhall.domains.exchange.models import CourseTransfer
from studyhall.domains.files import public as files
from studyhall.domains.files.public import StoredFile
from studyhall.domains.notifications import public as notifications
from studyhall.domains.notifications.public import NotificationType
from studyhall.domains.tasks import public as tasks
from studyhall.platform import clock
from studyhall.platform.clients.storage import StorageError
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

KEPT = timedelta(days=1)
STUCK_AFTER = timedelta(hours=6)
BATCH = 200
NOT_NOW = "It could not be done just now. Try it again in a while."


class NotWanted(Exception):
    """Its owner has cancelled it."""


async def begin(uow: UnitOfWork, transfer_id: UUID) -> CourseTransfer | None:
    """The transfer, now running; None when there is nothing to do (any more)."""
    row = await queries.waiting(uow, transfer_id)
    if row is None:
        return None
    if row.task_id is not None and await tasks.start(uow, row.task_id):
        return row
    await end(uow, row, "cancelled")
    return None


async def file_of(uow: UnitOfWork, row: CourseTransfer) -> StoredFile | None:
    """Its package, if it is still there."""
    return (await files.find(uow, [row.file_id])).get(row.file_id) if row.file_id is not None else None


async def report(run: JobRun, task_id: UUID, percent: int, message: str) -> None:
    """Say how far it is. Raises NotWanted."""
    async with run.unit_of_work() as uow:
        goes_on = await tasks.progress(uow, task_id, percent, message)
    if not goes_on:
        raise NotWanted


async def end(uow: UnitOfWork, row: CourseTransfer, status: str) -> None:
    """No more is done about it; of an import the package is thrown away."""
    row.status, row.finished_at = status, clock.now()
    gone = row.file_id if row.direction == "import" else None
    if gone is not None:
        row.file_id = None
    await uow.session.flush()
    if gone is not None:
        await files.discard(uow, [gone])


async def cancel(run: JobRun, transfer_id: UUID) -> None:
    """Its owner wished so."""
    async with run.unit_of_work() as uow:
        row = await queries.waiting(uow, transfer_id)
        if row is not None:
            await end(uow, row, "cancelled")
            if row.task_id is not None:
                await tasks.cancelled(uow, row.task_id)


async def fail(run: JobRun, transfer_id: UUID, reason: str, losses: dict[str, Any] | None = None) -> None:
    """Nothing was done; tell its owner why."""
    async with run.unit_of_work() as uow:
        row = await queries.waiting(uow, transfer_id)
        if row is None:
            return
        row.failure, row.loss_report = reason, losses or {}
        await end(uow, row, "failed")
        if row.task_id is not None:
            await tasks.fail(uow, row.task_id, reason, losses)
        await tell(uow, row, f"{row.direction.capitalize()} of '{row.file_name[:80]}' failed", reason)


async def tell(uow: UnitOfWork, row: CourseTransfer, title: str, message: str) -> None:
    """A notification, once."""
    await notifications.notify(
        uow,
        [row.user_id],
        NotificationType.SYSTEM,
        title,
        message[:500],
        action_url=f"/courses/{row.course_id}" if row.course_id else "/courses",
        metadata={"transfer_id": str(row.id)},
        dedupe_key=f"course_transfer:{row.id}",
    )


async def drop_objects(resources: Resources, keys: list[str]) -> None:
    """Take objects that nobody will point to out of the store; what stays is swept away after a day."""
    for key in keys:
        with suppress(StorageError):
            await resources.storage.delete(key)


async def settle(run: JobRun) -> None:
    """Close what no job works on any more, and throw away packages that are a day old."""
    now = clock.now()
    async with run.unit_of_work() as uow:
        for row in await queries.stuck(uow, now - STUCK_AFTER, BATCH):
            row.failure = NOT_NOW
            await end(uow, row, "failed")
            if row.task_id is not None:
                await tasks.fail(uow, row.task_id, NOT_NOW)
    while True:
        async with run.unit_of_work() as uow:
            over = await queries.ended_with_file(uow, now - KEPT, BATCH)
            doomed = [row.file_id for row in over if row.file_id is not None]
            for row in over:
                row.file_id = None
            await uow.session.flush()
            await files.discard(uow, doomed)
        if len(over) < BATCH:
            return

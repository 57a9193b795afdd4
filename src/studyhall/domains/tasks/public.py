"""The door of tasks, for the jobs of other domains.

    task_id = await tasks.create(uow, actor.user_id, "exchange.import_course")      # in the request, beside enqueue
    if not await tasks.start(uow, task_id): return                                  # in the job
    if not await tasks.progress(uow, task_id, 40, "Reading chapters"): …cancelled   # in units of work of their own
    await tasks.finish(uow, task_id, result, loss_report)                           # with the last change

Progress shows only once its unit of work has committed, so report it in one of its own.
"""

from typing import Any
from uuid import UUID

from studyhall.domains.tasks import queries, service
from studyhall.domains.tasks.schemas import TaskState
from studyhall.platform.uow import UnitOfWork

__all__ = ["cancelled", "create", "fail", "finish", "is_cancelled", "progress", "start"]


async def create(uow: UnitOfWork, user_id: UUID, kind: str) -> UUID:
    """A waiting task of that person; answers its id, which the 202 tells."""
    return await service.create(uow, user_id, kind)


async def start(uow: UnitOfWork, task_id: UUID) -> bool:
    """The job begins, or begins again. False: it was cancelled or has ended, so do nothing."""
    return await service.start(uow, task_id)


async def progress(uow: UnitOfWork, task_id: UUID, percent: int, message: str | None = None) -> bool:
    """How far the work is, 0 to 100. False: its owner wants it to end; stop and call `cancelled`."""
    return await service.report(uow, task_id, percent, message)


async def finish(uow: UnitOfWork, task_id: UUID, result: Any = None, loss_report: Any = None) -> None:
    """It is done. `result` and `loss_report` are plain JSON."""
    await service.end(uow, task_id, TaskState.SUCCEEDED, progress=100, result=result, loss_report=loss_report)


async def fail(uow: UnitOfWork, task_id: UUID, error: str, loss_report: Any = None) -> None:
    """It cannot be done; `error` is a sentence for its owner."""
    await service.end(uow, task_id, TaskState.FAILED, error=error, loss_report=loss_report)


async def cancelled(uow: UnitOfWork, task_id: UUID) -> None:
    """The job has stopped because its owner asked, and has left nothing behind."""
    await service.end(uow, task_id, TaskState.CANCELLED)


async def is_cancelled(uow: UnitOfWork, task_id: UUID) -> bool:
    """Whether its owner wants it to end."""
    return await queries.cancel_asked(uow, task_id)

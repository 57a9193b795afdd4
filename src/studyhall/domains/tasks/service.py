"""Steps of a task's life. Each is one conditional UPDATE, so that a job run twice cannot reopen what has ended."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, update

from studyhall.domains.tasks import queries
from studyhall.domains.tasks.errors import TaskFinished, TaskNotFound
from studyhall.domains.tasks.models import BackgroundTask
from studyhall.domains.tasks.schemas import UNFINISHED, TaskState
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork


async def create(uow: UnitOfWork, user_id: UUID, kind: str) -> UUID:
    """A queued task; make it in the unit of work that queues its job."""
    task = BackgroundTask(user_id=user_id, kind=kind, state=TaskState.QUEUED)
    uow.session.add(task)
    await uow.session.flush()
    return task.id


async def get(uow: UnitOfWork, actor: Actor, task_id: UUID) -> BackgroundTask:
    """The actor's task. Raises TaskNotFound."""
    task = await queries.task_of(uow, actor.user_id, task_id)
    if task is None:
        raise TaskNotFound
    return task


async def cancel(uow: UnitOfWork, actor: Actor, task_id: UUID) -> BackgroundTask:
    """End a waiting task at once; ask a running one to end.

    Raises:
        TaskNotFound: it is not the actor's.
        TaskFinished: it has ended.
    """
    task = await queries.task_of(uow, actor.user_id, task_id, locked=True)
    if task is None:
        raise TaskNotFound
    if task.state not in UNFINISHED:
        raise TaskFinished
    task.cancel_requested = True
    if task.state == TaskState.QUEUED:
        task.state, task.finished_at = TaskState.CANCELLED, clock.now()
    await uow.session.flush()
    return task


async def start(uow: UnitOfWork, task_id: UUID) -> bool:
    """Mark it as running; False when there is nothing to do any more, because it was cancelled or has ended.

    A task that runs already is started again: its first worker has died.
    """
    return await _change(
        uow, task_id, state=TaskState.RUNNING, started_at=func.coalesce(BackgroundTask.started_at, clock.now())
    )


async def report(uow: UnitOfWork, task_id: UUID, percent: int, message: str | None) -> bool:
    """Tell how far it is; False when its owner wants it to end."""
    percent = max(0, min(100, percent))
    changes: dict[str, Any] = {"progress": func.greatest(BackgroundTask.progress, percent)}
    if message is not None:
        changes["message"] = message
    return await _change(uow, task_id, **changes) and not await queries.cancel_asked(uow, task_id)


async def end(uow: UnitOfWork, task_id: UUID, state: TaskState, **outcome: Any) -> None:
    """Close it. A task that has ended stays as it is."""
    await _change(uow, task_id, state=state, finished_at=clock.now(), **outcome)


async def _change(uow: UnitOfWork, task_id: UUID, **values: Any) -> bool:
    changed = await uow.session.execute(
        update(BackgroundTask)
        .where(BackgroundTask.id == task_id, BackgroundTask.state.in_(UNFINISHED))
        .values(**values)
        .returning(BackgroundTask.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None

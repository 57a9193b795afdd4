"""Finding tasks; a person finds only his own."""

from uuid import UUID

from sqlalchemy import select

from studyhall.domains.tasks.models import BackgroundTask
from studyhall.platform.uow import UnitOfWork


async def task_of(uow: UnitOfWork, user_id: UUID, task_id: UUID, *, locked: bool = False) -> BackgroundTask | None:
    """The person's task as it is now, or None; `locked` keeps its job from changing it meanwhile."""
    query = (
        select(BackgroundTask)
        .where(BackgroundTask.id == task_id, BackgroundTask.user_id == user_id)
        .execution_options(populate_existing=True)
    )
    found = await uow.session.scalars(query.with_for_update() if locked else query)
    return found.one_or_none()


async def cancel_asked(uow: UnitOfWork, task_id: UUID) -> bool:
    """Whether its owner wants the task to end, or the task is gone."""
    found = await uow.session.scalar(select(BackgroundTask.cancel_requested).where(BackgroundTask.id == task_id))
    return found is not False

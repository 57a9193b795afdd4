"""Watching and cancelling one's own tasks."""

from uuid import UUID

from studyhall.domains.tasks import service
from studyhall.domains.tasks.errors import TaskFinished
from studyhall.domains.tasks.schemas import Task, TaskAnswer
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, ok

router = Router("identity")


@router.get("/tasks/{task_id}", access="user", summary="State, progress, result and loss report of a task of mine")
async def get_task(task_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[TaskAnswer]:
    return ok(TaskAnswer(task=Task.model_validate(await service.get(uow, actor, task_id))))


@router.delete("/tasks/{task_id}", access="user", summary="Cancel a task of mine", errors=[TaskFinished])
async def cancel_task(task_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[TaskAnswer]:
    task = Task.model_validate(await service.cancel(uow, actor, task_id))
    return ok(TaskAnswer(task=task), "Cancelled." if task.finished_at else "It will end at its next step.")

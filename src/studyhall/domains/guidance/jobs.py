"""Placing blocks in the worker."""

import asyncio
from uuid import UUID

from studyhall.domains.guidance import service
from studyhall.domains.guidance.rules.cp_sat import Solver
from studyhall.domains.guidance.rules.engine import Placed, place
from studyhall.domains.guidance.rules.problem import Problem
from studyhall.domains.guidance.schemas import Wish
from studyhall.domains.tasks import public as tasks
from studyhall.platform.jobs import JobRun, job

POLL_SECONDS = 1.0


@job("guidance.suggest_week", timeout=120)
async def suggest_week(run: JobRun, *, task_id: UUID, user_id: UUID, wish: Wish) -> None:
    """Propose plans for seven days. It writes nothing but its task, so it can begin again at any point."""
    async with run.unit_of_work() as uow:
        if not await tasks.start(uow, task_id):
            return
        situation = await service.situation(uow, user_id, wish)
        await tasks.progress(uow, task_id, 10, "Looking for the best times")
    if situation is None:
        return  # the account is gone, and its tasks with it
    placed = await _place(run, task_id, situation.problem) if situation.has_something_to_place else None
    async with run.unit_of_work() as uow:
        if await tasks.is_cancelled(uow, task_id):
            await tasks.cancelled(uow, task_id)
        else:
            await tasks.finish(uow, task_id, service.told(situation, placed).model_dump(mode="json"))


async def _place(run: JobRun, task_id: UUID, problem: Problem) -> Placed:
    """Solve in a thread, and stop it when the owner wants the task to end or the job is stopped."""
    solver = Solver()
    solving = asyncio.ensure_future(asyncio.to_thread(place, problem, solver))
    try:
        while not (await asyncio.wait({solving}, timeout=POLL_SECONDS))[0]:
            async with run.unit_of_work() as uow:
                if await tasks.is_cancelled(uow, task_id):
                    solver.stop()
        return await solving
    finally:
        solver.stop()

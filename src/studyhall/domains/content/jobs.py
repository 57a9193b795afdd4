"""Crawling: the network between units of work, never inside one."""

from contextlib import aclosing
from uuid import UUID

from studyhall.domains.content import queries, service
from studyhall.domains.content.errors import CrawlRunning, SourceNotFound
from studyhall.domains.tasks import public as tasks
from studyhall.platform import clock
from studyhall.platform.clients.outside import ADAPTERS, CrawlError, Plan, TryLater, Visitor
from studyhall.platform.jobs import JobRun, job, periodic


@job("content.crawl", timeout=1500)
async def crawl(run: JobRun, *, source_id: UUID, task_id: UUID | None = None) -> None:
    """Read a source and keep what it lists. Begun again it finds what it kept, and changes nothing twice."""
    async with run.unit_of_work() as uow:
        if task_id is not None and not await tasks.start(uow, task_id):
            await service.release(uow, source_id, validators=None, error=None)
            return
        try:
            kind, plan = await service.plan(uow, source_id)
        except SourceNotFound:
            return
    try:
        added, known = await _read(run, source_id, task_id, kind, plan)
    except CrawlError as error:
        async with run.unit_of_work() as uow:
            wait = error.seconds if isinstance(error, TryLater) else None
            await service.release(uow, source_id, validators=None, error=str(error), wait=wait)
            if task_id is not None:
                await tasks.fail(uow, task_id, str(error), plan.losses)
        return
    async with run.unit_of_work() as uow:
        await service.release(uow, source_id, validators=plan.validators if plan.is_whole else None, error=None)
        if task_id is not None and await tasks.is_cancelled(uow, task_id):
            await tasks.cancelled(uow, task_id)
        elif task_id is not None:
            await tasks.finish(uow, task_id, {"added": added, "updated": known}, plan.losses)


async def _read(run: JobRun, source_id: UUID, task_id: UUID | None, kind: str, plan: Plan) -> tuple[int, int]:
    """Keep batch by batch; answers how many items are new, and how many were known. Stops when the task shall end."""
    visitor, added, known = Visitor(run.resources.fetcher), 0, 0
    async with aclosing(ADAPTERS[kind](visitor, plan)) as batches:  # type: ignore[type-var]  # they are generators
        async for batch in batches:
            async with run.unit_of_work() as uow:
                new, old = await service.keep(uow, source_id, batch)
                added, known = added + new, known + old
                percent = min(95, 100 * (added + known) // plan.most)
                told = f"{added + known} items read"
                if task_id is not None and not await tasks.progress(uow, task_id, percent, told):
                    plan.is_whole = False
                    break
    return added, known


@periodic("content.crawl_due", "23 * * * *", timeout=300)
async def crawl_due(run: JobRun) -> None:
    """Crawl each source once a day, or when its server said that it may be asked again."""
    async with run.unit_of_work() as uow:
        waiting = await queries.due(uow, clock.now())
    for source_id in waiting:
        async with run.unit_of_work() as uow:
            try:
                await service.hold(uow, source_id)
            except (CrawlRunning, SourceNotFound):
                continue
            await uow.enqueue(crawl, source_id=source_id)

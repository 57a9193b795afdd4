"""Bringing the index up to date with courses and chapters."""

from uuid import UUID

from studyhall.domains.chapters.service import indexing
from studyhall.platform.jobs import JobRun, job

BATCH = 100


@job("chapters.index", timeout=300)
async def index(run: JobRun, *, course_id: UUID, chapter_ids: list[UUID] | None = None) -> None:
    """Put a course and these of its chapters, or all, into the index as they are now."""
    async with run.unit_of_work() as uow:
        waiting = await indexing.put_course(uow, course_id)
    if chapter_ids is not None:
        waiting = [one for one in waiting if one in set(chapter_ids)]
    for start in range(0, len(waiting), BATCH):
        async with run.unit_of_work() as uow:
            await indexing.put_chapters(uow, waiting[start : start + BATCH])

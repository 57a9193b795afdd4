"""What chapters do when others announce something."""

from studyhall.domains.chapters.events import ChaptersChanged, ChaptersDeleted
from studyhall.domains.chapters.jobs import index
from studyhall.domains.chapters.service import indexing, writing
from studyhall.domains.courses.events import (
    CourseChanged,
    CourseCreated,
    CourseDeleted,
    CoursePublished,
    CourseRestored,
)
from studyhall.domains.search import public as search
from studyhall.domains.undo.events import UndoAsked
from studyhall.platform.uow import UnitOfWork


async def restore_on_undo(uow: UnitOfWork, event: UndoAsked) -> None:
    """Bring back the chapters that the person had deleted."""
    if event.kind == writing.UNDO_CHAPTER:
        for chapter_id in event.ids:
            await writing.restore(uow, event.user_id, chapter_id)


async def index_chapters(uow: UnitOfWork, event: ChaptersChanged) -> None:
    """Let the chapters be found as they are now: in the background, because a whole course can have changed."""
    await uow.enqueue(index, course_id=event.course_id, chapter_ids=list(event.chapter_ids))


async def forget_chapters(uow: UnitOfWork, event: ChaptersDeleted) -> None:
    """Nobody finds a deleted chapter any more."""
    await search.drop(uow, indexing.CHAPTER, event.chapter_ids)


async def index_course(uow: UnitOfWork, event: CourseCreated | CourseChanged) -> None:
    """Let the course be found by what it is called now; its chapters stay as they are."""
    await uow.enqueue(index, course_id=event.course_id, chapter_ids=[])


async def follow_access(uow: UnitOfWork, event: CoursePublished | CourseDeleted | CourseRestored) -> None:
    """Other people may see the course from now on, and find it: at once, because fewer may be as well."""
    await indexing.grant(uow, event.course_id)

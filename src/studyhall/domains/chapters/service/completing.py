"""Completing chapters."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.chapters import queries
from studyhall.domains.chapters.errors import ChapterNotFound
from studyhall.domains.chapters.events import ChapterCompleted
from studyhall.domains.chapters.models import Chapter, ChapterCompletion
from studyhall.domains.courses.public import CourseReading
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Completion:
    """What a completion came to."""

    chapter: Chapter
    row: ChapterCompletion
    is_new: bool
    reading: CourseReading
    next_id: UUID | None


async def complete(uow: UnitOfWork, actor: Actor, chapter_id: UUID) -> Completion:
    """Mark the chapter as done by the actor, once, ever; a second time changes nothing. Raises ChapterNotFound."""
    found = await queries.chapter_seen_by(uow, actor.user_id, chapter_id)
    if found is None:
        raise ChapterNotFound
    chapter, row = found
    is_new = row is None
    if row is None:
        row, is_new = await _mark(uow, actor, chapter)
    chapters, completed = (await queries.counts(uow, actor.user_id, [chapter.course_id]))[chapter.course_id]
    beside = await queries.neighbours(uow, chapter)
    return Completion(chapter, row, is_new, CourseReading(chapters, completed), beside.next)


async def _mark(uow: UnitOfWork, actor: Actor, chapter: Chapter) -> tuple[ChapterCompletion, bool]:
    """The row, and whether this call made it: of two at once the second waits at the primary key and finds it."""
    values = {
        "user_id": actor.user_id,
        "chapter_id": chapter.id,
        "course_id": chapter.course_id,
        "completed_at": clock.now(),
        "study_day": clock.today_in(actor.time_zone, actor.day_start_hour),
    }
    made = await uow.session.scalar(
        insert(ChapterCompletion).values(**values).on_conflict_do_nothing().returning(ChapterCompletion)
    )
    if made is None:
        return (await queries.completions_of(uow, actor.user_id, [chapter.id]))[0], False
    uow.record(ChapterCompleted(actor.user_id, chapter.id, chapter.course_id, made.completed_at, made.study_day))
    return made, True

"""Adding, editing, tagging and deleting chapters."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.chapters import queries
from studyhall.domains.chapters.errors import ChapterNotFound, TooManyChapters
from studyhall.domains.chapters.events import ChaptersChanged, ChaptersDeleted, ChapterTagged
from studyhall.domains.chapters.models import Chapter, ChapterTopic
from studyhall.domains.chapters.queries import ChapterRow
from studyhall.domains.chapters.schemas import MOST_CHAPTERS
from studyhall.domains.chapters.service import outlines
from studyhall.domains.courses import public as courses
from studyhall.domains.markup.public import Rendered
from studyhall.domains.subjects import public as subjects
from studyhall.domains.undo import public as undo
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Conflict
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.etags import require_match

UNDO_CHAPTER = "chapters.chapter"


def content_of(markdown: str, rendered: Rendered) -> dict[str, Any]:
    """The columns that follow from a text."""
    return {
        "markdown": markdown,
        "html": rendered.html,
        "plain_text": rendered.text,
        "headings": [{"level": one.level, "text": one.text, "anchor": one.anchor} for one in rendered.headings],
        "image_names": list(rendered.images),
        "word_count": rendered.words,
    }


async def add(
    uow: UnitOfWork,
    actor: Actor,
    course_id: UUID,
    *,
    title: str,
    markdown: str,
    rendered: Rendered,
    position: int | None,
    topic_ids: Sequence[UUID],
) -> Chapter:
    """A new chapter, at that position or last.

    Raises:
        CourseNotFound, NotOwner: the actor may not see or not edit the course.
        TooManyChapters: the course is full.
        TopicNotFound: one of the topics is none.
    """
    await courses.require_editable(uow, actor, course_id)
    await subjects.require_topics(uow, topic_ids)
    await outlines.change(uow, course_id)
    present = await outlines.count(uow, course_id)
    if present >= MOST_CHAPTERS:
        raise TooManyChapters
    place = min(position or MOST_CHAPTERS, present + 1)
    if place <= present:
        await outlines.shift(uow, course_id, place, 1)
    chapter = Chapter(course_id=course_id, title=title, position=place, **content_of(markdown, rendered))
    uow.session.add(chapter)
    await uow.session.flush()
    await _tag(uow, chapter.id, topic_ids)
    await courses.keep_chapter_counts(uow, {course_id: present + 1})
    uow.record(ChaptersChanged(actor.user_id, course_id, (chapter.id,)))
    return chapter


async def editable(uow: UnitOfWork, actor: Actor, chapter_id: UUID) -> ChapterRow:
    """The chapter, its course locked, if the actor may edit it. Raises ChapterNotFound, NotOwner."""
    found = await queries.chapter_seen_by(uow, actor.user_id, chapter_id)
    if found is None:
        raise ChapterNotFound
    await courses.require_editable(uow, actor, found[0].course_id)
    # Read again behind the lock: it may have been edited or deleted while this waited.
    found = await queries.chapter_seen_by(uow, actor.user_id, chapter_id)
    if found is None:
        raise ChapterNotFound
    return found


async def change(
    uow: UnitOfWork,
    actor: Actor,
    chapter_id: UUID,
    *,
    title: str | None,
    content: tuple[str, Rendered] | None,
    if_match: str | None,
) -> ChapterRow:
    """Change title or content or both.

    Raises:
        ChapterNotFound, NotOwner: the actor may not see or not edit it.
        PreconditionFailed: the chapter has another version than `if_match` says.
    """
    chapter, completion = await editable(uow, actor, chapter_id)
    require_match(if_match, chapter.version)
    values: dict[str, Any] = {} if title is None else {"title": title}
    if content is not None:
        values |= content_of(*content)
    changed = {name: value for name, value in values.items() if getattr(chapter, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(chapter, name, value)
        chapter.version += 1
        await uow.session.flush()
        uow.record(ChaptersChanged(actor.user_id, chapter.course_id, (chapter_id,)))
    return chapter, completion


async def tag(uow: UnitOfWork, actor: Actor, chapter_id: UUID, topic_ids: Sequence[UUID]) -> list[UUID]:
    """Replace the chapter's topics; answers them.

    Raises:
        ChapterNotFound, NotOwner: the actor may not see or not edit it.
        TopicNotFound: one of them is none.
    """
    chapter, _ = await editable(uow, actor, chapter_id)
    await subjects.require_topics(uow, topic_ids)
    await uow.session.execute(delete_rows(ChapterTopic).where(ChapterTopic.chapter_id == chapter_id))
    await _tag(uow, chapter_id, topic_ids)
    wanted = sorted(set(topic_ids))
    uow.record(ChapterTagged(actor.user_id, chapter.course_id, chapter_id, tuple(wanted)))
    return wanted


async def _tag(uow: UnitOfWork, chapter_id: UUID, topic_ids: Sequence[UUID]) -> None:
    if topic_ids:
        rows = [{"chapter_id": chapter_id, "topic_id": topic_id} for topic_id in dict.fromkeys(topic_ids)]
        await uow.session.execute(insert(ChapterTopic).values(rows))


async def delete(uow: UnitOfWork, actor: Actor, chapter_id: UUID) -> str:
    """Delete softly and close the gap; answers the token that takes it back. Raises ChapterNotFound, NotOwner."""
    chapter, _ = await editable(uow, actor, chapter_id)
    course_id, place = chapter.course_id, chapter.position or 1
    await outlines.change(uow, course_id)
    chapter.deleted_at, chapter.position, chapter.former_position = clock.now(), None, place
    await uow.session.flush()
    behind = await outlines.shift(uow, course_id, place + 1, -1)
    await courses.keep_chapter_counts(uow, {course_id: place - 1 + behind})
    uow.record(ChaptersDeleted(actor.user_id, course_id, (chapter_id,)))
    return await undo.offer(uow, actor, UNDO_CHAPTER, [chapter_id])


async def restore(uow: UnitOfWork, user_id: UUID, chapter_id: UUID) -> None:
    """Take a deletion back: the chapter stands where it stood, as far as there is such a place.

    Raises:
        ChapterNotFound: it was purged meanwhile.
        Conflict: an import has brought the same chapter anew.
    """
    chapter = await uow.session.get(Chapter, chapter_id)
    if chapter is None:
        raise ChapterNotFound
    await outlines.change(uow, chapter.course_id)
    await uow.session.refresh(chapter)
    if chapter.deleted_at is None:
        return
    await _refuse_twin(uow, chapter)
    present = await outlines.count(uow, chapter.course_id)
    place = min(chapter.former_position or present + 1, present + 1)
    await outlines.shift(uow, chapter.course_id, place, 1)
    chapter.deleted_at, chapter.position, chapter.former_position = None, place, None
    await uow.session.flush()
    await courses.keep_chapter_counts(uow, {chapter.course_id: present + 1})
    uow.record(ChaptersChanged(user_id, chapter.course_id, (chapter_id,)))


async def _refuse_twin(uow: UnitOfWork, chapter: Chapter) -> None:
    if chapter.external_id is None:
        return
    twin = select(Chapter.id).where(
        Chapter.course_id == chapter.course_id,
        Chapter.external_id == chapter.external_id,
        Chapter.deleted_at.is_(None),
    )
    if (await uow.session.execute(twin)).first() is not None:
        raise Conflict("The same chapter was imported again meanwhile; it is there.")

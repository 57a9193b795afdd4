"""Courses and chapters in the index, behind the keys of those who may see them."""

from collections.abc import Collection, Iterable
from uuid import UUID

from studyhall.domains.chapters import queries
from studyhall.domains.chapters.models import Chapter
from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseFacts
from studyhall.domains.search import public as search
from studyhall.platform.uow import UnitOfWork

COURSE, CHAPTER = "course", "chapter"


async def put_course(uow: UnitOfWork, course_id: UUID) -> list[UUID]:
    """The course's own document; answers the ids of its chapters, none when there is no such course any more."""
    found = (await courses.facts(uow, [course_id])).get(course_id)
    if found is None:
        await search.drop(uow, COURSE, [course_id])
        return []
    await search.put(uow, [_course(found)])
    return await queries.ids_in_order(uow, course_id)


async def put_chapters(uow: UnitOfWork, chapter_ids: Collection[UUID]) -> None:
    """The living ones of these chapters, behind the keys that their courses have now."""
    await search.put(uow, await _chapters(uow, await queries.any_of(uow, chapter_ids)))


async def grant(uow: UnitOfWork, course_id: UUID) -> None:
    """Let exactly those find the course and its chapters who may see them now."""
    found = (await courses.facts(uow, [course_id])).get(course_id)
    if found is not None:
        keys = courses.search_keys(found)
        await search.grant(uow, COURSE, [course_id], keys)
        await search.grant(uow, CHAPTER, await queries.ids_in_order(uow, course_id), keys)


class CourseDocuments:
    """Every course, for making the index anew (search's port `Source`)."""

    kind = COURSE

    async def documents(self, uow: UnitOfWork, after: UUID, limit: int) -> list[search.Document]:
        """Deleted ones too: who took them still finds them."""
        return [_course(found) for found in await courses.after(uow, after, limit)]


class ChapterDocuments:
    """Every living chapter, for making the index anew (search's port `Source`)."""

    kind = CHAPTER

    async def documents(self, uow: UnitOfWork, after: UUID, limit: int) -> list[search.Document]:
        """By id, each behind the keys of its course."""
        return await _chapters(uow, await queries.after(uow, after, limit))


def _course(found: CourseFacts) -> search.Document:
    body = "\n".join(part for part in (found.code, found.instructor, found.description, *found.prerequisites) if part)
    return search.Document(COURSE, found.id, found.name, body, courses.search_keys(found), course_id=found.id)


async def _chapters(uow: UnitOfWork, rows: Iterable[Chapter]) -> list[search.Document]:
    chapters = list(rows)
    facts = await courses.facts(uow, {row.course_id for row in chapters})
    keys = {course_id: courses.search_keys(found) for course_id, found in facts.items()}
    return [
        search.Document(
            CHAPTER, row.id, row.title, row.plain_text, keys[row.course_id], course_id=row.course_id, chapter_id=row.id
        )
        for row in chapters
    ]

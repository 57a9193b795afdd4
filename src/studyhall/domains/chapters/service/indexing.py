"""Courses and chapters in the index, behind the keys of those who may see them."""

from collections.abc import Collection
from uuid import UUID

from studyhall.domains.chapters import queries
from studyhall.domains.courses import public as courses
from studyhall.domains.search import public as search
from studyhall.platform.uow import UnitOfWork

COURSE, CHAPTER = "course", "chapter"


async def put_course(uow: UnitOfWork, course_id: UUID) -> list[UUID]:
    """The course's own document; answers the ids of its chapters, none when there is no such course any more."""
    found = (await courses.facts(uow, [course_id])).get(course_id)
    if found is None:
        await search.drop(uow, COURSE, [course_id])
        return []
    body = "\n".join(part for part in (found.code, found.instructor, found.description, *found.prerequisites) if part)
    document = search.Document(COURSE, course_id, found.name, body, courses.search_keys(found), course_id=course_id)
    await search.put(uow, [document])
    return await queries.ids_in_order(uow, course_id)


async def put_chapters(uow: UnitOfWork, course_id: UUID, chapter_ids: Collection[UUID]) -> None:
    """The living ones of these chapters, behind the keys that their course has now."""
    found = (await courses.facts(uow, [course_id])).get(course_id)
    if found is None:
        return
    keys = courses.search_keys(found)
    await search.put(
        uow,
        [
            search.Document(CHAPTER, row.id, row.title, row.plain_text, keys, course_id=course_id, chapter_id=row.id)
            for row in await queries.any_of(uow, chapter_ids)
        ],
    )


async def grant(uow: UnitOfWork, course_id: UUID) -> None:
    """Let exactly those find the course and its chapters who may see them now."""
    found = (await courses.facts(uow, [course_id])).get(course_id)
    if found is not None:
        keys = courses.search_keys(found)
        await search.grant(uow, COURSE, [course_id], keys)
        await search.grant(uow, CHAPTER, await queries.ids_in_order(uow, course_id), keys)

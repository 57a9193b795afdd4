"""Reading chapters."""

from collections.abc import Sequence
from uuid import UUID

import orjson

from studyhall.domains.chapters import queries
from studyhall.domains.chapters.errors import ChapterNotFound, NoNextChapter, NoPreviousChapter
from studyhall.domains.chapters.models import Chapter
from studyhall.domains.chapters.queries import ChapterRow
from studyhall.domains.chapters.schemas import ChapterDetail, ChapterItem
from studyhall.domains.courses import public as courses
from studyhall.domains.files import public as files
from studyhall.domains.markup import public as markup
from studyhall.domains.subjects import public as subjects
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, Versioned


async def as_json(uow: UnitOfWork, actor: Actor | None, chapter_id: UUID) -> Versioned:
    """The whole answer of `GET /chapters/{id}`, images with their addresses. Raises ChapterNotFound."""
    viewer_id = actor.user_id if actor else None
    is_author = actor is not None and actor.may(courses.AUTHOR)
    found = await queries.chapter_as_json(uow, viewer_id, chapter_id, is_author=is_author)
    if found is None:
        raise ChapterNotFound
    if not found.image_names:
        return Versioned(found.body, found.version)
    answer = orjson.loads(found.body)
    chapter = answer["data"]["chapter"]
    chapter["content"] = await addressed(uow, found.course_id, found.image_names, chapter["content"])
    return Versioned(orjson.dumps(answer), found.version)


async def addressed(uow: UnitOfWork, course_id: UUID, names: Sequence[str], html: str) -> str:
    """The HTML with signed addresses for the images; they stay the same for ten minutes, and so do ETags."""
    if not names:
        return html
    file_ids = await queries.image_files(uow, course_id, names)
    addresses = {name: files.address_of(uow.resources, file_id) for name, file_id in file_ids.items()}
    return markup.with_addresses(html, addresses.get)


async def detail(uow: UnitOfWork, row: ChapterRow, *, may_edit: bool) -> ChapterDetail:
    """The chapter as it is answered, for one who may see it."""
    chapter, completion = row
    topic_ids = (await queries.topic_ids(uow, [chapter.id])).get(chapter.id, [])
    return ChapterDetail.detailed(
        chapter,
        completion,
        topic_ids,
        await queries.neighbours(uow, chapter),
        content=await addressed(uow, chapter.course_id, chapter.image_names, chapter.html),
        may_edit=may_edit,
    )


async def beside(uow: UnitOfWork, actor: Actor | None, chapter_id: UUID, *, step: int) -> Versioned:
    """The next (step 1) or previous (step -1) chapter.

    Raises:
        ChapterNotFound: the actor may not see the one that it is beside.
        NoNextChapter, NoPreviousChapter: there is none.
    """
    found = await queries.chapter_seen_by(uow, actor.user_id if actor else None, chapter_id)
    if found is None:
        raise ChapterNotFound
    neighbours = await queries.neighbours(uow, found[0])
    wanted = neighbours.next if step > 0 else neighbours.previous
    if wanted is None:
        raise NoNextChapter if step > 0 else NoPreviousChapter
    return await as_json(uow, actor, wanted)


async def page_of_course(
    uow: UnitOfWork, viewer_id: UUID | None, course_id: UUID, listing: ListQuery
) -> tuple[Page[ChapterItem], int]:
    """A page of the course's chapters in order, and the version of that order. Raises CourseNotFound."""
    await courses.require_visible(uow, viewer_id, course_id)
    version = await queries.outline_version(uow, course_id)
    return await page_in_order(uow, viewer_id, course_id, listing), version


async def page_in_order(
    uow: UnitOfWork, viewer_id: UUID | None, course_id: UUID, listing: ListQuery
) -> Page[ChapterItem]:
    """A page of the course's chapters in order, of a course that the viewer is known to see."""
    return await _items(uow, await queries.page_of_chapters(uow, viewer_id, course_id, listing))


async def page_on_topic(uow: UnitOfWork, topic_id: UUID, listing: ListQuery) -> Page[ChapterItem]:
    """A page of the catalogue's chapters on the topic. Raises TopicNotFound."""
    await subjects.require_topics(uow, [topic_id])
    return await _items(uow, await queries.page_on_topic(uow, topic_id, listing))


async def _items(uow: UnitOfWork, page: Page[ChapterRow]) -> Page[ChapterItem]:
    chapters: list[Chapter] = [chapter for chapter, _ in page.rows]
    topic_ids = await queries.topic_ids(uow, [chapter.id for chapter in chapters])
    return page.map(lambda row: ChapterItem.of(row[0], row[1], topic_ids.get(row[0].id, [])))

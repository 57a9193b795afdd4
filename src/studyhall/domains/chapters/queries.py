"""Reading chapters, always in the eyes of one viewer unless a function says otherwise."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, false, func, select

from studyhall.domains.chapters.models import Chapter, ChapterCompletion, ChapterTopic, CourseImage, Outline
from studyhall.domains.courses import public as courses
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, page_of

ChapterRow = tuple[Chapter, ChapterCompletion | None]


def _living() -> ColumnElement[bool]:
    return Chapter.deleted_at.is_(None)


def _done_by(viewer_id: UUID | None) -> ColumnElement[bool]:
    if viewer_id is None:
        return false()
    return and_(ChapterCompletion.chapter_id == Chapter.id, ChapterCompletion.user_id == viewer_id)


def _seen_by(viewer_id: UUID | None) -> Select[Chapter, ChapterCompletion]:
    return (
        select(Chapter, ChapterCompletion)
        .outerjoin(ChapterCompletion, _done_by(viewer_id))
        .where(_living(), courses.seen_by(viewer_id, Chapter.course_id))
    )


async def chapter_seen_by(uow: UnitOfWork, viewer_id: UUID | None, chapter_id: UUID) -> ChapterRow | None:
    """The chapter with the viewer's completion, or None when he may not see it."""
    found = await uow.session.execute(
        _seen_by(viewer_id).where(Chapter.id == chapter_id).execution_options(populate_existing=True)
    )
    row = found.one_or_none()
    return None if row is None else (row[0], row[1])


async def page_of_chapters(
    uow: UnitOfWork, viewer_id: UUID | None, course_id: UUID, listing: ListQuery
) -> Page[ChapterRow]:
    """The chapters of a course that the viewer sees, in order."""
    rows = _seen_by(viewer_id).where(Chapter.course_id == course_id)
    return await page_of(uow, rows, listing, order=(Chapter.position.asc(),), tie=Chapter.id)


async def page_on_topic(uow: UnitOfWork, topic_id: UUID, listing: ListQuery) -> Page[ChapterRow]:
    """Chapters of catalogue courses that teach the topic, course by course in their order."""
    tagged = select(ChapterTopic.chapter_id).where(ChapterTopic.topic_id == topic_id)
    rows = (
        select(Chapter, ChapterCompletion)
        .outerjoin(ChapterCompletion, false())
        .where(_living(), Chapter.id.in_(tagged), courses.listed(Chapter.course_id))
    )
    order = (Chapter.course_id.asc(), Chapter.position.asc())
    return await page_of(uow, rows, listing, order=order, tie=Chapter.id)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The chapters beside one, by id."""

    previous: UUID | None
    next: UUID | None


async def neighbours(uow: UnitOfWork, chapter: Chapter) -> Neighbours:
    """The living chapters before and after a living one."""
    rows = await uow.session.execute(
        select(Chapter.position, Chapter.id).where(
            Chapter.course_id == chapter.course_id,
            _living(),
            Chapter.position.in_([(chapter.position or 0) - 1, (chapter.position or 0) + 1]),
        )
    )
    at = {row[0]: row[1] for row in rows}
    return Neighbours(at.get((chapter.position or 0) - 1), at.get((chapter.position or 0) + 1))


# $1 chapter, $2 viewer, $3 whether he is an author, $4 the form of a time. The same as the ordinary queries with
# `ChapterDetail.of`; the test of both holds them together.
_UTC = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_CHAPTER_AS_JSON = f"""
SELECT json_build_object(
  'success', true, 'message', 'OK', 'data', json_build_object('chapter', json_build_object(
    'id', c.id, 'course_id', c.course_id, 'title', c.title, 'position', c.position, 'order', c.position,
    'word_count', c.word_count, 'reading_minutes', greatest(1, (c.word_count + 199) / 200),
    'topic_ids', coalesce(
      (SELECT json_agg(t.topic_id ORDER BY t.topic_id) FROM chapter_topics t WHERE t.chapter_id = c.id), '[]'::json),
    'is_completed', d.completed_at IS NOT NULL,
    'completed_at', to_char(d.completed_at AT TIME ZONE 'UTC', $4),
    'version', c.version,
    'created_at', to_char(c.created_at AT TIME ZONE 'UTC', $4),
    'updated_at', to_char(c.updated_at AT TIME ZONE 'UTC', $4),
    'next_chapter_id', (SELECT n.id FROM chapters n WHERE n.course_id = c.course_id AND n.position = c.position + 1),
    'prev_chapter_id', (SELECT p.id FROM chapters p WHERE p.course_id = c.course_id AND p.position = c.position - 1),
    'headings', c.headings,
    'content', c.html,
    'markdown', CASE WHEN {courses.may_edit_sql("$2", "$3", "c.course_id")} THEN c.markdown END
  ))) AS body, c.version, c.course_id, c.image_names <> '[]'::jsonb AS has_images, c.image_names::text AS image_names
FROM chapters c
LEFT JOIN chapter_completions d ON d.chapter_id = c.id AND d.user_id = $2::uuid
WHERE c.id = $1 AND c.deleted_at IS NULL AND {courses.seen_sql("$2", "c.course_id")}
"""


@dataclass(frozen=True, slots=True)
class ChapterJson:
    """A chapter's whole answer, its images not yet addressed."""

    body: bytes
    version: int
    course_id: UUID
    image_names: Sequence[str]


async def chapter_as_json(
    uow: UnitOfWork, viewer_id: UUID | None, chapter_id: UUID, *, is_author: bool
) -> ChapterJson | None:
    """The whole answer of `GET /chapters/{id}` as PostgreSQL writes it, or None when the viewer may not see it.

    One of the most frequent reads: it goes past the ORM and costs one statement.
    """
    async with uow.resources.database.straight() as straight:
        row = await straight.row(_CHAPTER_AS_JSON, chapter_id, viewer_id, is_author, _UTC)
    if row is None:
        return None
    names = orjson.loads(row["image_names"]) if row["has_images"] else []
    return ChapterJson(row["body"], row["version"], row["course_id"], names)


async def image_files(uow: UnitOfWork, course_id: UUID, names: Collection[str]) -> dict[str, UUID]:
    """Files of the course's images by name; whoever sees a chapter sees its images."""
    if not names:
        return {}
    found = await uow.session.execute(
        select(CourseImage.name, CourseImage.file_id).where(
            CourseImage.course_id == course_id, CourseImage.name.in_(names)
        )
    )
    return {row[0]: row[1] for row in found}


async def images_of(uow: UnitOfWork, course_id: UUID) -> Sequence[CourseImage]:
    """Every image of the course, by name; whoever looks."""
    rows = select(CourseImage).where(CourseImage.course_id == course_id).order_by(CourseImage.name)
    return (await uow.session.scalars(rows)).all()


async def topic_ids(uow: UnitOfWork, chapter_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The topics that each of the chapters is tagged with."""
    found: dict[UUID, list[UUID]] = {}
    if not chapter_ids:
        return found
    rows = await uow.session.execute(
        select(ChapterTopic.chapter_id, ChapterTopic.topic_id)
        .where(ChapterTopic.chapter_id.in_(chapter_ids))
        .order_by(ChapterTopic.topic_id)
    )
    for chapter_id, topic_id in rows:
        found.setdefault(chapter_id, []).append(topic_id)
    return found


async def outline_version(uow: UnitOfWork, course_id: UUID) -> int:
    """The version of the course's order; 0 before its first chapter."""
    return await uow.session.scalar(select(Outline.version).where(Outline.course_id == course_id)) or 0


async def ids_in_order(uow: UnitOfWork, course_id: UUID) -> list[UUID]:
    """The course's living chapters in order, whoever looks."""
    rows = select(Chapter.id).where(Chapter.course_id == course_id, _living()).order_by(Chapter.position)
    return list((await uow.session.scalars(rows)).all())


async def living_of(uow: UnitOfWork, course_id: UUID) -> Sequence[Chapter]:
    """The course's living chapters in order, whole, whoever looks."""
    rows = select(Chapter).where(Chapter.course_id == course_id, _living()).order_by(Chapter.position)
    return (await uow.session.scalars(rows.execution_options(populate_existing=True))).all()


async def any_of(uow: UnitOfWork, chapter_ids: Collection[UUID]) -> Sequence[Chapter]:
    """The living ones of the chapters, whoever looks."""
    if not chapter_ids:
        return []
    return (await uow.session.scalars(select(Chapter).where(Chapter.id.in_(chapter_ids), _living()))).all()


async def after(uow: UnitOfWork, chapter_id: UUID, limit: int) -> Sequence[Chapter]:
    """The next living chapters by id, whoever looks: for work that walks over all."""
    rows = select(Chapter).where(Chapter.id > chapter_id, _living()).order_by(Chapter.id).limit(limit)
    return (await uow.session.scalars(rows)).all()


async def seen_ids(uow: UnitOfWork, viewer_id: UUID | None, chapter_ids: Collection[UUID]) -> set[UUID]:
    """Those of the chapters that the viewer sees."""
    if not chapter_ids:
        return set()
    rows = select(Chapter.id).where(
        Chapter.id.in_(chapter_ids), _living(), courses.seen_by(viewer_id, Chapter.course_id)
    )
    return set((await uow.session.scalars(rows)).all())


async def counts(uow: UnitOfWork, user_id: UUID, course_ids: Collection[UUID]) -> Mapping[UUID, tuple[int, int]]:
    """For each course its living chapters, and how many of them the person has completed."""
    if not course_ids:
        return {}
    rows = await uow.session.execute(
        select(Chapter.course_id, func.count(Chapter.id), func.count(ChapterCompletion.chapter_id))
        .outerjoin(ChapterCompletion, _done_by(user_id))
        .where(Chapter.course_id.in_(course_ids), _living())
        .group_by(Chapter.course_id)
    )
    return {course_id: (chapters, completed) for course_id, chapters, completed in rows}


async def completions_of(
    uow: UnitOfWork, user_id: UUID, chapter_ids: Collection[UUID] | None = None
) -> Sequence[ChapterCompletion]:
    """The person's completions, of these chapters or all, the oldest first; also of chapters deleted since."""
    rows = select(ChapterCompletion).where(ChapterCompletion.user_id == user_id)
    if chapter_ids is not None:
        rows = rows.where(ChapterCompletion.chapter_id.in_(chapter_ids))
    ordered = rows.order_by(ChapterCompletion.completed_at, ChapterCompletion.chapter_id)
    return (await uow.session.scalars(ordered)).all()


async def topics_taught(uow: UnitOfWork, course_ids: Collection[UUID]) -> set[UUID]:
    """Topics of the living chapters of these courses."""
    if not course_ids:
        return set()
    found = await uow.session.scalars(
        select(ChapterTopic.topic_id)
        .join(Chapter, Chapter.id == ChapterTopic.chapter_id)
        .where(Chapter.course_id.in_(course_ids), Chapter.deleted_at.is_(None))
        .distinct()
    )
    return set(found.all())


async def seen_on_topics(uow: UnitOfWork, viewer_id: UUID | None, topic_ids: Collection[UUID]) -> Sequence[Chapter]:
    """Chapters that teach one of the topics and that the viewer sees, course by course in order."""
    if not topic_ids:
        return []
    tagged = select(ChapterTopic.chapter_id).where(ChapterTopic.topic_id.in_(topic_ids))
    rows = (
        select(Chapter)
        .where(Chapter.id.in_(tagged), _living(), courses.seen_by(viewer_id, Chapter.course_id))
        .order_by(Chapter.course_id, Chapter.position)
    )
    return (await uow.session.scalars(rows)).all()


async def last_completions(uow: UnitOfWork, user_id: UUID) -> dict[UUID, datetime]:
    """For each course of which the person has completed a chapter, when he last did."""
    rows = await uow.session.execute(
        select(ChapterCompletion.course_id, func.max(ChapterCompletion.completed_at))
        .where(ChapterCompletion.user_id == user_id)
        .group_by(ChapterCompletion.course_id)
    )
    return {row[0]: row[1] for row in rows}


def completed_count(user_id: UUID) -> ScalarSelect[int]:
    """In SQL: how many chapters the person has done, those that were deleted since included."""
    found = select(func.count()).select_from(ChapterCompletion).where(ChapterCompletion.user_id == user_id)
    return found.scalar_subquery()

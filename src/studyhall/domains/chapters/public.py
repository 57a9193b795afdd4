"""The door of chapters for other domains."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from studyhall.domains.chapters import queries
from studyhall.domains.chapters.errors import ChapterNotFound, DraftRefused
from studyhall.domains.chapters.models import Chapter, ChapterCompletion
from studyhall.domains.chapters.queries import completed_count
from studyhall.domains.chapters.schemas import MOST_CHAPTERS
from studyhall.domains.chapters.service.images import IMAGE_FILE, MOST_IMAGES, ImageDraft
from studyhall.domains.chapters.service.importing import (
    ChapterDraft,
    CourseDraft,
    ImportedCourse,
    PreparedCourse,
    import_course,
    planned_ids,
    prepare,
)
from studyhall.domains.chapters.service.indexing import ChapterDocuments, CourseDocuments
from studyhall.domains.chapters.service.writing import editable
from studyhall.domains.courses.public import CourseReading
from studyhall.domains.markup.public import LONGEST_MARKDOWN, image_name
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "IMAGE_FILE",
    "LONGEST_MARKDOWN",
    "MOST_CHAPTERS",
    "MOST_IMAGES",
    "ChapterDocuments",
    "ChapterDraft",
    "ChapterFacts",
    "ChapterNotFound",
    "ChapterSource",
    "Completion",
    "CourseDocuments",
    "CourseDraft",
    "CourseReadings",
    "DraftRefused",
    "ImageDraft",
    "ImportedCourse",
    "PreparedCourse",
    "chapter_texts",
    "chapters",
    "chapters_of",
    "completed",
    "completed_count",
    "image_name",
    "images",
    "import_course",
    "on_topics",
    "planned_ids",
    "prepare",
    "progress",
    "require_editable",
    "require_visible",
    "sources",
    "topics_taught",
    "visible",
]


@dataclass(frozen=True, slots=True)
class ChapterFacts:
    """A living chapter, whoever looks.

    Attributes:
        position: from 1 in its course.
        external_id: what the package that it came from calls it.
        topic_ids: what it teaches.
    """

    id: UUID
    course_id: UUID
    title: str
    position: int
    external_id: str | None
    word_count: int
    version: int
    topic_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ChapterSource:
    """A chapter as written, for export; `images` are the names that it calls."""

    facts: ChapterFacts
    markdown: str
    images: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """Somebody's having done a chapter; `study_day` is the day that it counts for, and never moves."""

    chapter_id: UUID
    course_id: UUID
    completed_at: datetime
    study_day: date


async def chapters(uow: UnitOfWork, chapter_ids: Collection[UUID]) -> dict[UUID, ChapterFacts]:
    """The living ones of the chapters by id, whoever looks (see `visible`); two statements."""
    return await _facts(uow, {row.id: row for row in await queries.any_of(uow, chapter_ids)})


async def chapters_of(uow: UnitOfWork, course_id: UUID) -> list[ChapterFacts]:
    """The chapters of the course in order, whoever looks."""
    rows = {row.id: row for row in await queries.living_of(uow, course_id)}
    return list((await _facts(uow, rows)).values())


async def sources(uow: UnitOfWork, course_id: UUID) -> list[ChapterSource]:
    """The chapters of the course in order with their Markdown, whoever looks; for export."""
    rows = {row.id: row for row in await queries.living_of(uow, course_id)}
    facts = await _facts(uow, rows)
    return [ChapterSource(facts[row.id], row.markdown, tuple(row.image_names)) for row in rows.values()]


async def images(uow: UnitOfWork, course_id: UUID) -> dict[str, UUID]:
    """The course's images: name -> file, by name; whoever looks."""
    return {row.name: row.file_id for row in await queries.images_of(uow, course_id)}


async def chapter_texts(uow: UnitOfWork, chapter_ids: Collection[UUID]) -> dict[UUID, str]:
    """Plain text of the living ones of the chapters, whoever looks; blocks are lines."""
    return {row.id: row.plain_text for row in await queries.any_of(uow, chapter_ids)}


async def visible(uow: UnitOfWork, viewer_id: UUID | None, chapter_ids: Collection[UUID]) -> set[UUID]:
    """Those of the chapters that the viewer (None: nobody signed in) sees; one statement."""
    return await queries.seen_ids(uow, viewer_id, chapter_ids)


async def require_visible(uow: UnitOfWork, viewer_id: UUID | None, chapter_id: UUID) -> ChapterFacts:
    """The chapter, if the viewer sees it. Raises ChapterNotFound (404) else."""
    found = await queries.chapter_seen_by(uow, viewer_id, chapter_id)
    if found is None:
        raise ChapterNotFound
    return (await _facts(uow, {chapter_id: found[0]}))[chapter_id]


async def require_editable(uow: UnitOfWork, actor: Actor, chapter_id: UUID) -> ChapterFacts:
    """The chapter, its course locked, if the actor may edit it. Raises ChapterNotFound (404), NotOwner (403)."""
    chapter, _ = await editable(uow, actor, chapter_id)
    return (await _facts(uow, {chapter_id: chapter}))[chapter_id]


async def on_topics(
    uow: UnitOfWork, viewer_id: UUID | None, topic_ids: Collection[UUID]
) -> dict[UUID, list[ChapterFacts]]:
    """For each topic the chapters that teach it and that the viewer sees, course by course in order."""
    rows = {row.id: row for row in await queries.seen_on_topics(uow, viewer_id, topic_ids)}
    found: dict[UUID, list[ChapterFacts]] = {topic_id: [] for topic_id in topic_ids}
    for facts in (await _facts(uow, rows)).values():
        for topic_id in facts.topic_ids:
            if topic_id in found:
                found[topic_id].append(facts)
    return found


async def topics_taught(uow: UnitOfWork, course_ids: Collection[UUID]) -> set[UUID]:
    """The topics that living chapters of these courses teach, whoever looks; one statement."""
    return await queries.topics_taught(uow, course_ids)


async def completed(
    uow: UnitOfWork, user_id: UUID, chapter_ids: Collection[UUID] | None = None
) -> dict[UUID, Completion]:
    """The person's completions by chapter, of these chapters or all, the oldest first.

    Also of chapters that were deleted since: what was done stays done.
    """
    rows: list[ChapterCompletion] = list(await queries.completions_of(uow, user_id, chapter_ids))
    return {row.chapter_id: Completion(row.chapter_id, row.course_id, row.completed_at, row.study_day) for row in rows}


async def progress(uow: UnitOfWork, user_id: UUID, course_ids: Collection[UUID]) -> dict[UUID, CourseReading]:
    """How far the person has read each of the courses; one statement."""
    found = await queries.counts(uow, user_id, course_ids)
    return {course_id: CourseReading(*found.get(course_id, (0, 0))) for course_id in course_ids}


class CourseReadings:
    """What courses ask of chapters (their port `ReadChapters`)."""

    async def of_course(self, uow: UnitOfWork, user_id: UUID, course_id: UUID) -> CourseReading:
        """The course's chapters, and how many the person has completed."""
        return (await progress(uow, user_id, [course_id]))[course_id]


async def _facts(uow: UnitOfWork, rows: Mapping[UUID, Chapter]) -> dict[UUID, ChapterFacts]:
    topic_ids = await queries.topic_ids(uow, list(rows))
    return {
        row.id: ChapterFacts(
            row.id,
            row.course_id,
            row.title,
            row.position or 0,
            row.external_id,
            row.word_count,
            row.version,
            tuple(topic_ids.get(row.id, ())),
        )
        for row in rows.values()
    }

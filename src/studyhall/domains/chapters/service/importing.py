"""A whole course at once, made or brought up to date: in a few statements, however many chapters it has."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.chapters import queries
from studyhall.domains.chapters.errors import DraftRefused
from studyhall.domains.chapters.events import ChaptersChanged, ChaptersDeleted
from studyhall.domains.chapters.models import LONGEST_EXTERNAL_ID, LONGEST_TITLE, Chapter, ChapterTopic
from studyhall.domains.chapters.schemas import MOST_CHAPTERS
from studyhall.domains.chapters.service import images, outlines
from studyhall.domains.chapters.service.images import ImageDraft
from studyhall.domains.chapters.service.writing import content_of
from studyhall.domains.courses import public as courses
from studyhall.domains.markup import public as markup
from studyhall.domains.markup.public import Rendered
from studyhall.platform import clock
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork

Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ChapterDraft:
    """A chapter of a package.

    Attributes:
        external_id: what the package calls it, lasting and unique in it, e.g. its path; 500 characters at most.
        title: 255 characters at most; longer ones are cut.
        markdown: `LONGEST_MARKDOWN` characters at most; images are called by their names.
        topic_ids: its tags; None leaves those that it has.
        id: what a new one shall be called, for links to it; see `planned_ids`.
    """

    external_id: str
    title: str
    markdown: str
    topic_ids: tuple[UUID, ...] | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CourseDraft:
    """A package's course; chapters stand in their order.

    Attributes:
        external_id: what the package is called, lasting; 255 characters at most. With the owner it names the course.
        fields: further fields of the course: code, description, instructor, credits, prerequisites, subject_id.
    """

    external_id: str
    title: str
    chapters: Sequence[ChapterDraft]
    images: Sequence[ImageDraft] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PreparedCourse:
    """A draft with its chapters rendered, in their order."""

    draft: CourseDraft
    rendered: Sequence[Rendered]


@dataclass(frozen=True, slots=True)
class ImportedCourse:
    """What an import came to.

    Attributes:
        chapter_ids: ids by what the package calls the chapters.
        removed: titles of chapters that an earlier import brought and this one no longer has.
        refused_images: for chapters by title, image sources that are not of the package and were left out.
    """

    course_id: UUID
    is_new: bool
    chapter_ids: Mapping[str, UUID]
    added: int
    changed: int
    unchanged: int
    removed: tuple[str, ...]
    refused_images: Mapping[str, tuple[str, ...]]


async def prepare(draft: CourseDraft, progress: Progress | None = None) -> PreparedCourse:
    """Check and render a draft, in threads; outside a unit of work.

    Args:
        progress: called with how many chapters are done and how many there are.

    Raises:
        DraftRefused: too many chapters, two of one id, an id or a text that is too long, a text that cannot be shown.
    """
    _check(draft)
    done: list[Rendered] = []
    for number, chapter in enumerate(draft.chapters, 1):
        try:
            done.append(await asyncio.to_thread(markup.render, chapter.markdown))
        except markup.RenderingTooLarge as error:
            raise DraftRefused(f"The chapter '{chapter.title}' grows too much when it is rendered.") from error
        if progress is not None:
            await progress(number, len(draft.chapters))
    return PreparedCourse(draft, done)


def _check(draft: CourseDraft) -> None:
    if not draft.title.strip():
        raise DraftRefused("The course has no title.")
    if not 0 < len(draft.external_id) <= courses.LONGEST_EXTERNAL_ID:
        raise DraftRefused("The course's id in its package is empty or too long.")
    if len(draft.chapters) > MOST_CHAPTERS:
        raise DraftRefused(f"A course has {MOST_CHAPTERS:,} chapters at most; this has {len(draft.chapters):,}.")
    seen: set[str] = set()
    for chapter in draft.chapters:
        if chapter.external_id in seen:
            raise DraftRefused(f"Two chapters are called '{chapter.external_id}'.")
        seen.add(chapter.external_id)
        if not 0 < len(chapter.external_id) <= LONGEST_EXTERNAL_ID:
            raise DraftRefused(f"The id of the chapter '{chapter.title}' is empty or too long.")
        if len(chapter.markdown) > markup.LONGEST_MARKDOWN:
            raise DraftRefused(
                f"The chapter '{chapter.title}' has {len(chapter.markdown):,} characters; "
                f"{markup.LONGEST_MARKDOWN:,} is the most."
            )
        if "\x00" in chapter.title + chapter.markdown + chapter.external_id:
            raise DraftRefused(f"The chapter '{chapter.title[:80]}' holds a NUL character.".replace("\x00", ""))


async def planned_ids(
    uow: UnitOfWork, owner_id: UUID, course_external_id: str, external_ids: Collection[str]
) -> dict[str, UUID]:
    """Ids of the chapters of a draft before it is imported: those that they have, new ones for the rest.

    Another import of the same package may come between; then the ids of the import are others than these.
    """
    course = await courses.imported(uow, owner_id, course_external_id)
    living = [] if course is None else await queries.living_of(uow, course.id)
    known = {one.external_id: one.id for one in living}
    return {name: known.get(name) or new_id() for name in external_ids}


async def import_course(uow: UnitOfWork, owner_id: UUID, prepared: PreparedCourse) -> ImportedCourse:
    """Make the owner's course of the draft, or bring the one that an earlier import made up to date.

    Chapters are known again by their external ids and keep their own ids, so completions stay. Those that the package
    no longer has are deleted softly; those written by hand stay, after the package's.

    Raises:
        DraftRefused: with the chapters written by hand it would be too many.
        TooManyImages: the course would have too many images.
        SubjectNotFound: a field names a subject that is none.
    """
    draft = prepared.draft
    values = {**draft.fields, "name": draft.title.strip()[:255]}
    course, is_new = await courses.put_imported(uow, owner_id, draft.external_id, values, _code_of(draft.title))
    await outlines.change(uow, course.id)
    plan = _Plan(course.id, {} if is_new else {one.id: one for one in await queries.living_of(uow, course.id)})
    for chapter, rendered in zip(draft.chapters, prepared.rendered, strict=True):
        plan.take(chapter, rendered)
    order = plan.finish()
    if len(order) > MOST_CHAPTERS:
        raise DraftRefused(f"With the chapters written by hand the course would have {len(order):,} chapters.")
    uow.session.add_all(plan.added)
    await uow.session.flush()
    await outlines.place(uow, order)
    await _tag(uow, draft, plan.ids)
    await images.put(uow, owner_id, course.id, draft.images)
    await courses.keep_chapter_counts(uow, {course.id: len(order)})
    touched = [*(one.id for one in plan.added), *plan.changed]
    if touched:
        uow.record(ChaptersChanged(owner_id, course.id, tuple(touched)))
    if plan.removed:
        uow.record(ChaptersDeleted(owner_id, course.id, tuple(one.id for one in plan.removed)))
    return ImportedCourse(
        course_id=course.id,
        is_new=is_new,
        chapter_ids=plan.ids,
        added=len(plan.added),
        changed=len(plan.changed),
        unchanged=len(draft.chapters) - len(touched),
        removed=tuple(one.title for one in plan.removed),
        refused_images={
            chapter.title: rendered.refused_images
            for chapter, rendered in zip(draft.chapters, prepared.rendered, strict=True)
            if rendered.refused_images
        },
    )


class _Plan:
    """What is to be added, changed and removed."""

    def __init__(self, course_id: UUID, living: Mapping[UUID, Chapter]) -> None:
        self.course_id = course_id
        self.ids: dict[str, UUID] = {}
        self.added: list[Chapter] = []
        self.changed: list[UUID] = []
        self.removed: list[Chapter] = []
        self._by_external = {one.external_id: one for one in living.values() if one.external_id is not None}
        self._by_hand = [one.id for one in living.values() if one.external_id is None]

    def take(self, draft: ChapterDraft, rendered: Rendered) -> None:
        """The draft becomes a new chapter, or changes the one of its id."""
        title = (draft.title.strip() or draft.external_id)[:LONGEST_TITLE]
        known = self._by_external.pop(draft.external_id, None)
        if known is None:
            known = Chapter(
                id=draft.id or new_id(),
                course_id=self.course_id,
                external_id=draft.external_id,
                title=title,
                position=len(self.ids) + 1,
                version=1,
                **content_of(draft.markdown, rendered),
            )
            self.added.append(known)
        elif (known.title, known.markdown) != (title, draft.markdown):
            known.title = title
            for name, value in content_of(draft.markdown, rendered).items():
                setattr(known, name, value)
            known.version += 1
            self.changed.append(known.id)
        self.ids[draft.external_id] = known.id

    def finish(self) -> list[UUID]:
        """Remove what the package has no longer; answers the order of all that stays."""
        self.removed = list(self._by_external.values())
        for one in self.removed:
            one.deleted_at, one.former_position, one.position = clock.now(), one.position, None
        return [*self.ids.values(), *self._by_hand]


async def _tag(uow: UnitOfWork, draft: CourseDraft, ids: Mapping[str, UUID]) -> None:
    tagged = {ids[one.external_id]: one.topic_ids for one in draft.chapters if one.topic_ids is not None}
    if not tagged:
        return
    await uow.session.execute(delete(ChapterTopic).where(ChapterTopic.chapter_id.in_(tagged)))
    rows = [
        {"chapter_id": chapter_id, "topic_id": topic_id}
        for chapter_id, topic_ids in tagged.items()
        for topic_id in dict.fromkeys(topic_ids)
    ]
    if rows:
        await uow.session.execute(insert(ChapterTopic), rows)


def _code_of(title: str) -> str:
    """A short code for a course that came without one: the first letters of its words, or its start."""
    words = [word for word in title.split() if word[0].isalnum()]
    initials = "".join(word[0] for word in words).upper()
    return (initials if len(initials) > 1 else title.strip())[:50]

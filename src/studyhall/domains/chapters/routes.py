"""Chapters of courses."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import File, Form, Header, UploadFile
from starlette.responses import Response

from studyhall.domains.chapters.errors import (
    ChapterTooComplex,
    NoNextChapter,
    NoPreviousChapter,
    OrderIncomplete,
    TooManyChapters,
    TooManyImages,
)
from studyhall.domains.chapters.schemas import (
    ChapterAnswer,
    ChapterChanges,
    ChapterList,
    ChapterOrder,
    ChapterTags,
    ChapterTagsAnswer,
    Completed,
    CompletedAnswer,
    CourseProgressAnswer,
    CourseProgressDetail,
    CourseProgressItem,
    CourseProgressList,
    Deleted,
    ImageAnswer,
    ImageItem,
    NewChapter,
)
from studyhall.domains.chapters.service import completing, images, outlines, progress, reading, writing
from studyhall.domains.chapters.service.progress import CourseProgress
from studyhall.domains.chapters.service.rendering import rendered
from studyhall.domains.files import public as files
from studyhall.domains.markup.public import IMAGE, image_name
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid, PreconditionFailed, RightRefused, TooLarge, UnsupportedMedia
from studyhall.platform.web import (
    CurrentActor,
    Envelope,
    Listing,
    MaybeActor,
    Router,
    Uow,
    Versioned,
    created,
    ok,
    ready,
)
from studyhall.platform.web.etags import VERSION_HEADER

router = Router("courses")
progress_router = Router("insights")

PIECE_BYTES = 256 * 1024

IfMatch = Annotated[str | None, Header(description="ETag of the version that the change was made on.")]


@router.get("/courses/{course_id}/chapters", access="optional", summary="The chapters of a course in order")
async def list_chapters(
    course_id: UUID, uow: Uow, actor: MaybeActor, listing: Listing, response: Response
) -> Envelope[ChapterList]:
    """The ETag's version is that of the order: send it as If-Match with a new order."""
    page, version = await reading.page_of_course(uow, _id_of(actor), course_id, listing)
    response.headers[VERSION_HEADER] = str(version)
    return ok(ChapterList(chapters=page.rows, pagination=page.pagination))


@router.post(
    "/courses/{course_id}/chapters",
    access="user",
    summary="Add a chapter to a course of mine",
    status=201,
    errors=[TooManyChapters, ChapterTooComplex],
)
async def add_chapter(course_id: UUID, body: NewChapter, uow: Uow, actor: CurrentActor) -> Envelope[ChapterAnswer]:
    content = await rendered(body.markdown)
    chapter = await writing.add(
        uow,
        actor,
        course_id,
        title=body.title,
        markdown=body.markdown,
        rendered=content,
        position=body.position,
        topic_ids=body.topic_ids,
    )
    return created(ChapterAnswer(chapter=await reading.detail(uow, (chapter, None), may_edit=True)), "Chapter added")


@router.post(
    "/courses/{course_id}/images",
    access="user",
    summary="Give a course of mine an image for its chapters",
    status=201,
    upload=True,
    errors=[TooManyImages, TooLarge, UnsupportedMedia],
)
async def add_course_image(
    course_id: UUID,
    uow: Uow,
    actor: CurrentActor,
    *,
    file: Annotated[UploadFile, File(description="PNG, JPEG, GIF or WebP, 10 MiB at most.")],
    name: Annotated[str | None, Form(max_length=255, description="The file's own name when left out.")] = None,
) -> Envelope[ImageAnswer]:
    """An image of a name that is there already replaces it. A chapter calls it by `![what it shows](image:name)`."""
    wanted = image_name(f"{IMAGE}{name or file.filename or ''}")
    if wanted is None:
        raise Invalid.field("name", "An image needs a name of 1 to 255 printable characters.")
    received = await files.receive(uow.resources, images.IMAGE_FILE, _pieces(file), wanted)
    file_id = await images.add(uow, actor, course_id, images.ImageDraft(wanted, received))
    answer = ImageItem(
        name=wanted,
        markdown=f"![]({IMAGE}{quote(wanted)})",
        address=files.address_of(uow.resources, file_id),
    )
    return created(ImageAnswer(image=answer), "Image added")


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE_BYTES):
        yield piece


@router.put(
    "/courses/{course_id}/chapters/order",
    access="user",
    summary="Put the chapters of a course of mine into another order",
    errors=[PreconditionFailed, OrderIncomplete],
)
async def order_chapters(
    course_id: UUID, body: ChapterOrder, uow: Uow, actor: CurrentActor, listing: Listing, if_match: IfMatch = None
) -> Envelope[ChapterList]:
    await outlines.reorder(uow, actor, course_id, body.chapter_ids, if_match)
    page = await reading.page_in_order(uow, actor.user_id, course_id, listing)
    return ok(ChapterList(chapters=page.rows, pagination=page.pagination), "The chapters stand in the new order.")


@router.get("/topics/{topic_id}/chapters", access="public", summary="Published chapters on a topic", limit="catalogue")
async def list_chapters_on_topic(topic_id: UUID, uow: Uow, listing: Listing) -> Envelope[ChapterList]:
    page = await reading.page_on_topic(uow, topic_id, listing)
    return ok(ChapterList(chapters=page.rows, pagination=page.pagination))


@router.get("/chapters/{chapter_id}", access="optional", hot=reading.as_json, summary="One chapter, rendered safely")
async def get_chapter(chapter_id: UUID, uow: Uow, actor: MaybeActor) -> Envelope[ChapterAnswer]:
    return _sent(await reading.as_json(uow, actor, chapter_id))


@router.get(
    "/chapters/{chapter_id}/next", access="optional", summary="The chapter after this one", errors=[NoNextChapter]
)
async def get_next_chapter(chapter_id: UUID, uow: Uow, actor: MaybeActor) -> Envelope[ChapterAnswer]:
    return _sent(await reading.beside(uow, actor, chapter_id, step=1))


@router.get(
    "/chapters/{chapter_id}/previous",
    access="optional",
    summary="The chapter before this one",
    errors=[NoPreviousChapter],
)
async def get_previous_chapter(chapter_id: UUID, uow: Uow, actor: MaybeActor) -> Envelope[ChapterAnswer]:
    return _sent(await reading.beside(uow, actor, chapter_id, step=-1))


@router.put(
    "/chapters/{chapter_id}",
    access="user",
    summary="Edit a chapter of a course of mine",
    errors=[PreconditionFailed, ChapterTooComplex],
)
async def change_chapter(
    chapter_id: UUID, body: ChapterChanges, uow: Uow, actor: CurrentActor, if_match: IfMatch = None
) -> Envelope[ChapterAnswer]:
    sent = body.model_dump(exclude_unset=True)
    content = (body.markdown, await rendered(body.markdown)) if "markdown" in sent else None
    row = await writing.change(uow, actor, chapter_id, title=sent.get("title"), content=content, if_match=if_match)
    return ok(ChapterAnswer(chapter=await reading.detail(uow, row, may_edit=True)), "Chapter changed")


@router.delete("/chapters/{chapter_id}", access="user", summary="Delete a chapter of a course of mine")
async def delete_chapter(chapter_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[Deleted]:
    return ok(Deleted(undo_token=await writing.delete(uow, actor, chapter_id)), "Chapter deleted")


@router.put("/chapters/{chapter_id}/topics", access="user", summary="Say which topics a chapter teaches")
async def tag_chapter(
    chapter_id: UUID, body: ChapterTags, uow: Uow, actor: CurrentActor
) -> Envelope[ChapterTagsAnswer]:
    topic_ids = await writing.tag(uow, actor, chapter_id, body.topic_ids)
    return ok(ChapterTagsAnswer(chapter_id=chapter_id, topic_ids=topic_ids), "Tagged")


@router.post(
    "/chapters/{chapter_id}/complete", access="user", summary="Mark a chapter as done, once", limit="completions"
)
async def complete_chapter(chapter_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[CompletedAnswer]:
    done = await completing.complete(uow, actor, chapter_id)
    effects = await uow.settle()
    answer = Completed(
        chapter_id=chapter_id,
        course_id=done.chapter.course_id,
        completed_at=done.row.completed_at,
        is_new=done.is_new,
        chapters_count=done.reading.chapters,
        chapters_completed=done.reading.completed,
        progress_percentage=done.reading.percentage,
        next_chapter_id=done.next_id,
    )
    message = "Chapter completed" if done.is_new else "You had completed it before."
    return ok(CompletedAnswer(completion=answer, effects=effects), message)


@progress_router.get(
    "/progress/{user}/courses",
    access="user",
    summary="How far I am with my courses",
    limit="progress",
    errors=[RightRefused],
)
async def list_course_progress(
    user: Literal["me"] | UUID, uow: Uow, actor: CurrentActor, listing: Listing
) -> Envelope[CourseProgressList]:
    """Somebody else's needs the right `progress.view_any`."""
    page = (await progress.of_courses(uow, actor, user, listing)).map(lambda one: CourseProgressItem(**_told(one)))
    return ok(CourseProgressList(courses=page.rows, pagination=page.pagination))


@progress_router.get(
    "/progress/{user}/courses/{course_id}",
    access="user",
    summary="How far I am with a course",
    limit="course_progress",
    errors=[RightRefused],
)
async def get_course_progress(
    user: Literal["me"] | UUID, course_id: UUID, uow: Uow, actor: CurrentActor
) -> Envelope[CourseProgressAnswer]:
    """Somebody else's needs the right `progress.view_any`."""
    found = await progress.of_course(uow, actor, user, course_id)
    detail = CourseProgressDetail(
        **_told(found.progress),
        completed_chapters=list(found.completed),
        next_chapter_id=found.next_id,
        quiz_scores=dict(found.quiz_scores),
        streak_days=found.streak_days,
    )
    return ok(CourseProgressAnswer(progress=detail))


def _told(one: CourseProgress) -> dict[str, Any]:
    return {
        "user_id": one.user_id,
        "course_id": one.course.id,
        "title": one.course.name,
        "chapters_count": one.reading.chapters,
        "chapters_completed": one.reading.completed,
        "progress_percentage": one.reading.percentage,
        "last_accessed": one.last_accessed,
        "is_enrolled": one.course.is_enrolled,
        "is_active": one.course.is_active,
    }


def _sent(one: Versioned) -> Envelope[ChapterAnswer]:
    answer: Envelope[ChapterAnswer] = ready(one.body, {VERSION_HEADER: str(one.version)})
    return answer


def _id_of(actor: Actor | None) -> UUID | None:
    return actor.user_id if actor else None

"""What chapters look like from outside."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AliasChoices, Field, StringConstraints

from studyhall.domains.chapters.models import LONGEST_TITLE, Chapter, ChapterCompletion
from studyhall.domains.chapters.queries import Neighbours
from studyhall.domains.markup.public import LONGEST_MARKDOWN
from studyhall.domains.undo.public import Deleted
from studyhall.platform.web import Pagination, Schema

WORDS_PER_MINUTE = 200
MOST_CHAPTERS = 2_000

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TITLE)]
Markdown = Annotated[
    str,
    Field(
        max_length=LONGEST_MARKDOWN,
        description="CommonMark with tables, fenced code and dollar math. Images are called by their name.",
        validation_alias=AliasChoices("markdown", "content"),
        examples=["# Trees\n\nA tree is a connected graph without cycles."],
    ),
]
TopicIds = Annotated[list[UUID], Field(max_length=50, description="Topics that the chapter teaches.", examples=[[]])]


class NewChapter(Schema):
    """A chapter; `content` is accepted for `markdown`. Without a position it comes last."""

    title: Title = Field(examples=["Trees"])
    markdown: Markdown
    position: int | None = Field(None, ge=1, le=MOST_CHAPTERS, examples=[None])
    topic_ids: TopicIds = Field(default_factory=list)


class ChapterChanges(Schema):
    """Only the fields that are sent change."""

    title: Title = Field(default_factory=str, examples=["Trees and forests"])
    markdown: Markdown = Field(default_factory=str)


class ChapterOrder(Schema):
    """Every chapter of the course, exactly once, in the wanted order."""

    chapter_ids: list[UUID] = Field(max_length=MOST_CHAPTERS)


class ChapterTags(Schema):
    """The whole list of topics that the chapter teaches."""

    topic_ids: TopicIds


class HeadingItem(Schema):
    """A heading of the chapter; `anchor` is its id in the content."""

    level: int
    text: str
    anchor: str


class ChapterItem(Schema):
    """A chapter in a list."""

    id: UUID
    course_id: UUID
    title: str
    position: int = Field(description="From 1.")
    order: int = Field(description="The same as position.")
    word_count: int
    reading_minutes: int = Field(description="At 200 words a minute, 1 at least.")
    topic_ids: list[UUID]
    is_completed: bool = Field(description="Whether I have done it; false without a token.")
    completed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def fields_of(cls, chapter: Chapter, completion: ChapterCompletion | None, topic_ids: list[UUID]) -> dict[str, Any]:
        """The fields that a list and the whole chapter share."""
        return {
            "id": chapter.id,
            "course_id": chapter.course_id,
            "title": chapter.title,
            "position": chapter.position,
            "order": chapter.position,
            "word_count": chapter.word_count,
            "reading_minutes": max(1, -(-chapter.word_count // WORDS_PER_MINUTE)),
            "topic_ids": topic_ids,
            "is_completed": completion is not None,
            "completed_at": completion.completed_at if completion else None,
            "version": chapter.version,
            "created_at": chapter.created_at,
            "updated_at": chapter.updated_at,
        }

    @classmethod
    def of(cls, chapter: Chapter, completion: ChapterCompletion | None, topic_ids: list[UUID]) -> Self:
        """The chapter in the eyes of who has completed it or not."""
        return cls(**cls.fields_of(chapter, completion, topic_ids))


class ChapterDetail(ChapterItem):
    """One chapter to read."""

    next_chapter_id: UUID | None
    prev_chapter_id: UUID | None
    headings: list[HeadingItem]
    content: str = Field(
        description="Sanitised HTML; math is TeX in class math; images are signed; links to `chapter:<id>`."
    )
    markdown: str | None = Field(description="As written; for those who may edit it.")

    @classmethod
    def detailed(
        cls,
        chapter: Chapter,
        completion: ChapterCompletion | None,
        topic_ids: list[UUID],
        beside: Neighbours,
        *,
        content: str,
        may_edit: bool,
    ) -> Self:
        """The chapter with its content, whose images have addresses already."""
        return cls(
            **cls.fields_of(chapter, completion, topic_ids),
            next_chapter_id=beside.next,
            prev_chapter_id=beside.previous,
            headings=[HeadingItem.model_validate(one) for one in chapter.headings],
            content=content,
            markdown=chapter.markdown if may_edit else None,
        )


class ChapterList(Schema):
    """A page of chapters."""

    chapters: list[ChapterItem]
    pagination: Pagination


class ChapterAnswer(Schema):
    """One chapter."""

    chapter: ChapterDetail


class ChapterTagsAnswer(Schema):
    """The topics of a chapter."""

    chapter_id: UUID
    topic_ids: list[UUID]


class Completed(Schema):
    """A chapter that is done, and how far its course is."""

    chapter_id: UUID
    course_id: UUID
    completed_at: datetime
    is_new: bool = Field(description="False when it was done before; nothing is counted twice.")
    chapters_count: int
    chapters_completed: int
    progress_percentage: float = Field(ge=0, le=100, examples=[75])
    next_chapter_id: UUID | None


class CompletedAnswer(Schema):
    """What a completion answers."""

    completion: Completed
    effects: dict[str, Any] = Field(default_factory=dict, description="What other parts made of it.")


class ImageItem(Schema):
    """An image of a course; write `![what it shows](image:name)` in a chapter."""

    name: str = Field(examples=["tree.png"])
    markdown: str = Field(examples=["![](image:tree.png)"])
    address: str = Field(description="Good for 10 to 20 minutes.")


class ImageAnswer(Schema):
    """One image."""

    image: ImageItem


class CourseProgressItem(Schema):
    """How far somebody is with a course."""

    user_id: UUID
    course_id: UUID
    title: str
    chapters_count: int = Field(ge=0, examples=[12])
    chapters_completed: int = Field(ge=0, examples=[9])
    progress_percentage: float = Field(ge=0, le=100, examples=[75])
    last_accessed: datetime | None = Field(
        description="When a chapter was last completed or the course was last studied for, whichever is later."
    )
    is_enrolled: bool
    is_active: bool


class CourseProgressDetail(CourseProgressItem):
    """The same with what it is made of."""

    completed_chapters: list[UUID] = Field(description="In the order of the course.")
    next_chapter_id: UUID | None = Field(description="The first that is not done.")
    quiz_scores: dict[UUID, float] = Field(description="Best score, 0 to 1, by quiz.", examples=[{}])
    streak_days: int = Field(ge=0, examples=[5])


class CourseProgressList(Schema):
    """A page of courses with their progress."""

    courses: list[CourseProgressItem]
    pagination: Pagination


class CourseProgressAnswer(Schema):
    """The progress in one course."""

    progress: CourseProgressDetail


__all__ = [
    "MOST_CHAPTERS",
    "ChapterAnswer",
    "ChapterChanges",
    "ChapterDetail",
    "ChapterItem",
    "ChapterList",
    "ChapterOrder",
    "ChapterTags",
    "ChapterTagsAnswer",
    "Completed",
    "CompletedAnswer",
    "CourseProgressAnswer",
    "CourseProgressDetail",
    "CourseProgressItem",
    "CourseProgressList",
    "Deleted",
    "HeadingItem",
    "ImageAnswer",
    "ImageItem",
    "NewChapter",
]

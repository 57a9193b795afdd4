"""What chapters hold of a person: what he wrote, and what he has done."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select

from studyhall.domains.chapters.models import Chapter, ChapterCompletion, ChapterTopic, CourseImage, Outline
from studyhall.domains.courses import public as courses
from studyhall.platform.uow import UnitOfWork

# What stands in the Markdown already.
_DERIVED = frozenset({"html", "plain_text", "headings", "image_names"})


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, AsyncIterator[dict[str, Any]]]:
    """Named streams of rows: chapters, their order, tags and images of the person's own courses; his completions."""
    owned = courses.owned_ids(user_id)
    written = [column for column in Chapter.__table__.columns if column.name not in _DERIVED]
    of_chapters = select(Chapter.id).where(Chapter.course_id.in_(owned))
    return {
        "chapters": _rows(uow, select(*written).where(Chapter.course_id.in_(owned)).order_by(Chapter.id)),
        "course_outlines": _rows(uow, select(*Outline.__table__.columns).where(Outline.course_id.in_(owned))),
        "course_images": _rows(uow, select(*CourseImage.__table__.columns).where(CourseImage.course_id.in_(owned))),
        "chapter_topics": _rows(
            uow, select(*ChapterTopic.__table__.columns).where(ChapterTopic.chapter_id.in_(of_chapters))
        ),
        "chapter_completions": _rows(
            uow,
            select(*ChapterCompletion.__table__.columns)
            .where(ChapterCompletion.user_id == user_id)
            .order_by(ChapterCompletion.completed_at),
        ),
    }


async def _rows(uow: UnitOfWork, rows: Select[*tuple[Any, ...]]) -> AsyncIterator[dict[str, Any]]:
    async for row in await uow.session.stream(rows):
        yield dict(row._mapping)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete what the person has done. What he wrote goes or stays with its course, as courses decide."""
    await uow.session.execute(delete(ChapterCompletion).where(ChapterCompletion.user_id == user_id))

"""What happens to chapters."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class ChapterCompleted(Event):
    """A person has done a chapter; announced once for each person and chapter, ever.

    Attributes:
        study_day: his own study day then.
    """

    user_id: UUID
    chapter_id: UUID
    course_id: UUID
    completed_at: datetime
    study_day: date


@dataclass(frozen=True, slots=True)
class ChaptersChanged(Event):
    """Chapters of a course were added, edited or brought back; an import announces all of them at once."""

    user_id: UUID
    course_id: UUID
    chapter_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ChaptersDeleted(Event):
    """Chapters of a course were deleted, or an import no longer has them."""

    user_id: UUID
    course_id: UUID
    chapter_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ChaptersReordered(Event):
    """The chapters of a course stand in another order."""

    user_id: UUID
    course_id: UUID


@dataclass(frozen=True, slots=True)
class ChapterTagged(Event):
    """A chapter teaches other topics than before."""

    user_id: UUID
    course_id: UUID
    chapter_id: UUID
    topic_ids: tuple[UUID, ...]

"""What happens to grades."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class ResultEvent(Event):
    """Something happened to one result."""

    user_id: UUID
    course_id: UUID
    result_id: UUID


@dataclass(frozen=True, slots=True)
class GradeRecorded(ResultEvent):
    """A person has a new result."""


@dataclass(frozen=True, slots=True)
class GradeChanged(ResultEvent):
    """A result says something else than before."""


@dataclass(frozen=True, slots=True)
class GradeDeleted(ResultEvent):
    """A result was deleted."""


@dataclass(frozen=True, slots=True)
class GradeRestored(ResultEvent):
    """A deletion was taken back."""


@dataclass(frozen=True, slots=True)
class GradesImported(Event):
    """Results came from a file; one fact for all of them."""

    user_id: UUID
    course_ids: frozenset[UUID]
    count: int


@dataclass(frozen=True, slots=True)
class GradingChanged(Event):
    """The scale or the grading of courses changed, and with it every figure."""

    user_id: UUID

"""What happens to grades."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class GradeRecorded(Event):
    """A person has a new result."""

    user_id: UUID
    course_id: UUID
    result_id: UUID


@dataclass(frozen=True, slots=True)
class GradeChanged(Event):
    """A result says something else than before."""

    user_id: UUID
    course_id: UUID
    result_id: UUID


@dataclass(frozen=True, slots=True)
class GradeDeleted(Event):
    """A result was deleted."""

    user_id: UUID
    course_id: UUID
    result_id: UUID


@dataclass(frozen=True, slots=True)
class GradeRestored(Event):
    """A deletion was taken back."""

    user_id: UUID
    course_id: UUID
    result_id: UUID


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

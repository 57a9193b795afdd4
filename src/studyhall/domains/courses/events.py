"""What happens to courses."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class CourseCreated(Event):
    """A person made a course of his own and takes it."""

    user_id: UUID
    course_id: UUID


@dataclass(frozen=True, slots=True)
class CourseChanged(Event):
    """A person changed a course of his own, or how he takes one."""

    user_id: UUID
    course_id: UUID


@dataclass(frozen=True, slots=True)
class CoursePublished(Event):
    """A course is in the catalogue from now on; anybody may read and take it."""

    user_id: UUID
    course_id: UUID


@dataclass(frozen=True, slots=True)
class CourseTaken(Event):
    """A person takes a course of the catalogue, perhaps again."""

    user_id: UUID
    course_id: UUID


@dataclass(frozen=True, slots=True)
class CourseLeft(Event):
    """A person no longer takes a course; his history of it stays."""

    user_id: UUID
    course_id: UUID


@dataclass(frozen=True, slots=True)
class CourseDeleted(Event):
    """The owner deleted a course; other people who take it keep it."""

    user_id: UUID
    course_id: UUID


@dataclass(frozen=True, slots=True)
class CourseRestored(Event):
    """The owner took the deletion back within its time."""

    user_id: UUID
    course_id: UUID

"""What happens to assignments."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class AssignmentCreated(Event):
    """A person has something to hand in."""

    user_id: UUID
    assignment_id: UUID


@dataclass(frozen=True, slots=True)
class AssignmentChanged(Event):
    """An assignment says something else than before; also one that is open again."""

    user_id: UUID
    assignment_id: UUID


@dataclass(frozen=True, slots=True)
class AssignmentCompleted(Event):
    """A person is done with it. It follows again when it was opened in between: who pays for it, pays by its id.

    Attributes:
        due_date, completed_at: UTC; it was late when the latter is after the former.
    """

    user_id: UUID
    assignment_id: UUID
    course_id: UUID
    title: str
    due_date: datetime
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class AssignmentOverdue(Event):
    """Its due date passed while it was open; announced within the hour, once for each due date that it had."""

    user_id: UUID
    assignment_id: UUID
    course_id: UUID
    title: str
    due_date: datetime


@dataclass(frozen=True, slots=True)
class AssignmentDeleted(Event):
    """An assignment was deleted."""

    user_id: UUID
    assignment_id: UUID


@dataclass(frozen=True, slots=True)
class AssignmentRestored(Event):
    """A deletion was taken back."""

    user_id: UUID
    assignment_id: UUID

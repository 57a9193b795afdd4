"""What assignments look like from outside."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, StringConstraints

from studyhall.domains.assignments.models import Assignment
from studyhall.domains.assignments.rules import days_until, status_seen
from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.undo.public import Deleted
from studyhall.platform.web import Choice, Pagination, Schema

__all__ = [
    "AssignmentAnswer",
    "AssignmentChanges",
    "AssignmentList",
    "AssignmentOut",
    "AssignmentStatus",
    "Completed",
    "Deleted",
    "NewAssignment",
]

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
LongText = Annotated[str, StringConstraints(max_length=10_000)]

_FORM = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_FIRST_YEAR, _LAST_YEAR = 1970, 2199


def _written_out(value: Any) -> Any:
    """Numbers and days without a time would pass for moments; a deadline has to say which."""
    if isinstance(value, str):
        value = value.strip()
        if _FORM.match(value) and _FIRST_YEAR <= int(value[:4]) <= _LAST_YEAR:
            return value
    raise ValueError("must be a date and time from 1970 to 2199, YYYY-MM-DD HH:MM:SS or ISO 8601")


DueDate = Annotated[
    datetime,
    BeforeValidator(_written_out, json_schema_input_type=str),
    Field(
        description="`YYYY-MM-DD HH:MM:SS` or ISO 8601. Without an offset it is my own time; one that a clock change "
        "skips or repeats is refused, and then needs an offset.",
        examples=["2026-12-28 23:59:00"],
    ),
]
_UNREAD = datetime(_LAST_YEAR, 1, 1, tzinfo=UTC)


class Priority(Choice):
    """How much it matters."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class AssignmentStatus(Choice):
    """How it stands."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    OVERDUE = "overdue"


class OpenStatus(Choice):
    """What a person may set by hand; it is completed by its own operation, and overdue by time."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"


class NewAssignment(Schema):
    """A new assignment, due in the future."""

    course_id: UUID
    title: Title = Field(examples=["Advanced problem solving (sorting)"])
    description: LongText | None = Field(None, examples=["Implement merge sort and quick sort algorithms"])
    due_date: DueDate
    priority: Priority = Field(examples=["high"])
    notes: LongText | None = None


class AssignmentChanges(Schema):
    """Only the fields that are sent change. A default here is never read; it only lets a field be left out."""

    course_id: UUID = Field(default=UUID(int=0))
    title: Title = Field(default="")
    description: LongText | None = None
    due_date: DueDate = Field(default=_UNREAD)
    priority: Priority = Priority.MEDIUM
    status: OpenStatus = Field(OpenStatus.PENDING, description="Sent for a completed one, it is open again.")
    notes: LongText | None = None


class AssignmentCourse(Schema):
    """The course of an assignment."""

    id: UUID
    name: str
    code: str
    color: str


class AssignmentOut(Schema):
    """An assignment."""

    id: UUID
    course: AssignmentCourse | None
    title: str
    description: str | None
    due_date: datetime
    priority: Priority
    status: AssignmentStatus = Field(description="As it is now: open past its due date is overdue.")
    days_until_due: int = Field(
        description="My calendar days from today to the day it is due; below zero when that is over.", examples=[5]
    )
    completed_at: datetime | None
    notes: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Assignment, course: CourseBrief | None, now: datetime, zone: ZoneInfo) -> Self:
        """As its person sees it at that moment."""
        brief = None
        if course is not None:
            brief = AssignmentCourse(id=course.id, name=course.name, code=course.code, color=course.color)
        return cls(
            id=row.id,
            course=brief,
            title=row.title,
            description=row.description,
            due_date=row.due_date,
            priority=Priority(row.priority),
            status=AssignmentStatus(status_seen(row.status, row.due_date, now)),
            days_until_due=days_until(row.due_date, now, zone),
            completed_at=row.completed_at,
            notes=row.notes,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


class AssignmentList(Schema):
    """Assignments, the earliest due date first."""

    assignments: list[AssignmentOut]
    pagination: Pagination


class AssignmentAnswer(Schema):
    """One assignment."""

    assignment: AssignmentOut


class Completed(AssignmentAnswer):
    """A completed assignment, and what followed from it."""

    effects: dict[str, Any] = Field(default_factory=dict, description="What other parts made of it.")

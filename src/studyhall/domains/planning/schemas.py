"""What study plans look like from outside."""

from datetime import date as Day
from datetime import datetime, time
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.planning.models import StudyPlan
from studyhall.domains.planning.rules import LONGEST_MINUTES, SHORTEST_MINUTES, status_seen
from studyhall.domains.undo.public import Deleted
from studyhall.platform.web import Choice, ClockTime, Pagination, Schema

__all__ = [
    "CheckBody",
    "CompleteBody",
    "Completed",
    "ConflictList",
    "ConflictOut",
    "Deleted",
    "NewPlan",
    "PlanAnswer",
    "PlanChanges",
    "PlanList",
    "PlanOut",
    "PlanStatus",
    "PlanWithConflicts",
    "PlansSummary",
]

FIRST_DATE, LAST_DATE = Day(1970, 1, 1), Day(2199, 12, 31)
MINUTES_OF_A_DAY = 24 * 60

Topic = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
LongText = Annotated[str, StringConstraints(max_length=10_000)]
PlanDate = Annotated[Day, Field(ge=FIRST_DATE, le=LAST_DATE)]
PlannedMinutes = Annotated[int, Field(ge=SHORTEST_MINUTES, le=LONGEST_MINUTES)]


class Priority(Choice):
    """How much it matters."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class StudyType(Choice):
    """What is to be done."""

    REVIEW = "review"
    NEW_MATERIAL = "new_material"
    PRACTICE = "practice"


class PlanStatus(Choice):
    """How it stands."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    MISSED = "missed"


class OpenStatus(Choice):
    """What a person may set by hand; a plan is completed by its own operation, and missed by time."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"


class NewPlan(Schema):
    """A new plan; the date is today or later, in the person's own time zone."""

    course_id: UUID
    topic: Topic = Field(examples=["Binary Search Trees"])
    description: LongText | None = Field(None, examples=["Study BST operations and implementations"])
    date: PlanDate
    start_time: ClockTime = Field(examples=["09:00"])
    planned_duration: PlannedMinutes = Field(description="Minutes.", examples=[120])
    priority: Priority = Field(examples=["high"])
    study_type: StudyType = Field(examples=["new_material"])


class PlanChanges(Schema):
    """Only the fields that are sent change. A default here is never read; it only lets a field be left out."""

    course_id: UUID = Field(default=UUID(int=0))
    topic: Topic = Field(default="")
    description: LongText | None = None
    date: PlanDate = Field(default=LAST_DATE)
    start_time: ClockTime = Field(default=time.min)
    planned_duration: PlannedMinutes = Field(default=SHORTEST_MINUTES, description="Minutes.")
    priority: Priority = Priority.MEDIUM
    study_type: StudyType = StudyType.REVIEW
    status: OpenStatus = OpenStatus.PENDING
    notes: LongText | None = None


class CompleteBody(Schema):
    """How it went."""

    actual_duration: Annotated[int, Field(ge=1, le=MINUTES_OF_A_DAY)] | None = Field(
        None, description="Minutes it took.", examples=[115]
    )
    notes: LongText | None = Field(None, examples=["Completed all BST operations"])


class CheckBody(Schema):
    """A slot to test."""

    date: PlanDate
    start_time: ClockTime = Field(examples=["10:00"])
    duration: Annotated[int, Field(ge=1, le=MINUTES_OF_A_DAY)] = Field(description="Minutes.", examples=[120])
    plan_id: UUID | None = Field(None, description="A plan that is to be moved there; it does not collide with itself.")


class PlanCourse(Schema):
    """The course of a plan."""

    id: UUID
    name: str
    code: str
    color: str


class PlanOut(Schema):
    """A plan."""

    id: UUID
    course: PlanCourse | None
    topic: str
    description: str | None
    date: Day
    start_time: time
    planned_duration: int
    actual_duration: int | None
    priority: Priority
    study_type: StudyType
    status: PlanStatus
    completed_at: datetime | None
    notes: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: StudyPlan, course: CourseBrief | None, today: Day) -> Self:
        """As it is seen on `today`."""
        brief = PlanCourse(id=course.id, name=course.name, code=course.code, color=course.color) if course else None
        return cls(
            id=row.id,
            course=brief,
            topic=row.topic,
            description=row.description,
            date=row.date,
            start_time=row.start_time,
            planned_duration=row.planned_duration,
            actual_duration=row.actual_duration,
            priority=Priority(row.priority),
            study_type=StudyType(row.study_type),
            status=PlanStatus(status_seen(row.status, row.last_day, today)),
            completed_at=row.completed_at,
            notes=row.notes,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


class PlansSummary(Schema):
    """Figures over all plans that were asked for, not only over this page."""

    total_plans: int
    pending: int
    in_progress: int
    completed: int
    missed: int
    total_planned_minutes: int


class PlanList(Schema):
    """Plans in the order of time."""

    plans: list[PlanOut]
    summary: PlansSummary
    pagination: Pagination


class ConflictOut(Schema):
    """Something at the same time. Times of day are the person's own."""

    type: str = Field(description="class or plan", examples=["class"])
    id: UUID
    course_id: UUID | None
    course_name: str
    title: str
    date: Day
    start_time: time
    end_time: time
    starts_at: datetime
    ends_at: datetime
    location: str | None


class ConflictList(Schema):
    """What a slot collides with."""

    has_conflicts: bool
    conflicts: list[ConflictOut]


class PlanAnswer(Schema):
    """One plan."""

    plan: PlanOut


class PlanWithConflicts(PlanAnswer):
    """One plan, and what it collides with. Conflicts are told, they do not block."""

    conflicts: list[ConflictOut]


class Completed(PlanAnswer):
    """A completed plan, and what followed from it."""

    effects: dict[str, Any] = Field(default_factory=dict, description="What other parts made of it.")

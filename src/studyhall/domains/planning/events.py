"""What happens to study plans."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class PlanCreated(Event):
    """A person plans to study."""

    user_id: UUID
    plan_id: UUID


@dataclass(frozen=True, slots=True)
class PlanChanged(Event):
    """A plan says something else than before."""

    user_id: UUID
    plan_id: UUID


@dataclass(frozen=True, slots=True)
class PlanCompleted(Event):
    """A person did what he had planned.

    Attributes:
        happened_on: the person's own day at that moment.
        starts_at: when it was planned to begin, UTC.
        planned_minutes: how long it was planned.
        actual_minutes: how long it took; None when the person did not say.
        time_zone, day_start_hour: the person's, for whoever writes study time.
    """

    user_id: UUID
    plan_id: UUID
    course_id: UUID
    topic: str
    happened_on: date
    starts_at: datetime
    planned_minutes: int
    actual_minutes: int | None
    completed_at: datetime
    time_zone: str
    day_start_hour: int


@dataclass(frozen=True, slots=True)
class PlanDeleted(Event):
    """A plan was deleted; `was_completed` ones had counted for the streak."""

    user_id: UUID
    plan_id: UUID
    was_completed: bool


@dataclass(frozen=True, slots=True)
class PlanRestored(Event):
    """A deletion was taken back."""

    user_id: UUID
    plan_id: UUID
    completed_at: datetime | None

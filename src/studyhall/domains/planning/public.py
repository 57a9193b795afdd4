"""The door of study plans for other domains."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from studyhall.domains.planning import queries
from studyhall.domains.planning.errors import PlanNotFound
from studyhall.domains.planning.models import StudyPlan
from studyhall.domains.planning.queries import PlannedDay, completed_count
from studyhall.domains.planning.rules import last_day, span_of, status_seen
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "PlanBrief",
    "PlanNotFound",
    "PlannedDay",
    "completed",
    "completed_count",
    "planned_by_day",
    "plans_of_day",
    "plans_of_people",
    "require_own",
]


@dataclass(frozen=True, slots=True)
class PlanBrief:
    """A plan as it is seen on its person's today.

    Attributes:
        date, start_time: the person's own wall time.
        starts_at, ends_at: UTC.
        planned_duration, actual_duration: minutes.
        status: pending, in_progress, completed or missed.
        created_at, updated_at: of what is stored.
    """

    id: UUID
    user_id: UUID
    course_id: UUID
    topic: str
    date: date
    start_time: time
    starts_at: datetime
    ends_at: datetime
    planned_duration: int
    actual_duration: int | None
    priority: str
    study_type: str
    status: str
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime


async def plans_of_day(uow: UnitOfWork, user_id: UUID, day: date, time_zone: str) -> list[PlanBrief]:
    """The person's plans of one day in the order of time; one statement."""
    return (await plans_of_people(uow, {user_id: (day, day)}, {user_id: time_zone}))[user_id]


async def plans_of_people(
    uow: UnitOfWork, days: Mapping[UUID, tuple[date, date]], time_zones: Mapping[UUID, str]
) -> dict[UUID, list[PlanBrief]]:
    """Plans of several people, each between his own first and last day (both included); one statement."""
    found: dict[UUID, list[PlanBrief]] = {user_id: [] for user_id in days}
    for row in await queries.plans_of_days(uow, dict(days)):
        found[row.user_id].append(_brief(row, time_zones[row.user_id]))
    return found


async def planned_by_day(uow: UnitOfWork, user_id: UUID, first: date, last: date, today: date) -> list[PlannedDay]:
    """The person's plans by day and course, from first to last day (both included), seen on `today`; one statement."""
    return await queries.by_day_and_course(uow, user_id, first, last, today)


async def completed(uow: UnitOfWork, user_id: UUID) -> dict[UUID, datetime]:
    """The person's completed plans, deleted ones left out, each with the moment it was completed; one statement."""
    return await queries.completed(uow, user_id)


async def require_own(uow: UnitOfWork, user_id: UUID, plan_id: UUID, time_zone: str = "UTC") -> PlanBrief:
    """The person's own plan. Raises PlanNotFound (404) for anybody else's.

    Args:
        time_zone: the person's; without it only the moments and the status are those of UTC.
    """
    row = await queries.plan(uow, user_id, plan_id)
    if row is None:
        raise PlanNotFound
    return _brief(row, time_zone)


def _brief(row: StudyPlan, time_zone: str) -> PlanBrief:
    span = span_of(row.date, row.start_time, row.planned_duration, clock.zone(time_zone))
    ends_on = last_day(row.date, row.start_time, row.planned_duration)
    return PlanBrief(
        id=row.id,
        user_id=row.user_id,
        course_id=row.course_id,
        topic=row.topic,
        date=row.date,
        start_time=row.start_time,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        planned_duration=row.planned_duration,
        actual_duration=row.actual_duration,
        priority=row.priority,
        study_type=row.study_type,
        status=status_seen(row.status, ends_on, clock.today_in(time_zone)),
        completed_at=row.completed_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )

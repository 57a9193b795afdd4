"""The door of study time for other domains: frozen results, for many people at once where that makes sense."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from studyhall.domains.study import queries, service
from studyhall.domains.study.queries import CourseDay
from studyhall.domains.study.rules import Streak, StudyCalendar, streak_of, week_of
from studyhall.domains.study.service.standing import streak_from
from studyhall.platform.uow import UnitOfWork

if TYPE_CHECKING:
    from studyhall.platform.resources import Resources

__all__ = [
    "CourseDay",
    "Running",
    "Streak",
    "StudiedCourseTime",
    "StudyCalendar",
    "Totals",
    "active_days",
    "mark_day",
    "minutes_by_course",
    "minutes_by_day",
    "minutes_by_hour",
    "rebuild_all",
    "running",
    "streak_of",
    "streaks",
    "time_by_day_and_course",
    "totals",
    "unmark_day",
    "week_of",
]

BATCH = 500

mark_day = service.mark_day
unmark_day = service.unmark_day


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything a person has studied."""

    total_seconds: int = 0
    session_count: int = 0


async def totals(uow: UnitOfWork, user_ids: Collection[UUID]) -> dict[UUID, Totals]:
    """Totals of each of these people; zeros for who has none."""
    rows = await queries.totals_of(uow, user_ids)
    return {
        user_id: Totals(rows[user_id].total_seconds, rows[user_id].session_count) if user_id in rows else Totals()
        for user_id in user_ids
    }


async def streaks(uow: UnitOfWork, today_of: Mapping[UUID, date]) -> dict[UUID, Streak]:
    """Streaks of several people, each as it is seen on that person's today."""
    rows = await queries.streaks_of(uow, today_of.keys())
    return {user_id: streak_from(rows.get(user_id)).seen_on(today) for user_id, today in today_of.items()}


@dataclass(frozen=True, slots=True)
class Running:
    """A timer that runs, or is paused."""

    session_id: UUID
    user_id: UUID
    course_id: UUID | None
    group_id: UUID | None
    started_at: datetime
    is_paused: bool


async def running(uow: UnitOfWork, user_ids: Collection[UUID]) -> dict[UUID, Running]:
    """The running timers of those people that have one."""
    return {
        row.user_id: Running(
            row.id, row.user_id, row.course_id, row.group_id, row.started_at, row.paused_at is not None
        )
        for row in await queries.running_sessions(uow, user_ids)
    }


async def minutes_by_day(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> dict[date, int]:
    """Full minutes studied on every day from first to last, both included; 0 where there are none."""
    figures = await queries.by_day(uow, user_id, first, last)
    days = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    return {day: figures[day].seconds // 60 if day in figures else 0 for day in days}


async def time_by_day_and_course(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> list[CourseDay]:
    """What each course got on each study day from first to last, both included; one statement."""
    return await queries.by_day_and_course(uow, user_id, first, last)


async def minutes_by_course(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> dict[UUID | None, int]:
    """Full minutes per course from first to last day, both included; None is study without a course."""
    by_course = await queries.by_course(uow, user_id, first, last)
    return {course_id: seconds // 60 for course_id, seconds in by_course.items()}


async def minutes_by_hour(uow: UnitOfWork, user_ids: Collection[UUID], since: datetime) -> dict[UUID, list[int]]:
    """Full minutes studied in each hour of the day, 24 of them, in ended sessions begun since then; one statement.

    Hours are those of the zone that each session was studied in. Pauses within a session are not taken off.
    """
    seconds = await queries.seconds_by_hour(uow, user_ids, since)
    return {user_id: [seconds.get((user_id, hour), 0) // 60 for hour in range(24)] for user_id in user_ids}


class StudiedCourseTime:
    """What courses ask of study time (their port `StudiedTime`)."""

    async def seconds_for_course(self, uow: UnitOfWork, user_id: UUID, course_id: UUID) -> int:
        """Seconds of all ended sessions of that person for that course."""
        return await queries.seconds_for_course(uow, user_id, course_id)


async def active_days(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> set[date]:
    """Days from first to last, both included, that count for the streak."""
    return await queries.active_days(uow, user_id, first, last)


async def rebuild_all(resources: "Resources") -> list[str]:
    """Recompute everybody's study figures, one person per unit of work; answers what differed (see service.rebuild)."""
    differences: list[str] = []
    last: UUID | None = None
    while True:
        async with resources.unit_of_work() as uow:
            people = await queries.people_after(uow, last, BATCH)
        if not people:
            return differences
        for user_id in people:
            async with resources.unit_of_work() as uow:
                differences += await service.rebuild(uow, user_id)
        last = people[-1]

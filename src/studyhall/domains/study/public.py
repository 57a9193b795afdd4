"""The door of study time for other domains: frozen results, for many people at once where that makes sense."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from studyhall.domains.study import queries, service
from studyhall.domains.study.queries import (
    CourseDay,
    DayFigures,
    Purpose,
    SessionLength,
    by_day,
    by_purpose,
    extremes,
    studied_days,
)
from studyhall.domains.study.rules import StudyCalendar, week_of
from studyhall.domains.study.service import counting
from studyhall.domains.study.service.counting import calendar_of
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "CourseDay",
    "DayFigures",
    "Purpose",
    "Running",
    "SessionLength",
    "StudiedCourseTime",
    "StudyCalendar",
    "StudyOfGroups",
    "Totals",
    "by_day",
    "by_purpose",
    "calendar_of",
    "extremes",
    "lock",
    "lock_along",
    "minutes_by_course",
    "minutes_by_day",
    "minutes_by_hour",
    "now",
    "rebuild",
    "running",
    "running_seconds",
    "studied_days",
    "time_by_day_and_course",
    "totals",
    "week_of",
]

lock = queries.lock_clock
lock_along = queries.lock_clock_along
rebuild = service.rebuild
now = counting.now
StudyOfGroups = service.StudyOfGroups


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


async def running_seconds(uow: UnitOfWork, user_id: UUID) -> dict[date, int]:
    """What the running timer would add to each day if it ended now; nothing without one."""
    row = await queries.running_session(uow, user_id)
    if row is None:
        return {}
    calendar = StudyCalendar(row.time_zone, row.day_start_hour)
    return calendar.seconds_by_day(counting.timer_of(row).stretches(counting.now()))


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
    seconds: dict[UUID | None, int] = {}
    for one in await by_purpose(uow, user_id, first, last):
        seconds[one.course_id] = seconds.get(one.course_id, 0) + one.seconds
    return {course_id: total // 60 for course_id, total in seconds.items()}


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

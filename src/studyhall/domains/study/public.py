"""The door of study time for other domains: frozen results, for many people at once where that makes sense."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select, true

from studyhall.domains.study import queries, service
from studyhall.domains.study.models import StudySession, StudySessionDay
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
    "feats",
    "last_studied",
    "lock",
    "lock_along",
    "minutes_by_course",
    "minutes_by_day",
    "minutes_by_hour",
    "now",
    "pieces",
    "rebuild",
    "running",
    "running_seconds",
    "seconds_of_days",
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


async def last_studied(uow: UnitOfWork, user_id: UUID) -> dict[UUID, datetime]:
    """For each course that the person has studied for, when he last did; of a running session its beginning."""
    return await queries.last_by_course(uow, user_id)


class StudiedCourseTime:
    """What courses ask of study time (their port `StudiedTime`)."""

    async def seconds_for_course(self, uow: UnitOfWork, user_id: UUID, course_id: UUID) -> int:
        """Seconds of all ended sessions of that person for that course."""
        return await queries.seconds_for_course(uow, user_id, course_id)


def seconds_of_days(user_id: UUID) -> Select[date, int]:
    """In SQL: what the person's sessions count on their study days, a row for each session and day."""
    return select(StudySessionDay.study_day, StudySessionDay.seconds).where(StudySessionDay.user_id == user_id)


def pieces(user_id: UUID, days: Collection[date] | None = None) -> Select[UUID, date, int, datetime]:
    """In SQL: session, study day, seconds and start of whatever counts on these days, or on all."""
    piece = StudySessionDay
    found = (
        select(piece.session_id, piece.study_day, piece.seconds, StudySession.started_at)
        .join(StudySession, StudySession.id == piece.session_id)
        .where(piece.user_id == user_id)
    )
    return found if days is None else found.where(piece.study_day.in_(days))


EARLY, MORNING, NIGHT = 4, 7, 22  # hours of the day in a session's own zone
_SATURDAY = 6  # ISO


def feats(user_id: UUID) -> Select[int, int, int, int, int, int, int, int]:
    """In SQL, one row of what the person has achieved by studying.

    Columns: `seconds`, `sessions`, `days`, `early_sessions` (begun from 4 to 7), `night_sessions` (from 22 to 4),
    `weekend_days`, `longest_session` and `best_day` (both in seconds).
    """
    hour = func.extract("hour", func.timezone(StudySession.time_zone, StudySession.started_at))
    sessions = (
        select(
            func.coalesce(func.sum(StudySession.duration_seconds), 0).label("seconds"),
            func.count().label("sessions"),
            func.count().filter(hour >= EARLY, hour < MORNING).label("early_sessions"),
            func.count().filter((hour >= NIGHT) | (hour < EARLY)).label("night_sessions"),
            func.coalesce(func.max(StudySession.duration_seconds), 0).label("longest_session"),
        )
        .where(StudySession.user_id == user_id, StudySession.deleted_at.is_(None), StudySession.ended_at.is_not(None))
        .subquery()
    )
    one = seconds_of_days(user_id).subquery()
    day = select(one.c.study_day, func.sum(one.c.seconds).label("seconds")).group_by(one.c.study_day).subquery()
    days = select(
        func.count().label("days"),
        func.count().filter(func.extract("isodow", day.c.study_day) >= _SATURDAY).label("weekend_days"),
        func.coalesce(func.max(day.c.seconds), 0).label("best_day"),
    ).subquery()
    of, on = sessions.c, days.c
    return select(
        of.seconds, of.sessions, on.days, of.early_sessions, of.night_sessions, on.weekend_days,
        of.longest_session, on.best_day,
    ).select_from(sessions.join(days, true()))  # fmt: skip

"""Every read of study time, always of named people only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, union
from sqlalchemy.dialects.postgresql import Insert, insert

from studyhall.domains.study.models import (
    StudyClock,
    StudyDayMark,
    StudySession,
    StudySessionDay,
    StudyTotals,
    UserStreak,
)
from studyhall.domains.study.rules import LONGEST, Interval
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork


async def lock_clock(uow: UnitOfWork, user_id: UUID) -> None:
    """Wait until nobody else changes this person's study time, and keep others out until the transaction ends."""
    await uow.session.execute(_lock(user_id))


def _lock(user_id: UUID) -> Insert:
    row = insert(StudyClock).values(user_id=user_id, changed_at=clock.now())
    return row.on_conflict_do_update(index_elements=["user_id"], set_={"changed_at": row.excluded.changed_at})


async def lock_clock_and_mark(uow: UnitOfWork, user_id: UUID, cause: str, cause_id: UUID, day: date) -> bool:
    """The same, and let a day count by that cause, in one statement; whether it did not count by it before."""
    row = insert(StudyDayMark).values(user_id=user_id, cause=cause, cause_id=cause_id, study_day=day)
    mark = row.on_conflict_do_nothing().returning(StudyDayMark.study_day).cte("mark")
    is_new = select(func.count()).select_from(mark).scalar_subquery()
    return bool((await uow.session.execute(_lock(user_id).add_cte(mark).returning(is_new))).scalar_one())


def _mine(user_id: UUID) -> Select[StudySession]:
    return select(StudySession).where(StudySession.user_id == user_id, StudySession.deleted_at.is_(None))


async def session_by_id(uow: UnitOfWork, user_id: UUID, session_id: UUID) -> StudySession | None:
    """The person's own session, as it is now."""
    found = _mine(user_id).where(StudySession.id == session_id).execution_options(populate_existing=True)
    return (await uow.session.execute(found)).scalar_one_or_none()


async def deleted_session(uow: UnitOfWork, user_id: UUID, session_id: UUID) -> StudySession | None:
    """The person's own session that was taken back."""
    found = select(StudySession).where(
        StudySession.user_id == user_id, StudySession.id == session_id, StudySession.deleted_at.is_not(None)
    )
    return (await uow.session.execute(found)).scalar_one_or_none()


async def running_session(uow: UnitOfWork, user_id: UUID) -> StudySession | None:
    """The one session of the person that has not ended."""
    found = _mine(user_id).where(StudySession.ended_at.is_(None)).execution_options(populate_existing=True)
    return (await uow.session.execute(found)).scalar_one_or_none()


async def running_sessions(uow: UnitOfWork, user_ids: Collection[UUID]) -> Sequence[StudySession]:
    """The running sessions of several people."""
    found = select(StudySession).where(
        StudySession.user_id.in_(user_ids), StudySession.deleted_at.is_(None), StudySession.ended_at.is_(None)
    )
    return (await uow.session.execute(found)).scalars().all()


async def sessions_near(
    uow: UnitOfWork, user_id: UUID, whole: Interval, *, besides: UUID | None = None, plan_id: UUID | None = None
) -> Sequence[StudySession]:
    """Sessions whose time may overlap the interval: ended ones that do, pauses aside, and a running one.

    With `plan_id` those of that plan come too, whenever they were.
    """
    near = and_(
        StudySession.started_at < whole.ended_at,
        or_(
            and_(StudySession.ended_at > whole.started_at, StudySession.started_at > whole.started_at - LONGEST),
            StudySession.ended_at.is_(None),
        ),
    )
    found = _mine(user_id).where(near if plan_id is None else or_(near, StudySession.plan_id == plan_id))
    if besides is not None:
        found = found.where(StudySession.id != besides)
    return (await uow.session.execute(found.order_by(StudySession.started_at))).scalars().all()


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions of a person; days are study days, both included."""

    course_id: UUID | None = None
    plan_id: UUID | None = None
    source: str | None = None
    first_day: date | None = None
    last_day: date | None = None


def sessions_of(user_id: UUID, wanted: SessionFilter) -> Select[StudySession]:
    """The person's sessions that pass the filter, running one included; the list path orders and cuts them."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.course_id is not None:
        conditions.append(StudySession.course_id == wanted.course_id)
    if wanted.plan_id is not None:
        conditions.append(StudySession.plan_id == wanted.plan_id)
    if wanted.source is not None:
        conditions.append(StudySession.source == wanted.source)
    if wanted.first_day is not None:
        conditions.append(StudySession.study_day >= wanted.first_day)
    if wanted.last_day is not None:
        conditions.append(StudySession.study_day <= wanted.last_day)
    return _mine(user_id).where(*conditions)


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What counts on one study day: seconds, and sessions that touch it."""

    seconds: int = 0
    sessions: int = 0


async def by_day(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> dict[date, DayFigures]:
    """Figures of every day from first to last (both included) that has any."""
    day = StudySessionDay.study_day
    found = (
        select(day, func.sum(StudySessionDay.seconds), func.count())
        .where(StudySessionDay.user_id == user_id, day.between(first, last))
        .group_by(day)
    )
    rows = (await uow.session.execute(found)).all()
    return {study_day: DayFigures(int(seconds), int(count)) for study_day, seconds, count in rows}


class CourseDay(NamedTuple):
    """What one course got on one study day.

    Attributes:
        course_id: None for study without a course.
        sessions, session_seconds: number and whole length of the sessions that began on that day.
    """

    day: date
    course_id: UUID | None
    seconds: int
    sessions: int
    session_seconds: int


async def by_day_and_course(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> list[CourseDay]:
    """Figures of every day and course from first to last day (both included) that has any, in order of days."""
    day, began = StudySessionDay.study_day, StudySessionDay.study_day == StudySession.study_day
    whole = func.sum(StudySession.duration_seconds).filter(began)
    found = (
        select(day, StudySession.course_id, func.sum(StudySessionDay.seconds), func.count().filter(began), whole)
        .join(StudySession, StudySession.id == StudySessionDay.session_id)
        .where(StudySessionDay.user_id == user_id, day.between(first, last))
        .group_by(day, StudySession.course_id)
        .order_by(day, StudySession.course_id)
    )
    rows = (await uow.session.execute(found)).all()
    return [CourseDay(row[0], row[1], int(row[2]), int(row[3]), int(row[4] or 0)) for row in rows]


async def by_course(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> dict[UUID | None, int]:
    """Seconds per course from first to last day (both included); None is study without a course."""
    found = (
        select(StudySession.course_id, func.sum(StudySessionDay.seconds))
        .join(StudySession, StudySession.id == StudySessionDay.session_id)
        .where(StudySessionDay.user_id == user_id, StudySessionDay.study_day.between(first, last))
        .group_by(StudySession.course_id)
    )
    return {course_id: int(seconds) for course_id, seconds in (await uow.session.execute(found)).all()}


async def seconds_by_hour(uow: UnitOfWork, user_ids: Collection[UUID], since: datetime) -> dict[tuple[UUID, int], int]:
    """Seconds of ended sessions begun since then, by person and hour of the day in the session's own zone."""
    begin = func.timezone(StudySession.time_zone, StudySession.started_at)
    end = begin + (StudySession.ended_at - StudySession.started_at)
    hours = func.generate_series(func.date_trunc("hour", begin), end, timedelta(hours=1)).table_valued("hour")
    hour = hours.render_derived().lateral()
    within = func.least(end, hour.c.hour + timedelta(hours=1)) - func.greatest(begin, hour.c.hour)
    number = func.extract("hour", hour.c.hour)
    found = (
        select(StudySession.user_id, number, func.sum(func.extract("epoch", within)))
        .select_from(StudySession)
        .join(hour, true())
        .where(
            StudySession.user_id.in_(user_ids),
            StudySession.deleted_at.is_(None),
            StudySession.ended_at.is_not(None),
            StudySession.started_at >= since,
        )
        .group_by(StudySession.user_id, number)
    )
    rows = (await uow.session.execute(found)).all()
    return {(user_id, int(hour_of_day)): int(seconds) for user_id, hour_of_day, seconds in rows}


async def seconds_for_course(uow: UnitOfWork, user_id: UUID, course_id: UUID) -> int:
    """Everything the person has studied for that course."""
    found = select(func.coalesce(func.sum(StudySession.duration_seconds), 0)).where(
        StudySession.user_id == user_id, StudySession.course_id == course_id, StudySession.deleted_at.is_(None)
    )
    return int((await uow.session.execute(found)).scalar_one())


async def active_days(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> set[date]:
    """Days from first to last (both included) that count for the streak, by whatever cause."""
    both = union(
        select(StudySessionDay.study_day).where(
            StudySessionDay.user_id == user_id, StudySessionDay.study_day.between(first, last)
        ),
        select(StudyDayMark.study_day).where(
            StudyDayMark.user_id == user_id, StudyDayMark.study_day.between(first, last)
        ),
    )
    return set((await uow.session.execute(both)).scalars())


async def days_of_session(uow: UnitOfWork, session_id: UUID) -> dict[date, int]:
    """Seconds per day of one session, in order of days."""
    found = (
        select(StudySessionDay.study_day, StudySessionDay.seconds)
        .where(StudySessionDay.session_id == session_id)
        .order_by(StudySessionDay.study_day)
    )
    rows = (await uow.session.execute(found)).all()
    return {row.study_day: row.seconds for row in rows}


@dataclass(frozen=True, slots=True)
class Causes:
    """All that totals and streak follow from, and both as they were last written (None: never)."""

    total_seconds: int
    session_count: int
    days: tuple[date, ...]
    totals: StudyTotals | None
    streak: UserStreak | None


async def causes_of(uow: UnitOfWork, user_id: UUID) -> Causes:
    """Sum, number and days of everything that counts for this person, in one statement. His clock must be locked."""
    mine = StudySessionDay.user_id == user_id
    seconds = select(func.coalesce(func.sum(StudySessionDay.seconds), 0)).where(mine).scalar_subquery()
    count = select(func.count(StudySessionDay.session_id.distinct())).where(mine).scalar_subquery()
    days = union(
        select(StudySessionDay.study_day).where(mine),
        select(StudyDayMark.study_day).where(StudyDayMark.user_id == user_id),
    ).subquery()
    studied = select(func.array_agg(days.c.study_day)).scalar_subquery()
    everything = (
        select(seconds, count, studied, StudyTotals, UserStreak)
        .select_from(StudyClock)
        .outerjoin(StudyTotals, StudyTotals.user_id == StudyClock.user_id)
        .outerjoin(UserStreak, UserStreak.user_id == StudyClock.user_id)
        .where(StudyClock.user_id == user_id)
        .execution_options(populate_existing=True)
    )
    row = (await uow.session.execute(everything)).one()
    return Causes(int(row[0]), int(row[1]), tuple(row[2] or ()), row[3], row[4])


async def totals_of(uow: UnitOfWork, user_ids: Collection[UUID]) -> Mapping[UUID, StudyTotals]:
    """Stored totals of those people that have any."""
    rows = (await uow.session.execute(select(StudyTotals).where(StudyTotals.user_id.in_(user_ids)))).scalars()
    return {row.user_id: row for row in rows}


async def streaks_of(uow: UnitOfWork, user_ids: Collection[UUID]) -> Mapping[UUID, UserStreak]:
    """Stored streaks of those people that have any."""
    rows = (await uow.session.execute(select(UserStreak).where(UserStreak.user_id.in_(user_ids)))).scalars()
    return {row.user_id: row for row in rows}


async def people_after(uow: UnitOfWork, user_id: UUID | None, limit: int) -> Sequence[UUID]:
    """The next people that have a study clock, in order of their ids, for walks over everybody."""
    found = select(StudyClock.user_id).order_by(StudyClock.user_id).limit(limit)
    if user_id is not None:
        found = found.where(StudyClock.user_id > user_id)
    return (await uow.session.execute(found)).scalars().all()


async def ended_sessions(uow: UnitOfWork, user_id: UUID) -> Sequence[StudySession]:
    """All sessions of the person that count, oldest first."""
    found = _mine(user_id).where(StudySession.ended_at.is_not(None)).order_by(StudySession.started_at)
    return (await uow.session.execute(found)).scalars().all()


async def pieces_of(uow: UnitOfWork, user_id: UUID) -> dict[UUID, dict[date, int]]:
    """All stored pieces of the person: session to day to seconds."""
    found = select(StudySessionDay.session_id, StudySessionDay.study_day, StudySessionDay.seconds).where(
        StudySessionDay.user_id == user_id
    )
    pieces: dict[UUID, dict[date, int]] = {}
    for session_id, day, seconds in (await uow.session.execute(found)).all():
        pieces.setdefault(session_id, {})[day] = seconds
    return pieces


def interval_of(row: StudySession, now: datetime) -> Interval:
    """From its start to its end, or to now while it runs."""
    return Interval(row.started_at, row.ended_at or now)

"""Every read of study time, always of named people only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, DateTime, Select, Uuid, and_, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import Insert, insert

from studyhall.domains.study.models import StudyClock, StudySession, StudySessionDay, StudyTotals
from studyhall.domains.study.rules import HEARTBEAT_LIMIT, LONGEST, Interval
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

_LOCKED = "study_clocks"  # in the session's info: whose clocks this transaction has locked


async def lock_clock(uow: UnitOfWork, user_id: UUID) -> None:
    """Wait until nobody else changes this person's study time, and keep others out until the transaction ends."""
    if user_id not in _locked(uow):
        await uow.session.execute(_lock(user_id))
        _locked(uow).add(user_id)


async def lock_clock_along(uow: UnitOfWork, user_id: UUID, change: CTE, asked: ColumnElement[Any]) -> Any:
    """The same with a change of rows in one statement; answers what is asked of it."""
    answer = (await uow.session.execute(_lock(user_id).add_cte(change).returning(asked))).scalar_one()
    _locked(uow).add(user_id)
    return answer


def _locked(uow: UnitOfWork) -> set[UUID]:
    held: set[UUID] = uow.session.info.setdefault(_LOCKED, set())
    return held


def _lock(user_id: UUID) -> Insert:
    row = insert(StudyClock).values(user_id=user_id, changed_at=clock.now())
    return row.on_conflict_do_update(index_elements=["user_id"], set_={"changed_at": row.excluded.changed_at})


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


async def studying_in(uow: UnitOfWork, group_id: UUID, user_ids: Collection[UUID]) -> Sequence[StudySession]:
    """The timers that these people let run in the group's name, the longest first, and of whom something was heard in
    the last quarter of an hour: presence ends by itself where heartbeats stop."""
    heard = func.greatest(StudySession.last_heartbeat_at, StudySession.paused_at)
    found = select(StudySession).where(
        StudySession.group_id == group_id,
        StudySession.user_id.in_(user_ids),
        StudySession.deleted_at.is_(None),
        StudySession.ended_at.is_(None),
        heard >= clock.now() - HEARTBEAT_LIMIT,
    )
    return (await uow.session.scalars(found.order_by(StudySession.started_at, StudySession.id))).all()


class GroupSums(NamedTuple):
    """What was studied in one group's name: seconds of all time and since a moment, and sessions."""

    total_seconds: int
    recent_seconds: int
    session_count: int


async def group_sums(uow: UnitOfWork, group_id: UUID, since: datetime) -> GroupSums:
    """Sums over all who ever studied in the group's name; `since` is when a recent session began at the earliest."""
    length = func.sum(StudySession.duration_seconds)
    found = select(
        func.coalesce(length, 0),
        func.coalesce(length.filter(StudySession.started_at >= since), 0),
        func.count(),
    ).where(StudySession.group_id == group_id, StudySession.deleted_at.is_(None), StudySession.ended_at.is_not(None))
    total, recent, count = (await uow.session.execute(found)).one()
    return GroupSums(int(total), int(recent), count)


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
    group_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None


def sessions_of(user_id: UUID, wanted: SessionFilter) -> Select[StudySession]:
    """The person's sessions that pass the filter, running one included; the list path orders and cuts them."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.course_id is not None:
        conditions.append(StudySession.course_id == wanted.course_id)
    if wanted.plan_id is not None:
        conditions.append(StudySession.plan_id == wanted.plan_id)
    if wanted.group_id is not None:
        conditions.append(StudySession.group_id == wanted.group_id)
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
        # The session's own column lets the planner come by the person's index instead of by each session's key.
        .where(StudySessionDay.user_id == user_id, StudySession.user_id == user_id, day.between(first, last))
        .group_by(day, StudySession.course_id)
        .order_by(day, StudySession.course_id)
    )
    rows = (await uow.session.execute(found)).all()
    return [CourseDay(row[0], row[1], int(row[2]), int(row[3]), int(row[4] or 0)) for row in rows]


class Purpose(NamedTuple):
    """What was studied for one course in one group's name; None is for no course, and in nobody's name."""

    course_id: UUID | None
    group_id: UUID | None
    seconds: int
    sessions: int


async def by_purpose(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> list[Purpose]:
    """Seconds, and sessions that touch the days, by course and group from first to last day (both included)."""
    found = (
        select(
            StudySession.course_id,
            StudySession.group_id,
            func.sum(StudySessionDay.seconds),
            func.count(StudySession.id.distinct()),
        )
        .join(StudySession, StudySession.id == StudySessionDay.session_id)
        .where(StudySessionDay.user_id == user_id, StudySessionDay.study_day.between(first, last))
        .group_by(StudySession.course_id, StudySession.group_id)
    )
    rows = (await uow.session.execute(found)).all()
    return [Purpose(course_id, group_id, int(seconds), sessions) for course_id, group_id, seconds, sessions in rows]


class SessionLength(NamedTuple):
    """One ended session, as far as its length goes."""

    session_id: UUID
    study_day: date
    seconds: int


async def extremes(uow: UnitOfWork, user_id: UUID) -> tuple[SessionLength, SessionLength] | None:
    """The longest and the shortest ended session of the person, the latest of several; None without any."""
    columns = StudySession.id, StudySession.study_day, StudySession.duration_seconds
    ended = select(*columns).where(
        StudySession.user_id == user_id, StudySession.deleted_at.is_(None), StudySession.ended_at.is_not(None)
    )
    length, latest = StudySession.duration_seconds, StudySession.started_at.desc()
    parts = [ended.order_by(order, latest).limit(1).subquery() for order in (length.desc(), length)]
    both = await uow.session.execute(select(*parts[0].c, *parts[1].c).select_from(parts[0]).join(parts[1], true()))
    row = both.one_or_none()
    return None if row is None else (SessionLength(*row[:3]), SessionLength(*row[3:]))


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


async def last_by_course(uow: UnitOfWork, user_id: UUID) -> dict[UUID, datetime]:
    """For each course of the person's sessions the end of the last one, or the beginning of one that runs."""
    at = func.max(func.coalesce(StudySession.ended_at, StudySession.started_at))
    found = (
        select(StudySession.course_id, at)
        .where(StudySession.user_id == user_id, StudySession.course_id.is_not(None), StudySession.deleted_at.is_(None))
        .group_by(StudySession.course_id)
    )
    return {course_id: last for course_id, last in (await uow.session.execute(found)).all() if course_id is not None}


def studied_days(user_id: UUID) -> Select[date]:
    """The days that any ended session of the person touches, as SQL; a day once per session."""
    return select(StudySessionDay.study_day).where(StudySessionDay.user_id == user_id)


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
class Sums:
    """What the totals say: seconds, and sessions that count."""

    total_seconds: int = 0
    session_count: int = 0


async def write_totals(uow: UnitOfWork, user_id: UUID) -> tuple[Sums, Sums]:
    """Sum up all pieces of the person and write the totals; answers what they said before, and now.

    One statement, for a person whose clock is locked.
    """
    kept = (
        select(StudyTotals.total_seconds, StudyTotals.session_count).where(StudyTotals.user_id == user_id).cte("kept")
    )
    sums = select(
        literal(user_id, Uuid),
        func.coalesce(func.sum(StudySessionDay.seconds), 0),
        func.count(StudySessionDay.session_id.distinct()),
        literal(clock.now(), DateTime(timezone=True)),
    ).where(StudySessionDay.user_id == user_id)
    # Who has nothing and never had gets no row.
    sums = sums.having(or_(func.count() > 0, select(kept.c.total_seconds).exists()))
    names = ["user_id", "total_seconds", "session_count", "updated_at"]
    row = insert(StudyTotals).from_select(names, sums, include_defaults=False)
    written = row.on_conflict_do_update(
        index_elements=["user_id"], set_={name: row.excluded[name] for name in names[1:]}
    ).returning(
        StudyTotals.total_seconds,
        StudyTotals.session_count,
        select(kept.c.total_seconds).scalar_subquery(),
        select(kept.c.session_count).scalar_subquery(),
    )
    found = (await uow.session.execute(written)).one_or_none()
    if found is None:
        return Sums(), Sums()
    return Sums(found[2] or 0, found[3] or 0), Sums(found[0], found[1])


async def totals_of(uow: UnitOfWork, user_ids: Collection[UUID]) -> Mapping[UUID, StudyTotals]:
    """Stored totals of those people that have any."""
    rows = (await uow.session.execute(select(StudyTotals).where(StudyTotals.user_id.in_(user_ids)))).scalars()
    return {row.user_id: row for row in rows}


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

"""How a stored session is read and counted by the rules; shared by the timer, the entries and the rebuild."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete

from studyhall.domains.courses import public as courses
from studyhall.domains.groups import public as groups
from studyhall.domains.planning import public as planning
from studyhall.domains.study import queries
from studyhall.domains.study.errors import SessionLogged, SessionOverlaps
from studyhall.domains.study.models import StudySession, StudySessionDay
from studyhall.domains.study.rules import Interval, StudyCalendar, Timer, is_same, stretches, whole_second
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork

Pieces = tuple[tuple[date, int], ...]


def now() -> datetime:
    """The present moment in whole seconds, so that sessions can follow one another without a gap."""
    return whole_second(clock.now())


def calendar_of(actor: Actor) -> StudyCalendar:
    """The study days of a person as he counts them now."""
    return StudyCalendar(actor.time_zone, actor.day_start_hour)


def pauses_of(row: StudySession) -> tuple[Interval, ...]:
    """Its finished pauses, in order."""
    return tuple(Interval(datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in row.pauses)


def keep_pauses(row: StudySession, pauses: Sequence[Interval]) -> None:
    row.pauses = [[pause.started_at.isoformat(), pause.ended_at.isoformat()] for pause in pauses]


def timer_of(row: StudySession) -> Timer:
    """A running session as the rules see it."""
    return Timer(row.started_at, row.last_heartbeat_at or row.started_at, row.paused_at, pauses_of(row))


def keep_timer(row: StudySession, timer: Timer) -> None:
    row.last_heartbeat_at, row.paused_at = timer.last_heartbeat_at, timer.paused_at
    keep_pauses(row, timer.pauses)


def counted_stretches(row: StudySession) -> list[Interval]:
    """What counts of an ended session; nothing of a running one."""
    if row.ended_at is None:
        return []
    return stretches(Interval(row.started_at, row.ended_at), pauses_of(row))


def pieces_by_day(row: StudySession) -> dict[date, int]:
    """Seconds of an ended session on each day it touches, in the calendar that it keeps."""
    return StudyCalendar(row.time_zone, row.day_start_hour).seconds_by_day(counted_stretches(row))


async def count(uow: UnitOfWork, row: StudySession) -> Pieces:
    """Write what an ended session counts: its length, its day, and its pieces by day."""
    by_day = pieces_by_day(row)
    row.duration_seconds = sum(by_day.values())
    row.paused_seconds = queries.interval_of(row, row.started_at).seconds - row.duration_seconds
    row.study_day = StudyCalendar(row.time_zone, row.day_start_hour).day_of(row.started_at)
    await uow.session.flush()  # the pieces point to the row
    uow.session.add_all(
        StudySessionDay(session_id=row.id, study_day=day, user_id=row.user_id, seconds=seconds)
        for day, seconds in by_day.items()
    )
    await uow.session.flush()
    return tuple(by_day.items())


async def uncount(uow: UnitOfWork, row: StudySession) -> Pieces:
    """Take back what a session counts; answers what that was."""
    before = tuple((await queries.days_of_session(uow, row.id)).items())
    await uow.session.execute(delete(StudySessionDay).where(StudySessionDay.session_id == row.id))
    return before


async def refuse_overlap(
    uow: UnitOfWork,
    user_id: UUID,
    parts: Sequence[Interval],
    *,
    besides: UUID | None = None,
    source: str | None = None,
) -> None:
    """Refuse time that counts already in another session of the person. Call it with his clock locked.

    A pause is free: what was done in it may be entered.

    Args:
        parts: what is to count, in order, at least one stretch.
        source: how a session that is entered was kept; a second time is told apart from a clash by it.

    Raises:
        SessionLogged: the other session is this very one.
        SessionOverlaps: the message names the other session's time.
    """
    moment = now()
    whole = Interval(parts[0].started_at, parts[-1].ended_at)
    for other in await queries.sessions_near(uow, user_id, whole, besides=besides):
        if other.ended_at is None:
            what, taken = "the running timer", timer_of(other).stretches(moment)
        else:
            what, taken = "another session", counted_stretches(other)
        if any(part.overlaps(stretch) for part in parts for stretch in taken):
            if other.ended_at and other.source == source and is_same(whole, Interval(other.started_at, other.ended_at)):
                raise SessionLogged
            begin, end = (stamp.isoformat().replace("+00:00", "Z") for stamp in (other.started_at, taken[-1].ended_at))
            raise SessionOverlaps(f"This overlaps {what}, from {begin} to {end}.")


async def taken_near(uow: UnitOfWork, user_id: UUID, whole: Interval) -> list[Interval]:
    """What counts already around an interval, the running timer included. Call it with the clock locked."""
    moment = now()
    return [
        stretch
        for other in await queries.sessions_near(uow, user_id, whole)
        for stretch in (counted_stretches(other) if other.ended_at else timer_of(other).stretches(moment))
    ]


async def check_group(uow: UnitOfWork, actor: Actor, group_id: UUID | None) -> UUID | None:
    """The group in whose name somebody studies: one that he is in.

    Raises:
        GroupNotFound: there is none, or he may not see it.
        NotInGroup: he is not in it, or no longer.
    """
    if group_id is not None:
        await groups.require_member(uow, group_id, actor.user_id)
    return group_id


async def check_subject(
    uow: UnitOfWork, actor: Actor, course_id: UUID | None, plan_id: UUID | None
) -> tuple[UUID | None, UUID | None]:
    """The course and plan a session may name: one's own only. A plan brings its course.

    Raises:
        NotFound: the course is not taken by the person, or the plan is not his.
    """
    if plan_id is not None:
        plan = await planning.require_own(uow, actor.user_id, plan_id)
        course_id = course_id or plan.course_id
    if course_id is not None:
        await courses.require_enrolled(uow, actor.user_id, course_id)
    return course_id, plan_id

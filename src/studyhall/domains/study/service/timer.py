"""The timer: start, still here, pause, resume, end. One runs per person, on the server's clock alone."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from studyhall.domains.study import queries
from studyhall.domains.study.errors import (
    NothingRunning,
    SessionEnded,
    SessionNotFound,
    SessionRunning,
    TooManyPauses,
)
from studyhall.domains.study.events import StudySessionEnded, StudySessionMoved, StudySessionStarted
from studyhall.domains.study.models import StudySession
from studyhall.domains.study.rules import MOST_PAUSES, Interval, Timer
from studyhall.domains.study.service import counting
from studyhall.domains.study.service.counting import Pieces
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork


async def start(
    uow: UnitOfWork,
    actor: Actor,
    *,
    course_id: UUID | None,
    plan_id: UUID | None,
    notes: str | None,
    group_id: UUID | None = None,
) -> StudySession:
    """Start the person's timer.

    Raises:
        SessionRunning: one is running already.
        NotFound: the course or the plan is not the person's, or he may not see the group.
        NotInGroup: he is not in the group, or no longer.
    """
    course_id, plan_id = await counting.check_subject(uow, actor, course_id, plan_id)
    await counting.check_group(uow, actor, group_id)
    await queries.lock_clock(uow, actor.user_id)
    running = await queries.running_session(uow, actor.user_id)
    if running is not None:
        since = running.started_at.isoformat().replace("+00:00", "Z")
        raise SessionRunning(f"A timer is running since {since}, maybe on another device. End it first.")
    now = counting.now()
    row = StudySession(
        user_id=actor.user_id,
        course_id=course_id,
        plan_id=plan_id,
        group_id=group_id,
        source="timer",
        time_zone=actor.time_zone,
        day_start_hour=actor.day_start_hour,
        study_day=counting.calendar_of(actor).day_of(now),
        started_at=now,
        ended_at=None,
        last_heartbeat_at=now,
        paused_at=None,
        pauses=[],
        duration_seconds=0,
        paused_seconds=0,
        notes=notes,
    )
    uow.session.add(row)
    await uow.session.flush()
    uow.record(StudySessionStarted(actor.user_id, row.id, course_id, group_id, now))
    return row


async def leave_group(uow: UnitOfWork, user_id: UUID, group_id: UUID) -> None:
    """Somebody left a group: a timer that runs in its name goes on in nobody's. What was studied before stays its."""
    running = await queries.running_session(uow, user_id)
    if running is None or running.group_id != group_id:
        return  # and no clock to lock: somebody whose account is erased has none any more
    await queries.lock_clock(uow, user_id)
    row = await queries.running_session(uow, user_id)
    if row is not None and row.group_id == group_id:
        row.group_id = None
        uow.record(StudySessionMoved(user_id, row.id))


async def current(uow: UnitOfWork, actor: Actor) -> StudySession | None:
    """The person's running session."""
    return await queries.running_session(uow, actor.user_id)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a timer ended. One that counted less than a second is given up: `row` is None and nothing is kept."""

    row: StudySession | None
    pieces: Pieces


async def end(
    uow: UnitOfWork, actor: Actor, session_id: UUID | None, *, was_studying: bool | None, notes: str | None
) -> Ended:
    """End a timer (None: the running one). After a silence it counts to the last heartbeat unless the person was there.

    Raises:
        SessionNotFound, NothingRunning: there is none.
        SessionEnded: it has ended already.
        SessionOverlaps: the silence was filled by another session meanwhile.
    """
    row = await _running(uow, actor, session_id)
    now = counting.now()
    timer = counting.timer_of(row)
    if was_studying:
        timer = await _answered(uow, row, timer, was_studying=True)
    counted = timer.stretches(now)
    if notes is not None:
        row.notes = notes
    if not counted:
        await uow.session.delete(row)
        await uow.session.flush()
        uow.record(StudySessionMoved(actor.user_id, row.id))
        return Ended(None, ())
    counting.keep_timer(row, timer)
    row.ended_at, row.paused_at = timer.counted_until(now), None
    pieces = await counting.count(uow, row)
    uow.record(ended_event(row, pieces, counting.calendar_of(actor).day_of(now)))
    return Ended(row, pieces)


def ended_event(row: StudySession, pieces: Pieces, today: date) -> StudySessionEnded:
    """The fact that a session counts now; `today` is the person's study day."""
    if row.ended_at is None:
        raise ValueError("the session has not ended")
    return StudySessionEnded(
        user_id=row.user_id,
        happened_on=today,
        session_id=row.id,
        source=row.source,
        course_id=row.course_id,
        plan_id=row.plan_id,
        group_id=row.group_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        duration_seconds=row.duration_seconds,
        seconds_by_day=pieces,
    )


async def pause(uow: UnitOfWork, actor: Actor, session_id: UUID | None) -> StudySession:
    """Pause a timer; a paused one stays as it is. Raises as `end`."""
    row = await _running(uow, actor, session_id)
    return _kept(uow, row, counting.timer_of(row).pause(counting.now()))


async def resume(uow: UnitOfWork, actor: Actor, session_id: UUID | None) -> StudySession:
    """Go on after a pause; a running one stays as it is. Raises as `end`, and TooManyPauses."""
    row = await _running(uow, actor, session_id)
    return _kept(uow, row, counting.timer_of(row).resume(counting.now()))


async def heartbeat(uow: UnitOfWork, actor: Actor, *, was_studying: bool | None) -> StudySession:
    """Someone is still there. After a silence nothing moves until the person says whether he studied meanwhile.

    Raises:
        NothingRunning: no timer runs.
        SessionOverlaps: he says yes, but another session was entered for that time.
    """
    row = await _running(uow, actor, None)
    return _kept(uow, row, await _answered(uow, row, counting.timer_of(row), was_studying=was_studying))


async def _answered(uow: UnitOfWork, row: StudySession, timer: Timer, *, was_studying: bool | None) -> Timer:
    now = counting.now()
    if was_studying and timer.needs_answer(now):
        silence = [Interval(timer.last_heartbeat_at, now)]
        await counting.refuse_overlap(uow, row.user_id, silence, besides=row.id)
    return timer.beat(now, was_studying)


async def _running(uow: UnitOfWork, actor: Actor, session_id: UUID | None) -> StudySession:
    await queries.lock_clock(uow, actor.user_id)
    if session_id is None:
        row = await queries.running_session(uow, actor.user_id)
        if row is None:
            raise NothingRunning
        return row
    row = await queries.session_by_id(uow, actor.user_id, session_id)
    if row is None:
        raise SessionNotFound
    if row.ended_at is not None:
        raise SessionEnded
    return row


def _kept(uow: UnitOfWork, row: StudySession, timer: Timer) -> StudySession:
    before = counting.timer_of(row)
    if timer == before:
        return row
    if len(timer.pauses) > MOST_PAUSES:
        raise TooManyPauses
    counting.keep_timer(row, timer)
    if (timer.paused_at, timer.pauses) != (before.paused_at, before.pauses):
        uow.record(StudySessionMoved(row.user_id, row.id))
    return row

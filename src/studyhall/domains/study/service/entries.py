"""Sessions entered afterwards, looked up, changed and taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from studyhall.domains.study import queries
from studyhall.domains.study.errors import SessionNotFound, SessionRunning
from studyhall.domains.study.events import StudySessionChanged, StudySessionDeleted, StudySessionMoved
from studyhall.domains.study.models import StudySession
from studyhall.domains.study.queries import SessionFilter
from studyhall.domains.study.rules import (
    BACK_FILL,
    CLOCK_SKEW,
    LONGEST_SKEW,
    OFFLINE_BACK_FILL,
    FieldReasons,
    Interval,
    StudyCalendar,
    clock_error,
    give_way,
    refused_back_fill,
    refused_interval,
    refused_pauses,
    stretches,
    whole_second,
)
from studyhall.domains.study.service import counting
from studyhall.domains.study.service.timer import ended_event
from studyhall.domains.undo import public as undo
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, order_by, page_of

UNDO_KIND = "study.session"
_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Entry:
    """A finished session as a client tells it: a start, and an end or a length. Naive moments are the person's own.

    Attributes:
        sent_at: what the client's clock showed as it sent this.
    """

    started_at: datetime
    ended_at: datetime | None = None
    duration_seconds: int | None = None
    pauses: Sequence[tuple[datetime, datetime]] = ()
    source: str = "manual"
    course_id: UUID | None = None
    plan_id: UUID | None = None
    group_id: UUID | None = None
    notes: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """A session that was logged, what it counts on each day, and by how much its times were corrected."""

    row: StudySession
    pieces: counting.Pieces
    corrected_by: timedelta


async def enter(uow: UnitOfWork, actor: Actor, entry: Entry) -> Entered:
    """Log a finished session.

    Times that a timer kept by a clock that is off are corrected by what the clock is off as they are sent; times that
    somebody typed are his own wall clock's and stay.

    Raises:
        Invalid: an impossible length, the future, or too long ago; the reason stands at its field.
        SessionLogged: it is logged already.
        SessionOverlaps: the person studied something else then.
        NotFound: the course or the plan is not the person's, or he may not see the group.
        NotInGroup: he is not in the group, or no longer.
    """
    error = _clock_error(entry)
    whole, pauses = _told(actor, entry, error)
    limit = OFFLINE_BACK_FILL if entry.source == "timer" else BACK_FILL
    now = counting.now()
    _refuse(refused_interval(whole, now) or refused_back_fill(whole, now, limit) or refused_pauses(whole, pauses))
    course_id, plan_id = await counting.check_subject(uow, actor, entry.course_id, entry.plan_id)
    group_id = await counting.check_group(uow, actor, entry.group_id)
    await queries.lock_clock(uow, actor.user_id)
    if entry.source == "timer":
        whole, pauses = _cut(give_way(whole, await counting.taken_near(uow, actor.user_id, whole)), pauses)
        _refuse(refused_pauses(whole, pauses))
    await counting.refuse_overlap(uow, actor.user_id, stretches(whole, pauses), source=entry.source)
    calendar = counting.calendar_of(actor)
    row = StudySession(
        user_id=actor.user_id,
        course_id=course_id,
        plan_id=plan_id,
        group_id=group_id,
        source=entry.source,
        time_zone=actor.time_zone,
        day_start_hour=actor.day_start_hour,
        study_day=calendar.day_of(whole.started_at),
        started_at=whole.started_at,
        ended_at=whole.ended_at,
        duration_seconds=whole.seconds,
        notes=entry.notes,
    )
    counting.keep_pauses(row, pauses)
    uow.session.add(row)
    pieces = await counting.count(uow, row)
    uow.record(ended_event(row, pieces, calendar.day_of(now)))
    return Entered(row, pieces, error)


def _clock_error(entry: Entry) -> timedelta:
    if entry.sent_at is None or entry.source != "timer":
        return timedelta(0)
    sent_at = entry.sent_at if entry.sent_at.tzinfo else entry.sent_at.replace(tzinfo=UTC)
    error = clock_error(sent_at, counting.now())
    if abs(error) > LONGEST_SKEW:
        raise Invalid.field("X-Client-Time", "Your clock is off by more than a day. Set it right and send this again.")
    return error


def _told(actor: Actor, entry: Entry, error: timedelta) -> tuple[Interval, tuple[Interval, ...]]:
    begin = _moment(actor, entry.started_at, error)
    pauses = tuple(Interval(_moment(actor, a, error), _moment(actor, b, error)) for a, b in entry.pauses)
    paused = sum(pause.seconds for pause in pauses)
    if entry.ended_at is not None:
        end = _moment(actor, entry.ended_at, error)
        told = entry.duration_seconds
        if told is not None and abs(Interval(begin, end).seconds - paused - told) > 1:
            raise Invalid.field("duration_seconds", "The length does not fit the start, the end and the pauses.")
    elif entry.duration_seconds is not None:
        end = _later(begin, timedelta(seconds=entry.duration_seconds + paused))
    else:
        raise Invalid.field("ended_at", "Say when it ended, or how long it lasted (duration_seconds).")
    now = counting.now()
    if now < end <= now + CLOCK_SKEW:
        end = now
    return Interval(begin, end), pauses


def _cut(whole: Interval, pauses: Sequence[Interval]) -> tuple[Interval, tuple[Interval, ...]]:
    """The interval with what of its pauses lies inside."""
    return whole, tuple(
        Interval(max(pause.started_at, whole.started_at), min(pause.ended_at, whole.ended_at))
        for pause in pauses
        if pause.overlaps(whole)
    )


def _moment(actor: Actor, told: datetime, late: timedelta = _NONE) -> datetime:
    """In UTC and whole seconds. Raises Invalid for a year so far off that no zone can hold it."""
    aware = told if told.tzinfo is not None else told.replace(tzinfo=clock.zone(actor.time_zone))
    try:
        return whole_second(aware) + late
    except OverflowError as error:
        raise Invalid("A moment lies outside the calendar.") from error


def _later(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError as error:
        raise Invalid.field("duration_seconds", "The end lies outside the calendar.") from error


def _refuse(reasons: FieldReasons) -> None:
    if reasons:
        raise Invalid(next(iter(reasons.values()))[0], errors=reasons)


SORTS: Mapping[str, Any] = {
    "started_at": StudySession.started_at,
    "duration_seconds": StudySession.duration_seconds,
    "study_day": StudySession.study_day,
}


async def page(
    uow: UnitOfWork, actor: Actor, wanted: SessionFilter, listing: ListQuery, sort: str | None
) -> Page[StudySession]:
    """The person's sessions, latest first unless `sort` says otherwise. Raises Invalid for an unknown sort."""
    rows = queries.sessions_of(actor.user_id, wanted)
    order = (order_by(sort, SORTS, "-started_at"),)
    return await page_of(uow, rows, listing, order=order, tie=StudySession.id)


async def one(uow: UnitOfWork, actor: Actor, session_id: UUID) -> StudySession:
    """One session of the person. Raises SessionNotFound."""
    row = await queries.session_by_id(uow, actor.user_id, session_id)
    if row is None:
        raise SessionNotFound
    return row


async def change(uow: UnitOfWork, actor: Actor, session_id: UUID, changes: Mapping[str, Any]) -> StudySession:
    """Change the fields sent: notes, course_id, plan_id, group_id, started_at, ended_at. It keeps its calendar.

    Raises:
        SessionNotFound: there is none.
        SessionRunning: the times of a running timer cannot be changed.
        Invalid, SessionOverlaps, NotFound: as for `enter`; making a session shorter is possible at any time.
    """
    await queries.lock_clock(uow, actor.user_id)
    row = await one(uow, actor, session_id)
    if "notes" in changes:
        row.notes = changes["notes"]
    if "course_id" in changes or "plan_id" in changes:
        subject = changes.get("course_id", row.course_id), changes.get("plan_id", row.plan_id)
        row.course_id, row.plan_id = await counting.check_subject(uow, actor, *subject)
    if "group_id" in changes and changes["group_id"] != row.group_id:
        row.group_id = await counting.check_group(uow, actor, changes["group_id"])
    if "started_at" in changes or "ended_at" in changes:
        before, after = await _move(uow, actor, row, changes)
    else:
        before = after = tuple((await queries.days_of_session(uow, row.id)).items())
    await uow.session.flush()
    today = counting.calendar_of(actor).day_of(counting.now())
    uow.record(StudySessionChanged(actor.user_id, today, row.id, before, after))
    return row


async def _move(
    uow: UnitOfWork, actor: Actor, row: StudySession, changes: Mapping[str, Any]
) -> tuple[counting.Pieces, counting.Pieces]:
    if row.ended_at is None:
        raise SessionRunning("The times of a running timer cannot be changed. End it first.")
    old = Interval(row.started_at, row.ended_at)
    whole = Interval(
        _moment(actor, changes.get("started_at") or row.started_at),
        _moment(actor, changes.get("ended_at") or row.ended_at),
    )
    now = counting.now()
    reasons = refused_interval(whole, now)
    is_shorter = old.started_at <= whole.started_at and whole.ended_at <= old.ended_at
    if not reasons and not is_shorter:
        reasons = refused_back_fill(whole, now, OFFLINE_BACK_FILL if row.source == "timer" else BACK_FILL)
    whole, pauses = _cut(whole, counting.pauses_of(row))
    _refuse(reasons or refused_pauses(whole, pauses))
    await counting.refuse_overlap(uow, actor.user_id, stretches(whole, pauses), besides=row.id)
    before = await counting.uncount(uow, row)
    row.started_at, row.ended_at = whole.started_at, whole.ended_at
    counting.keep_pauses(row, pauses)
    return before, await counting.count(uow, row)


async def delete(uow: UnitOfWork, actor: Actor, session_id: UUID) -> str:
    """Take a session back, running or not; totals and streak follow. Answers the undo token. Raises SessionNotFound."""
    await queries.lock_clock(uow, actor.user_id)
    row = await one(uow, actor, session_id)
    before = await counting.uncount(uow, row)
    row.deleted_at = clock.now()
    await uow.session.flush()
    today = counting.calendar_of(actor).day_of(counting.now())
    uow.record(StudySessionDeleted(actor.user_id, today, row.id, before))
    return await undo.offer(uow, actor, UNDO_KIND, [row.id])


async def restore(uow: UnitOfWork, user_id: UUID, session_id: UUID) -> None:
    """Bring a deleted session back; it counts again.

    Raises:
        SessionNotFound: there is none that was deleted.
        SessionRunning: it is a running timer, and another one runs by now.
        SessionOverlaps: its time has been filled meanwhile.
    """
    await queries.lock_clock(uow, user_id)
    row = await queries.deleted_session(uow, user_id, session_id)
    if row is None:
        raise SessionNotFound
    if row.ended_at is None:
        if await queries.running_session(uow, user_id) is not None:
            raise SessionRunning
        row.deleted_at = None
        uow.record(StudySessionMoved(user_id, row.id))
        return
    await counting.refuse_overlap(uow, user_id, counting.counted_stretches(row))
    row.deleted_at = None
    pieces = await counting.count(uow, row)
    today = StudyCalendar(row.time_zone, row.day_start_hour).day_of(counting.now())
    uow.record(StudySessionChanged(user_id, today, row.id, (), pieces))

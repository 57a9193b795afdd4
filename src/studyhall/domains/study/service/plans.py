"""A completed plan counts: its time, where no session covers it yet."""

from datetime import datetime, timedelta

from studyhall.domains.planning.events import PlanCompleted
from studyhall.domains.study import queries
from studyhall.domains.study.models import StudySession
from studyhall.domains.study.rules import (
    BACK_FILL,
    MOST_PAUSES,
    Interval,
    StudyCalendar,
    free_stretches,
    gaps_between,
    whole_second,
)
from studyhall.domains.study.service import counting
from studyhall.domains.study.service.timer import ended_event
from studyhall.platform.uow import UnitOfWork


async def count_completed_plan(uow: UnitOfWork, event: PlanCompleted) -> None:
    """Write one session for what of the told minutes no session covers yet.

    Nothing here fails the completion: time that clashes with other sessions, or lies too far back to be entered, is
    left out and told under the effect `study_time`.
    """
    if not event.actual_minutes:
        return
    await queries.lock_clock(uow, event.user_id)
    row = await _session_for(uow, event)
    if row is not None:
        pieces = await counting.count(uow, row)
        uow.record(ended_event(row, pieces, event.happened_on))


async def _session_for(uow: UnitOfWork, event: PlanCompleted) -> StudySession | None:
    told = 60 * (event.actual_minutes or 0)
    window = studied_window(event.starts_at, event.completed_at, told)
    near = await queries.sessions_near(uow, event.user_id, window, plan_id=event.plan_id)
    covered = min(told, sum(other.duration_seconds for other in near if other.plan_id == event.plan_id))
    parts: list[Interval] = []
    now = counting.now()
    is_recent = now - window.ended_at <= BACK_FILL
    if is_recent:
        taken = [stretch for other in near for stretch in _taken(other, now)]
        parts = free_stretches(window, taken, told - covered)[: MOST_PAUSES + 1]
    written = sum(part.seconds for part in parts)
    uow.effects["study_time"] = {
        "written_seconds": written,
        "covered_seconds": covered,
        "left_out_seconds": told - covered - written,
        "reason": None if told == covered + written else "clash" if is_recent else "too_long_ago",
    }
    return _written(uow, event, parts) if parts else None


def studied_window(starts_at: datetime, completed_at: datetime, seconds: int) -> Interval:
    """When a plan was studied: from its planned start if that leaves room for it, else up to its completion."""
    length = timedelta(seconds=seconds)
    begin, done = whole_second(starts_at), whole_second(completed_at)
    return Interval(begin, begin + length) if begin + length <= done else Interval(done - length, done)


def _taken(other: StudySession, now: datetime) -> list[Interval]:
    return counting.counted_stretches(other) if other.ended_at else counting.timer_of(other).stretches(now)


def _written(uow: UnitOfWork, event: PlanCompleted, parts: list[Interval]) -> StudySession:
    calendar = StudyCalendar(event.time_zone, event.day_start_hour)
    row = StudySession(
        user_id=event.user_id,
        course_id=event.course_id,
        plan_id=event.plan_id,
        group_id=None,
        source="plan",
        time_zone=event.time_zone,
        day_start_hour=event.day_start_hour,
        study_day=calendar.day_of(parts[0].started_at),
        started_at=parts[0].started_at,
        ended_at=parts[-1].ended_at,
        notes=event.topic,
    )
    counting.keep_pauses(row, gaps_between(parts))
    uow.session.add(row)
    return row

"""Days that cannot be missed, and starting over."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from studyhall.domains.streaks import queries
from studyhall.domains.streaks.errors import NotYourStreak, StreakResetToday
from studyhall.domains.streaks.events import StreakCausesChanged
from studyhall.domains.streaks.rules import DAYS_OFF_AHEAD, Streak, refused_days_off, skipped_days
from studyhall.domains.streaks.service import standing
from studyhall.domains.study import public as study
from studyhall.domains.study.public import StudyCalendar
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork

_DAY = timedelta(days=1)


async def plan_holidays(uow: UnitOfWork, actor: Actor, days: Collection[date]) -> Sequence[date]:
    """Plan exactly these days off, from today on; answers all that are planned. Days gone by stay as they were.

    Raises:
        Invalid: too many, gone by, or too far ahead.
    """
    today = study.calendar_of(actor).day_of(study.now())
    reasons = refused_days_off(days, today)
    if reasons:
        raise Invalid(next(iter(reasons.values()))[0], errors=reasons)
    await study.lock(uow, actor.user_id)
    await queries.plan_days_off(uow, actor.user_id, today, sorted(set(days)))
    uow.record_once(StreakCausesChanged(actor.user_id, today))
    # A move to an earlier zone leaves days of the old calendar ahead, so the end of the year is not cut to the day.
    return list(await queries.days_off(uow, actor.user_id, today, today + DAYS_OFF_AHEAD + 2 * _DAY))


async def skip_days(uow: UnitOfWork, user_id: UUID, before: StudyCalendar, after: StudyCalendar) -> None:
    """The person's calendar has moved: days that he never had cannot be missed."""
    now = study.now()
    today = after.day_of(now)
    skipped = skipped_days(before.day_of(now), today)
    if skipped:
        await study.lock(uow, user_id)
        await queries.add_days_off(uow, user_id, skipped, "travel")
        uow.record_once(StreakCausesChanged(user_id, today))


async def reset(uow: UnitOfWork, actor: Actor, user_id: UUID) -> tuple[Streak, date]:
    """Start over, once a study day: the current streak is 0, the longest stays, and so do the freezes held.

    Has today counted already, then a new chain begins tomorrow at the earliest. Answers the streak and today.

    Raises:
        NotYourStreak: it is somebody else's.
        StreakResetToday: it was done today already.
    """
    if user_id != actor.user_id:
        raise NotYourStreak
    calendar, now = study.calendar_of(actor), study.now()
    today = calendar.day_of(now)
    await study.lock(uow, user_id)
    causes = await queries.causes_of(uow, user_id)
    last = max(causes.days, default=None)
    counts_from = last + _DAY if last is not None and last >= today else today
    if not await queries.add_reset(uow, user_id, today, counts_from):
        seconds = int((calendar.start_of(today + _DAY) - now).total_seconds())
        raise StreakResetToday(headers={"Retry-After": str(max(1, seconds))})
    uow.audit("streaks.reset", "Started the streak over.", user_id=user_id)
    _, after = await standing.follow(uow, user_id, today)
    return after, today

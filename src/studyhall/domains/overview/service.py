"""Putting the first screen together."""

from datetime import date, timedelta

import orjson

from studyhall.domains.academics import public as academics
from studyhall.domains.grades import public as grades
from studyhall.domains.overview import queries
from studyhall.domains.overview.queries import Days
from studyhall.domains.overview.schemas import GpaFigure, Stats, StudyStreak, UpcomingClass
from studyhall.domains.streaks import public as streaks
from studyhall.domains.study import public as study
from studyhall.domains.study.public import StudyCalendar
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.cache import DASHBOARD
from studyhall.platform.uow import UnitOfWork

NEXT_CLASSES, NEXT_DAYS = 5, 7

_HEAD = b'{"success": true, "message": "OK", "data": '


def days_of(actor: Actor) -> Days:
    """The person's days as they are now."""
    now = clock.now()
    study_day = StudyCalendar(actor.time_zone, actor.day_start_hour).day_of(now)
    return Days(clock.today_in(actor.time_zone), study_day, study.week_of(study_day)[0], now, actor.time_zone)


async def dashboard(uow: UnitOfWork, actor: Actor) -> bytes:
    """The whole answer of `GET /dashboard`, from the cache where it is still of this day."""
    days = days_of(actor)
    # Five minutes after midnight yesterday's answer may still be there: its days stand before it.
    stamp = f"{days.today}/{days.study_day}/{actor.time_zone}\n".encode()

    async def make() -> bytes:
        return stamp + await _dashboard(uow, actor, days)

    cache, key = uow.resources.cache, DASHBOARD.key(actor.user_id)
    kept: bytes = await cache.get_or_make(key, DASHBOARD.ttl_seconds, make)
    if not kept.startswith(stamp):
        await cache.drop(key)
        kept = await cache.get_or_make(key, DASHBOARD.ttl_seconds, make)
    # Notifications come from others at any time, so they are counted at each look.
    unread = await queries.unread_notifications(uow, actor.user_id)
    return b"".join((_HEAD, b'{"unread_notifications": %d, ' % unread, kept[len(stamp) :], b"}"))


async def _dashboard(uow: UnitOfWork, actor: Actor, days: Days) -> bytes:
    """The fields that are kept, without the brace before them: one statement for the rows, two for the grades and
    three for the classes."""
    figures = await queries.dashboard_as_json(uow, actor.user_id, days, await _grades(uow, actor))
    classes = await upcoming_classes(uow, actor, limit=NEXT_CLASSES, days=NEXT_DAYS)
    listed = orjson.dumps([one.model_dump(mode="json") for one in classes])
    return b"".join((figures.strip()[1:-1], b', "upcoming_classes": ', listed, b"}"))


async def stats(uow: UnitOfWork, actor: Actor) -> Stats:
    """Headline figures."""
    found = await queries.stats(uow, actor.user_id, days_of(actor), await _grades(uow, actor))
    return Stats.model_validate(found)


async def _grades(uow: UnitOfWork, actor: Actor) -> bytes:
    """What the headline figures tell of grades."""
    found = await grades.headline(uow, actor.user_id)
    gpa = GpaFigure(
        current=None if found.gpa is None else float(found.gpa),
        cumulative=None if found.cumulative_gpa is None else float(found.cumulative_gpa),
        trend=found.trend,
    )
    return orjson.dumps({"overall_performance": found.overall_performance, "gpa": gpa.model_dump()})


async def upcoming_classes(uow: UnitOfWork, actor: Actor, *, limit: int, days: int) -> list[UpcomingClass]:
    """The next meetings that are not over yet, in order: at most `limit`, within `days` days from today."""
    now = clock.now()
    first: date = clock.today_in(actor.time_zone)
    last = first + timedelta(days=days - 1)
    zone = clock.zone(actor.time_zone)
    meetings = await academics.classes_between(uow, actor.user_id, first, last, zone)
    coming = [one for one in meetings if one.ends_at > now and one.kind != "holiday"]
    return [UpcomingClass.of(one) for one in coming[:limit]]


async def study_streak(uow: UnitOfWork, actor: Actor) -> StudyStreak:
    """The streak as it is seen today, with the running week."""
    days = days_of(actor)
    week = study.week_of(days.study_day)
    streak = (await streaks.streaks(uow, {actor.user_id: days.study_day}))[actor.user_id]
    active = await streaks.active_days(uow, actor.user_id, week[0], week[-1])
    return StudyStreak.of(streak, days.study_day, week, active)

"""Figures that are read: today against yesterday, and a streak as it is seen today."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from studyhall.domains.identity import public as identity
from studyhall.domains.people import public as people
from studyhall.domains.study import queries
from studyhall.domains.study.queries import DayFigures
from studyhall.domains.study.rules import Streak, StudyCalendar
from studyhall.domains.study.service import counting
from studyhall.domains.study.service.standing import streak_from
from studyhall.platform.auth import Actor
from studyhall.platform.errors import NotFound
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Today:
    """One day against the day before it.

    Attributes:
        running_seconds: what the running timer would add to today if it ended now.
    """

    day: date
    today: DayFigures
    yesterday: DayFigures
    running_seconds: int


async def day_summary(uow: UnitOfWork, actor: Actor) -> Today:
    """The person's study day up to now."""
    now = counting.now()
    today = counting.calendar_of(actor).day_of(now)
    yesterday = today - timedelta(days=1)
    figures = await queries.by_day(uow, actor.user_id, yesterday, today)
    running = await queries.running_session(uow, actor.user_id)
    running_seconds = 0
    if running is not None:
        calendar = StudyCalendar(running.time_zone, running.day_start_hour)
        parts = counting.timer_of(running).stretches(now)
        running_seconds = calendar.seconds_by_day(parts).get(today, 0)
    return Today(today, figures.get(today, DayFigures()), figures.get(yesterday, DayFigures()), running_seconds)


async def streak_seen(uow: UnitOfWork, actor: Actor, user_id: UUID) -> tuple[Streak, date]:
    """A person's streak as it is seen on his today, and that day.

    Raises:
        NotFound: it is somebody else whose profile the actor may not see, or nobody.
    """
    if user_id == actor.user_id:
        calendar = counting.calendar_of(actor)
    else:
        calendar = await _calendar_of_visible(uow, actor, user_id)
    today = calendar.day_of(counting.now())
    row = (await queries.streaks_of(uow, [user_id])).get(user_id)
    return streak_from(row).seen_on(today), today


async def _calendar_of_visible(uow: UnitOfWork, actor: Actor, user_id: UUID) -> StudyCalendar:
    person = await identity.person(uow, user_id)
    settings = await identity.recipient(uow, user_id)
    if settings is None or not person.is_public or user_id in await people.blocked_pairs(uow, actor.user_id):
        raise NotFound
    return StudyCalendar(settings.time_zone, settings.day_start_hour)

"""Figures that are shown: a streak as it is seen today, a month of days, and all there is to say."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from studyhall.domains.identity import public as identity
from studyhall.domains.people import public as people
from studyhall.domains.streaks import queries
from studyhall.domains.streaks.queries import Dated, Stored
from studyhall.domains.streaks.rules import Streak
from studyhall.domains.study import public as study
from studyhall.domains.study.public import DayFigures, StudyCalendar
from studyhall.platform.auth import Actor
from studyhall.platform.errors import NotFound
from studyhall.platform.uow import UnitOfWork


async def seen(uow: UnitOfWork, actor: Actor, user_id: UUID) -> tuple[Streak, date]:
    """A person's streak as it is seen on his today, and that day.

    Raises:
        NotFound: it is somebody else whose profile the actor may not see, or nobody.
    """
    today = (await _calendar_seen(uow, actor, user_id)).day_of(study.now())
    return (await _stored(uow, user_id)).seen_on(today), today


async def _stored(uow: UnitOfWork, user_id: UUID) -> Stored:
    return (await queries.streaks_of(uow, [user_id])).get(user_id, Stored(Streak(), ()))


async def _calendar_seen(uow: UnitOfWork, actor: Actor, user_id: UUID) -> StudyCalendar:
    if user_id == actor.user_id:
        return study.calendar_of(actor)
    person = await identity.person(uow, user_id)
    settings = await identity.recipient(uow, user_id)
    if settings is None or not person.is_public or user_id in await people.blocked_pairs(uow, actor.user_id):
        raise NotFound
    return StudyCalendar(settings.time_zone, settings.day_start_hour)


@dataclass(frozen=True, slots=True)
class Month:
    """The days of one month.

    Attributes:
        studied: days that count, by whatever cause.
        frozen: missed days that a freeze bridged, those since the last studied day included.
        figures: what sessions say of the days that have any.
    """

    first: date
    last: date
    today: date
    streak: Streak
    studied: frozenset[date]
    frozen: frozenset[date]
    dated: Dated
    figures: Mapping[date, DayFigures]


async def month_of(uow: UnitOfWork, actor: Actor, user_id: UUID, month: date | None) -> Month:
    """A person's days of the month that `month` lies in (None: the running one). Raises NotFound as `seen`."""
    today = (await _calendar_seen(uow, actor, user_id)).day_of(study.now())
    first = (month or today).replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    stored = await _stored(uow, user_id)
    dated = await queries.dated(uow, user_id, first, last)
    figures = await study.by_day(uow, user_id, first, last)
    bridged = stored.streak.bridged_until(today, stored.days_off)
    return Month(
        first, last, today, stored.seen_on(today),
        studied=dated.marked | figures.keys(),
        frozen=dated.frozen | {day for day in bridged if first <= day <= last},
        dated=dated, figures=figures,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stats:
    """All figures of one streak, as they are seen on `today`.

    Attributes:
        study_by: the last day on which studying again still saves the chain; None when none runs.
        recent: the studied days of the last 30, today included.
    """

    today: date
    streak: Streak
    study_by: date | None
    recent: frozenset[date]


async def stats(uow: UnitOfWork, actor: Actor, user_id: UUID) -> Stats:
    """A person's streak figures. Raises NotFound as `seen`."""
    today = (await _calendar_seen(uow, actor, user_id)).day_of(study.now())
    stored = await _stored(uow, user_id)
    recent = await queries.active_days(uow, user_id, today - timedelta(days=29), today)
    study_by = stored.streak.study_by(today, stored.days_off)
    return Stats(today, stored.seen_on(today), study_by, frozenset(recent))

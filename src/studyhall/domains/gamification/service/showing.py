"""What a person sees of his XP and achievements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from studyhall.domains.gamification import queries
from studyhall.domains.gamification.models import XpAward
from studyhall.domains.gamification.rules import Achievement
from studyhall.domains.gamification.service.catalogue import achievements
from studyhall.domains.streaks import public as streaks
from studyhall.domains.streaks.public import Streak
from studyhall.domains.study import public as study
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page


@dataclass(frozen=True, slots=True)
class Progress:
    """An achievement in the eyes of one person.

    Attributes:
        current: the figure now; it may have fallen since `unlocked_at`.
    """

    achievement: Achievement
    current: int
    unlocked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything at a glance, as it is seen on `today`."""

    xp: int
    xp_today: int
    today: date
    streak: Streak
    progress: Sequence[Progress]


async def progress(uow: UnitOfWork, actor: Actor) -> tuple[int, list[Progress]]:
    """The actor's XP, and every achievement with how far he is; one statement."""
    now = await queries.standing(uow, actor.user_id)
    figures = now.figures_at(now.xp)
    return now.xp, [Progress(one, figures[one.figure], now.unlocked.get(one.key)) for one in achievements()]


async def status(uow: UnitOfWork, actor: Actor) -> Status:
    """The actor's XP, streak and achievements; three statements."""
    today = study.calendar_of(actor).day_of(study.now())
    xp, found = await progress(uow, actor)
    streak = (await streaks.streaks(uow, {actor.user_id: today}))[actor.user_id]
    return Status(xp, await queries.xp_on(uow, actor.user_id, today), today, streak, found)


async def xp_log(uow: UnitOfWork, actor: Actor, cause: str | None, listing: ListQuery) -> Page[XpAward]:
    """A page of the actor's awards, the latest first."""
    return await queries.page_of_awards(uow, actor.user_id, cause, listing)

"""Figures of one person's study time, each in a fixed number of statements."""

from dataclasses import dataclass
from datetime import date, timedelta

from studyhall.domains.study import public as study
from studyhall.domains.study.public import DayFigures
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork

_DAY = timedelta(days=1)


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


def today_of(actor: Actor) -> date:
    """The person's study day."""
    return study.calendar_of(actor).day_of(study.now())


async def today(uow: UnitOfWork, actor: Actor) -> Today:
    """The person's study day up to now."""
    day = today_of(actor)
    figures = await study.by_day(uow, actor.user_id, day - _DAY, day)
    running = await study.running_seconds(uow, actor.user_id)
    nothing = DayFigures()
    return Today(day, figures.get(day, nothing), figures.get(day - _DAY, nothing), running.get(day, 0))

"""The door of streaks for other domains: frozen results, for many people at once where that makes sense."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from studyhall.domains.streaks import queries, service
from studyhall.domains.streaks.queries import Stored, active_days, longest_streak
from studyhall.domains.streaks.rules import Streak, streak_of
from studyhall.platform.uow import UnitOfWork

__all__ = ["Past", "Streak", "active_days", "as_of", "longest_streak", "mark_day", "rebuild", "streaks", "unmark_days"]

mark_day = service.mark_day
unmark_days = service.unmark_days
rebuild = service.rebuild


async def streaks(uow: UnitOfWork, today_of: Mapping[UUID, date]) -> dict[UUID, Streak]:
    """Streaks of several people, each as it is seen on that person's today; one statement."""
    rows = await queries.streaks_of(uow, today_of.keys())
    return {user_id: rows.get(user_id, Stored(Streak(), ())).seen_on(today) for user_id, today in today_of.items()}


@dataclass(frozen=True, slots=True)
class Past:
    """How things stood at the end of a day gone by.

    Attributes:
        active: all days up to then that count, as is known now.
        streak: as it was seen on that day.
    """

    active: frozenset[date]
    streak: Streak


async def as_of(uow: UnitOfWork, user_id: UUID, day: date) -> Past:
    """How a person stood on that day by all that is known now; one statement."""
    causes = await queries.causes_of(uow, user_id)
    days, days_off, resets = (
        [one for one in some if one <= day] for some in (causes.days, causes.days_off, causes.resets)
    )
    return Past(frozenset(days), streak_of(days, days_off, resets).seen_on(day, days_off))

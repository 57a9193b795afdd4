"""Streaks over HTTP."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from studyhall.domains.streaks import service
from studyhall.domains.streaks.errors import NotYourStreak, StreakResetToday
from studyhall.domains.streaks.schemas import (
    CalendarData,
    HolidaysBody,
    HolidaysData,
    StatsData,
    StatsOut,
    StreakData,
    StreakOut,
)
from studyhall.platform.auth import Actor
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, ok

router = Router("study")

Whose = UUID | Literal["me"]


def _id(actor: Actor, user: Whose) -> UUID:
    return actor.user_id if user == "me" else user


@router.post("/streaks/update", access="user", summary="Check my streak now")
async def update_streak(uow: Uow, actor: CurrentActor) -> Envelope[StreakData]:
    """Computes it from all that counts. It follows every session by itself, so this is for the doubtful."""
    streak, today = await service.update(uow, actor)
    return ok(StreakData(streak=StreakOut.of(streak, today)))


@router.put("/streaks/me/holidays", access="user", summary="Plan days off")
async def plan_holidays(uow: Uow, actor: CurrentActor, body: HolidaysBody) -> Envelope[HolidaysData]:
    """Up to 60 days within a year that cannot be missed: they neither break the streak nor lengthen it.

    The list replaces what was planned from today on; days gone by stay as they were.
    """
    return ok(HolidaysData(holidays=list(await service.plan_holidays(uow, actor, body.holidays))), "Planned.")


@router.get("/streaks/calendar/{user}", access="user", summary="A month's study days")
async def get_streak_calendar(
    uow: Uow,
    actor: CurrentActor,
    user: Whose,
    month: Annotated[
        str | None,
        Query(pattern=r"^(19|20|21)\d{2}-(0[1-9]|1[0-2])$", description="YYYY-MM; the running month if left out."),
    ] = None,
) -> Envelope[CalendarData]:
    """Mine (`me`), or that of a person with a public profile."""
    user_id = _id(actor, user)
    wanted = None if month is None else date.fromisoformat(f"{month}-01")
    found = await service.month_of(uow, actor, user_id, wanted)
    return ok(CalendarData.of(found, is_mine=user_id == actor.user_id))


@router.get("/streaks/stats/{user}", access="user", summary="All streak figures")
async def get_streak_stats(uow: Uow, actor: CurrentActor, user: Whose) -> Envelope[StatsData]:
    """Mine (`me`), or those of a person with a public profile."""
    return ok(StatsData(stats=StatsOut.from_stats(await service.stats(uow, actor, _id(actor, user)))))


@router.get("/streaks/{user}", access="user", summary="Current and longest streak")
async def get_streak(uow: Uow, actor: CurrentActor, user: Whose) -> Envelope[StreakData]:
    """Mine (`me`), or that of a person with a public profile."""
    streak, today = await service.seen(uow, actor, _id(actor, user))
    return ok(StreakData(streak=StreakOut.of(streak, today)))


@router.put("/streaks/{user}/reset", access="user", summary="Start over", errors=[NotYourStreak, StreakResetToday])
async def reset_streak(uow: Uow, actor: CurrentActor, user: Whose) -> Envelope[StreakData]:
    """Once a day, and only my own. The current streak becomes 0; longest streak and freezes stay."""
    streak, today = await service.reset(uow, actor, _id(actor, user))
    return ok(StreakData(streak=StreakOut.of(streak, today)), "A new beginning.")

"""Study analytics over HTTP. Every day is my own: my time zone, and the hour at which my day begins."""

from datetime import date
from typing import Annotated

from fastapi import Query

from studyhall.domains.study_analytics import service
from studyhall.domains.study_analytics.schemas import (
    AnalysisOut,
    ByGroupOut,
    EverythingOut,
    TodayData,
    WeekData,
)
from studyhall.platform.errors import Invalid
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, ok

router = Router("study")


@router.get("/study-sessions/analytics/daily", access="user", summary="One day")
async def get_daily_analytics(
    uow: Uow,
    actor: CurrentActor,
    day: Annotated[date | None, Query(alias="date", description="A study day; today if left out.")] = None,
) -> Envelope[AnalysisOut]:
    """Time and sessions of one study day, by course and by group."""
    return ok(AnalysisOut.from_analysis(await service.daily(uow, actor, day)))


@router.get("/study-sessions/analytics/weekly", access="user", summary="Seven days")
async def get_weekly_analytics(
    uow: Uow,
    actor: CurrentActor,
    start_date: Annotated[date | None, Query(description="The first of the seven; Monday if left out.")] = None,
) -> Envelope[AnalysisOut]:
    """Seven days with each of them, by course and by group."""
    return ok(AnalysisOut.from_analysis(await service.weekly(uow, actor, start_date)))


@router.get("/study-sessions/analytics/monthly", access="user", summary="A month by day")
async def get_monthly_analytics(
    uow: Uow,
    actor: CurrentActor,
    month: Annotated[
        str | None,
        Query(
            pattern=r"^(\d{4}-)?(0?[1-9]|1[0-2])$",
            description="YYYY-MM, or 1 to 12 with `year`; the running month if left out.",
        ),
    ] = None,
    year: Annotated[int | None, Query(ge=1970, le=2199)] = None,
) -> Envelope[AnalysisOut]:
    """A month with each of its days, by course and by group."""
    return ok(AnalysisOut.from_analysis(await service.monthly(uow, actor, _month(month, year))))


def _month(month: str | None, year: int | None) -> date | None:
    if month is None:
        if year is not None:
            raise Invalid.field("month", "Say the month too.")
        return None
    told, _, number = month.rpartition("-")
    named = int(told) if told else year
    if named is None:
        raise Invalid.field("year", "Say the year too, or the month as YYYY-MM.")
    if named < 1:
        raise Invalid.field("month", "There is no such year.")
    return date(named, int(number), 15)


@router.get("/study-sessions/analytics/comprehensive", access="user", summary="All there is to say")
async def get_comprehensive_analytics(uow: Uow, actor: CurrentActor) -> Envelope[EverythingOut]:
    """Averages, extremes, best hour and weekday, consistency, weeks and months, over all my sessions."""
    return ok(EverythingOut.of(await service.everything(uow, actor)))


@router.get("/study-sessions/analytics/by-group", access="user", summary="Time by group")
async def get_analytics_by_group(
    uow: Uow,
    actor: CurrentActor,
    start_date: Annotated[date | None, Query(description="First study day.")] = None,
    end_date: Annotated[date | None, Query(description="Last study day.")] = None,
) -> Envelope[ByGroupOut]:
    """Most time first; study in nobody's name stands under a null group."""
    return ok(ByGroupOut.of(await service.by_group(uow, actor, start_date, end_date)))


@router.get("/study-sessions/summary/today", access="user", summary="Today against yesterday")
async def get_today_summary(uow: Uow, actor: CurrentActor) -> Envelope[TodayData]:
    """Up to now; what the running timer would add stands apart."""
    return ok(TodayData.of(await service.today(uow, actor)))


@router.get("/study-sessions/summary/week", access="user", summary="The week with its consistency")
async def get_week_summary(uow: Uow, actor: CurrentActor) -> Envelope[WeekData]:
    """The running week from Monday, against the week before up to the same weekday."""
    return ok(WeekData.of(await service.week(uow, actor)))

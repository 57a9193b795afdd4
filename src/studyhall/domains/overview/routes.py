"""The first screen over HTTP."""

from typing import Annotated

from fastapi import Query

from studyhall.domains.overview import queries, service
from studyhall.domains.overview.schemas import Activities, Activity, Dashboard, Stats, StudyStreak, UpcomingClasses
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, ok, ready

router = Router("overview")


@router.get("/dashboard", access="user", hot=service.dashboard, summary="Everything the first screen needs")
async def get_dashboard(uow: Uow, actor: CurrentActor) -> Envelope[Dashboard]:
    """Kept for up to five minutes; my own changes show at once."""
    answer: Envelope[Dashboard] = ready(await service.dashboard(uow, actor))
    return answer


@router.get("/dashboard/stats", access="user", summary="Headline figures")
async def get_dashboard_stats(uow: Uow, actor: CurrentActor) -> Envelope[Stats]:
    return ok(await service.stats(uow, actor))


@router.get("/dashboard/upcoming-classes", access="user", summary="My next classes")
async def get_upcoming_classes(
    uow: Uow,
    actor: CurrentActor,
    limit: Annotated[int, Query(ge=1, le=50, description="At most so many.")] = service.NEXT_CLASSES,
    days: Annotated[int, Query(ge=1, le=60, description="Within so many days, today included.")] = service.NEXT_DAYS,
) -> Envelope[UpcomingClasses]:
    """In order, beginning with one that is not over yet. Days off are left out."""
    return ok(UpcomingClasses(classes=await service.upcoming_classes(uow, actor, limit=limit, days=days)))


@router.get("/dashboard/study-streak", access="user", summary="My streak by weekday")
async def get_study_streak(uow: Uow, actor: CurrentActor) -> Envelope[StudyStreak]:
    """The running week from Monday."""
    return ok(await service.study_streak(uow, actor))


@router.get("/dashboard/activities", access="user", summary="What I did last")
async def get_activities(
    uow: Uow, actor: CurrentActor, limit: Annotated[int, Query(ge=1, le=50, description="At most so many.")] = 10
) -> Envelope[Activities]:
    """Newest first: time studied, plans and assignments completed, results added."""
    rows = await queries.activities(uow, actor.user_id, limit)
    return ok(Activities(activities=[Activity.of(row) for row in rows]))

"""XP and achievements over HTTP."""

from typing import Annotated

from fastapi import Query

from studyhall.domains.gamification import service
from studyhall.domains.gamification.schemas import (
    AchievementOut,
    AchievementsData,
    AwardOut,
    Cause,
    StatusData,
    StatusOut,
    XpLogData,
)
from studyhall.domains.identity import public as identity
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, ok

router = Router("gamification")


async def _language(uow: UnitOfWork, actor: Actor) -> str:
    return str((await identity.preferences(uow, actor.user_id))["language"])


@router.get("/gamification/status", access="user", summary="XP, level, streak, achievements")
async def get_gamification_status(uow: Uow, actor: CurrentActor) -> Envelope[StatusData]:
    """Level n asks for 100 · n · (n + 1) / 2 XP; one begins on level 0."""
    status = await service.status(uow, actor)
    return ok(StatusData(status=StatusOut.of(status, await _language(uow, actor))))


@router.get("/gamification/xp-log", access="user", summary="Where XP came from")
async def list_xp_log(
    uow: Uow,
    actor: CurrentActor,
    listing: Listing,
    cause: Annotated[Cause | None, Query(description="Only XP for this.")] = None,
) -> Envelope[XpLogData]:
    """Each award once, the latest first: study 1 XP for a full minute, at most 240 a day, a chapter 20, a quiz 10 and
    up to 40 more by its score, a doubt 5. A session that is taken back takes its XP along."""
    page = await service.xp_log(uow, actor, cause, listing)
    rows = [AwardOut.model_validate(row) for row in page.rows]
    return ok(XpLogData(xp_log=rows, pagination=page.pagination))


@router.get("/gamification/achievements", access="user", summary="All achievements, with progress")
async def list_achievements(uow: Uow, actor: CurrentActor) -> Envelope[AchievementsData]:
    """In the language of my preferences."""
    _, found = await service.progress(uow, actor)
    language = await _language(uow, actor)
    rows = [AchievementOut.of(one, language) for one in found]
    unlocked = sum(row.is_unlocked for row in rows)
    return ok(AchievementsData(achievements=rows, unlocked=unlocked, total=len(rows)))

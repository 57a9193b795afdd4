"""The door of gamification for other domains."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from studyhall.domains.gamification import queries, service
from studyhall.domains.gamification.models import CHAPTER, DOUBT, QUIZ
from studyhall.domains.gamification.rules import CHAPTER_XP, DOUBT_XP, level_of, quiz_points
from studyhall.platform.uow import UnitOfWork

__all__ = ["CHAPTER", "CHAPTER_XP", "DOUBT", "DOUBT_XP", "QUIZ", "Xp", "award", "quiz_points", "rebuild", "xp_of"]

award = service.award
rebuild = service.rebuild


@dataclass(frozen=True, slots=True)
class Xp:
    """How far somebody has come."""

    xp: int = 0
    level: int = 0


async def xp_of(uow: UnitOfWork, user_ids: Collection[UUID]) -> dict[UUID, Xp]:
    """XP and level of each of these people; one statement."""
    found = await queries.totals_of(uow, user_ids)
    return {user_id: Xp(found.get(user_id, 0), level_of(found.get(user_id, 0))) for user_id in user_ids}

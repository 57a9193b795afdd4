"""XP and achievements from all their causes."""

from uuid import UUID

from studyhall.domains.chapters import public as chapters
from studyhall.domains.gamification import queries
from studyhall.domains.gamification.models import CHAPTER
from studyhall.domains.gamification.queries import Change
from studyhall.domains.gamification.rules import CHAPTER_XP
from studyhall.domains.gamification.service.awarding import changed_parts, newly_reached
from studyhall.domains.study import public as study
from studyhall.platform.uow import UnitOfWork


async def rebuild(uow: UnitOfWork, user_id: UUID) -> list[str]:
    """Recompute awards, their sum and achievements of one person from all causes, and write them.

    What was unlocked stays, also when its figure has fallen since; only what is missing is added.

    Returns:
        What differed from what was stored, one sentence each; nothing when all was right.
    """
    await study.lock(uow, user_id)
    now = await queries.standing(uow, user_id, None, None)
    paid = changed_parts(now)
    done = await chapters.completed(uow, user_id)
    stored = {cause_id for cause, cause_id in now.awarded if cause == CHAPTER}
    lost, surplus = sorted(done.keys() - stored), sorted(stored - done.keys())
    differences = [
        *(
            f"Session {part.session_id} was paid {now.paid.get(part, 0)} XP on {part.study_day} instead of {points}."
            for part, points in paid.items()
        ),
        *(f"Chapter {one} is completed and was not paid to {user_id}." for one in lost),
        *(f"Chapter {one} was paid to {user_id} and is not completed." for one in surplus),
    ]
    if surplus:
        await queries.drop_awards(uow, user_id, [(CHAPTER, one) for one in surplus])
    awards = [(CHAPTER, one, done[one].study_day, CHAPTER_XP) for one in lost]
    gained = sum(points - now.paid.get(part, 0) for part, points in paid.items()) + CHAPTER_XP * len(lost)
    xp = await queries.sum_of_awards(uow, user_id) + gained
    if not differences and now.xp != xp:
        differences.append(f"XP of {user_id} was {now.xp} instead of {xp}.")
    unlocked = [one.key for one in newly_reached(now, xp)]
    differences += [f"Achievement {key} is reached by {user_id} and was not unlocked." for key in unlocked]
    if differences:
        await queries.write(uow, user_id, Change(xp - now.xp, paid, awards, unlocked))
    return differences

"""From causes to XP, levels and achievements: reckoned once in a unit of work, in two statements, whatever happened."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from studyhall.domains.gamification import queries
from studyhall.domains.gamification.events import AchievementsDue, AchievementUnlocked, LevelReached, XpChanged
from studyhall.domains.gamification.queries import Change, Standing
from studyhall.domains.gamification.rules import Achievement, Part, level_of, reached, study_points, xp_of_level
from studyhall.domains.gamification.service import telling
from studyhall.domains.gamification.service.catalogue import achievements
from studyhall.domains.study import public as study
from studyhall.platform.uow import UnitOfWork

_DUE = "gamification"  # in the session's info: what this transaction has still to reckon


@dataclass(slots=True)
class _Due:
    """What happened to one person in this unit of work.

    Attributes:
        days: study days on which something else counts than before.
        awards: (cause, cause id) to (study day, points).
    """

    days: set[date] = field(default_factory=set)
    awards: dict[tuple[str, UUID], tuple[date, int]] = field(default_factory=dict)


def _due(uow: UnitOfWork, user_id: UUID) -> _Due:
    all_due: dict[UUID, _Due] = uow.session.info.setdefault(_DUE, {})
    return all_due.setdefault(user_id, _Due())


def pay_parts(uow: UnitOfWork, user_id: UUID, days: Collection[date]) -> None:
    """Study time of these days is another one; its XP follows."""
    _due(uow, user_id).days.update(days)
    uow.record_once(AchievementsDue(user_id))


def award(uow: UnitOfWork, user_id: UUID, *, cause: str, cause_id: UUID, points: int, day: date) -> None:
    """Give a person XP for something other than study time, once for that cause, ever.

    Args:
        cause: `chapter`, `quiz` or `doubt`; `cause_id` names the thing itself.
        points: 1 to 240.
        day: the person's study day on which it happened.
    """
    _due(uow, user_id).awards.setdefault((cause, cause_id), (day, points))
    uow.record_once(AchievementsDue(user_id))


async def follow(uow: UnitOfWork, user_id: UUID) -> None:
    """XP, level and achievements follow from all that happened, in the same transaction, with their public effects.

    Who changes a person's XP holds his study clock, so two never pay for the same; the database refuses it besides.
    """
    due = uow.session.info.get(_DUE, {}).pop(user_id, _Due())
    if due.days or due.awards:
        await study.lock(uow, user_id)
    now = await queries.standing(uow, user_id, due.days, [cause_id for _, cause_id in due.awards])
    paid = changed_parts(now)
    awards = [(*cause, *what) for cause, what in due.awards.items() if cause not in now.awarded]
    gained = sum(points - now.paid.get(part, 0) for part, points in paid.items()) + sum(one[3] for one in awards)
    after = now.xp + gained
    unlocked = newly_reached(now, after)
    if paid or awards or unlocked:
        await queries.write(uow, user_id, Change(gained, paid, awards, [one.key for one in unlocked]))
    await _tell(uow, user_id, now.language, now.xp, after, unlocked)


def changed_parts(now: Standing) -> dict[Part, int]:
    """Parts of sessions whose award is not what it must be, each with the right one; 0 for none."""
    right = study_points(now.pieces)
    return {
        part: right.get(part, 0)
        for part in sorted(right.keys() | now.paid.keys())
        if right.get(part, 0) != now.paid.get(part, 0)
    }


def newly_reached(now: Standing, xp: int) -> list[Achievement]:
    """Achievements that the person has reached and not unlocked."""
    return [one for one in reached(achievements(), now.figures_at(xp)) if one.key not in now.unlocked]


async def _tell(
    uow: UnitOfWork, user_id: UUID, language: str, before: int, after: int, unlocked: list[Achievement]
) -> None:
    old, new = level_of(before), level_of(after)
    gained = uow.effects.get("xp", {}).get("gained", 0) + after - before
    uow.effects["xp"] = {"gained": gained, "total": after, **standing_on(after)}
    if after != before:
        uow.record(XpChanged(user_id, before, after))
    if new > old:
        uow.effects["level_up"] = {"from": old, "to": new}
        uow.record(LevelReached(user_id, new))
    for one in unlocked:
        uow.record(AchievementUnlocked(user_id, one.key))
    if unlocked:
        told = uow.effects.setdefault("achievements", [])
        told += [{"key": one.key, "name": one.words["en"][0], "icon": one.icon} for one in unlocked]
    worth = [one for one in unlocked if one.is_told]
    if worth or new > old:
        await telling.tell(uow, user_id, language, new if new > old else None, worth)


def standing_on(xp: int) -> Mapping[str, Any]:
    """The level of so much XP, and how far the next one is."""
    level = level_of(xp)
    return {
        "level": level,
        "level_xp": xp_of_level(level),
        "next_level_xp": xp_of_level(level + 1),
        "xp_to_next_level": xp_of_level(level + 1) - xp,
    }

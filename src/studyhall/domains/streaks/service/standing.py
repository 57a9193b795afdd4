"""What follows from studied days. Always computed from all causes, so that it cannot drift."""

from datetime import date
from uuid import UUID

from studyhall.domains.notifications import public as notifications
from studyhall.domains.notifications.public import NotificationType
from studyhall.domains.streaks import queries
from studyhall.domains.streaks.events import StreakChanged
from studyhall.domains.streaks.rules import Chain, Streak, chain_of, milestone_reached
from studyhall.domains.streaks.service import marks
from studyhall.domains.study import public as study
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork


async def _refresh(uow: UnitOfWork, user_id: UUID) -> tuple[Chain, Chain, tuple[date, ...]]:
    """Compute the chain from all causes and write it where it differs; answers what was written before, what is now,
    and the days off. The person's clock must be locked."""
    causes = await queries.causes_of(uow, user_id)
    before, after = Chain(causes.streak, causes.frozen), chain_of(causes.days, causes.days_off, causes.resets)
    if after.streak != before.streak:
        await queries.write_streak(uow, user_id, after.streak)
    if after.frozen != before.frozen:
        await queries.write_frozen(uow, user_id, after.frozen)
    return before, after, causes.days_off


async def follow(uow: UnitOfWork, user_id: UUID, today: date) -> tuple[Streak, Streak]:
    """After a change of a cause: the streak, its public effect, and word of what was reached.

    Answers the streak as it was seen on `today` before and after. The person's clock must be locked.
    """
    stored, written, days_off = await _refresh(uow, user_id)
    before, after = stored.streak.seen_on(today, days_off), written.streak.seen_on(today, days_off)
    uow.effects["streak"] = {
        "current_streak": after.current,
        "longest_streak": after.longest,
        "last_active_date": after.last_active_date,
        "streak_start_date": after.started_on,
        "freezes_held": after.freezes,
    }
    if stored.streak != written.streak:
        changed = StreakChanged(user_id, today, before.current, after.current, after.longest, after.days_studied)
        uow.record(changed)
    reached = milestone_reached(before.current, after.current)
    if reached is not None:
        await notifications.notify(
            uow,
            [user_id],
            NotificationType.ACHIEVEMENT,
            f"{reached} days in a row",
            f"You have studied on {reached} days without breaking the chain.",
            action_url="/progress",
            metadata={"kind": "streak", "days": reached},
            dedupe_key=f"study.streak:{after.started_on}:{reached}",
        )
    return before, after


async def update(uow: UnitOfWork, actor: Actor) -> tuple[Streak, date]:
    """Check the person's streak against all its causes now; answers it as it is seen today, and that day."""
    await study.lock(uow, actor.user_id)
    today = study.calendar_of(actor).day_of(study.now())
    _, after = await follow(uow, actor.user_id, today)
    return after, today


async def rebuild(uow: UnitOfWork, user_id: UUID) -> list[str]:
    """Recompute marks, streak and spent freezes of one person from all causes, and write them.

    Returns:
        What differed from what was stored, one sentence each; nothing when all was right.
    """
    await study.lock(uow, user_id)
    differences = await marks.rebuild(uow, user_id)
    before, after, _ = await _refresh(uow, user_id)
    if before.streak != after.streak:
        differences.append(f"The streak of {user_id} was {before.streak} instead of {after.streak}.")
    if before.frozen != after.frozen:
        differences.append(f"Frozen days of {user_id} were {_told(before.frozen)} instead of {_told(after.frozen)}.")
    return differences


def _told(days: tuple[date, ...]) -> str:
    return ", ".join(day.isoformat() for day in days) or "none"

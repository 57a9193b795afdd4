"""What follows from counted time: totals and streak. Always computed from all causes, so that it cannot drift."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import Insert, insert

from studyhall.domains.notifications import public as notifications
from studyhall.domains.notifications.public import NotificationType
from studyhall.domains.study import queries
from studyhall.domains.study.events import StudyDayMarked
from studyhall.domains.study.models import StudyDayMark, StudySessionDay, StudyTotals, UserStreak
from studyhall.domains.study.rules import Streak, milestone_reached, streak_of
from studyhall.domains.study.service import counting
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands."""

    total_seconds: int
    session_count: int
    streak: Streak


def streak_from(row: UserStreak | None) -> Streak:
    """A stored streak as the rules see it."""
    if row is None:
        return Streak()
    return Streak(
        current=row.current_streak,
        longest=row.longest_streak,
        last_active_date=row.last_active_date,
        started_on=row.streak_start_date,
        freezes=row.freezes_held,
        days_studied=row.days_studied,
    )


async def refresh(uow: UnitOfWork, user_id: UUID) -> tuple[Standing, Standing]:
    """Compute the standing from all causes and write it; answers how it stood before, and how it stands now.

    The person's clock must be locked.
    """
    causes = await queries.causes_of(uow, user_id)
    seconds, count = (causes.totals.total_seconds, causes.totals.session_count) if causes.totals else (0, 0)
    before = Standing(seconds, count, streak_from(causes.streak))
    after = Standing(causes.total_seconds, causes.session_count, streak_of(causes.days))
    await _write(uow, user_id, after)
    return before, after


async def _write(uow: UnitOfWork, user_id: UUID, standing: Standing) -> None:
    now = clock.now()
    totals = insert(StudyTotals).values(
        user_id=user_id,
        total_seconds=standing.total_seconds,
        session_count=standing.session_count,
        updated_at=now,
    )
    streak = insert(UserStreak).values(
        user_id=user_id,
        current_streak=standing.streak.current,
        longest_streak=standing.streak.longest,
        last_active_date=standing.streak.last_active_date,
        streak_start_date=standing.streak.started_on,
        freezes_held=standing.streak.freezes,
        days_studied=standing.streak.days_studied,
        updated_at=now,
    )
    both = _or_update(streak).add_cte(_or_update(totals).cte("totals"))
    await uow.session.execute(both)


def _or_update(row: Insert) -> Insert:
    columns = {column.name: column for column in row.excluded if column.name != "user_id"}
    return row.on_conflict_do_update(index_elements=["user_id"], set_=columns)


async def follow(uow: UnitOfWork, user_id: UUID, today: date) -> None:
    """After a change of counted time: totals and streak, their public effects, and word of what was reached."""
    before, after = await refresh(uow, user_id)
    seen = after.streak.seen_on(today)
    uow.effects["totals"] = {"total_seconds": after.total_seconds, "session_count": after.session_count}
    uow.effects["streak"] = {
        "current_streak": seen.current,
        "longest_streak": seen.longest,
        "last_active_date": seen.last_active_date,
        "streak_start_date": seen.started_on,
        "freezes_held": seen.freezes,
    }
    if after.session_count and not before.session_count:
        await notifications.notify(
            uow,
            [user_id],
            NotificationType.ACHIEVEMENT,
            "Your first study session",
            "Well begun. Study again tomorrow and a streak begins to grow.",
            action_url="/progress",
            metadata={"kind": "first_session"},
            dedupe_key="study.first_session",
        )
    reached = milestone_reached(before.streak.seen_on(today).current, seen.current)
    if reached is not None:
        await notifications.notify(
            uow,
            [user_id],
            NotificationType.ACHIEVEMENT,
            f"{reached} days in a row",
            f"You have studied on {reached} days without breaking the chain.",
            action_url="/progress",
            metadata={"kind": "streak", "days": reached},
            dedupe_key=f"study.streak:{seen.started_on}:{reached}",
        )


async def mark_day(uow: UnitOfWork, user_id: UUID, *, cause: str, cause_id: UUID, day: date, today: date) -> None:
    """Let a day count for the streak by something else than a session, once per cause.

    Args:
        cause: what kind of thing it is, e.g. `plan`; `cause_id` names the thing itself.
        day: the person's study day on which it happened; `today` is his study day now.
    """
    if await queries.lock_clock_and_mark(uow, user_id, cause, cause_id, day):
        uow.record(StudyDayMarked(user_id, today, day))


async def unmark_day(uow: UnitOfWork, user_id: UUID, *, cause: str, cause_id: UUID, today: date) -> None:
    """Take such a mark back, when its cause is undone."""
    await queries.lock_clock(uow, user_id)
    gone = await uow.session.execute(
        delete(StudyDayMark)
        .where(StudyDayMark.user_id == user_id, StudyDayMark.cause == cause, StudyDayMark.cause_id == cause_id)
        .returning(StudyDayMark.study_day)
    )
    day = gone.scalar_one_or_none()
    if day is not None:
        uow.record(StudyDayMarked(user_id, today, day))


async def rebuild(uow: UnitOfWork, user_id: UUID) -> list[str]:
    """Recompute lengths, pieces, totals and streak of one person from his sessions and marks, and write them.

    Returns:
        What differed from what was stored, one sentence each; nothing when all was right.
    """
    await queries.lock_clock(uow, user_id)
    pieces = await queries.pieces_of(uow, user_id)
    differences = []
    for row in await queries.ended_sessions(uow, user_id):
        kept, right = pieces.pop(row.id, {}), counting.pieces_by_day(row)
        if kept != right or row.duration_seconds != sum(right.values()):
            differences.append(f"Session {row.id} counted {_told(kept)} instead of {_told(right)}.")
            await counting.uncount(uow, row)
            await counting.count(uow, row)
    if pieces:
        differences += [f"Session {session_id} counted although it is deleted or still runs." for session_id in pieces]
        await uow.session.execute(delete(StudySessionDay).where(StudySessionDay.session_id.in_(pieces)))
    before, after = await refresh(uow, user_id)
    if before != after:
        differences.append(f"Person {user_id} stood at {before} instead of {after}.")
    return differences


def _told(pieces: dict[date, int]) -> str:
    return ", ".join(f"{seconds} s on {day}" for day, seconds in sorted(pieces.items())) or "nothing"

"""What follows from counted time: the totals. Always computed from all sessions, so that they cannot drift."""

from datetime import date
from uuid import UUID

from sqlalchemy import delete

from studyhall.domains.notifications import public as notifications
from studyhall.domains.notifications.public import NotificationType
from studyhall.domains.study import queries
from studyhall.domains.study.models import StudySessionDay
from studyhall.domains.study.service import counting
from studyhall.platform.uow import UnitOfWork


async def follow(uow: UnitOfWork, user_id: UUID) -> None:
    """After a change of counted time: the totals, their public effect, and a word about the first session of all."""
    before, after = await queries.write_totals(uow, user_id)
    uow.effects["totals"] = {"total_seconds": after.total_seconds, "session_count": after.session_count}
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


async def rebuild(uow: UnitOfWork, user_id: UUID) -> list[str]:
    """Recompute lengths, pieces and totals of one person from his sessions, and write them.

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
    before, after = await queries.write_totals(uow, user_id)
    if before != after:
        differences.append(f"Totals of {user_id} were {before} instead of {after}.")
    return differences


def _told(pieces: dict[date, int]) -> str:
    return ", ".join(f"{seconds} s on {day}" for day, seconds in sorted(pieces.items())) or "nothing"

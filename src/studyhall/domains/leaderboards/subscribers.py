"""What leaderboards do when something has happened. `wiring` says to what each belongs."""

from studyhall.domains.identity.events import AccountClosed, AccountRestored, PreferencesChanged
from studyhall.domains.leaderboards.service import counting
from studyhall.domains.study.events import StudySessionChanged, StudySessionDeleted, StudySessionEnded
from studyhall.platform.uow import UnitOfWork


async def count_ended_session(uow: UnitOfWork, event: StudySessionEnded) -> None:
    """The periods that the session touches are summed anew, in the same transaction."""
    await counting.count_days(uow, event.user_id, {day for day, _ in event.seconds_by_day})


async def count_changed_session(uow: UnitOfWork, event: StudySessionChanged) -> None:
    """So are those that it touched before."""
    if event.seconds_before != event.seconds_by_day:
        days = {day for day, _ in (*event.seconds_before, *event.seconds_by_day)}
        await counting.count_days(uow, event.user_id, days)


async def count_deleted_session(uow: UnitOfWork, event: StudySessionDeleted) -> None:
    """Those of a session that was taken back."""
    await counting.count_days(uow, event.user_id, {day for day, _ in event.seconds_before})


async def follow_listing(uow: UnitOfWork, event: PreferencesChanged | AccountClosed | AccountRestored) -> None:
    """Who takes part no longer is gone from the global board at once, and who does now is on it."""
    await counting.follow_listing(uow, event.user_id)

"""What study time does when something has happened. `wiring` says to what each belongs."""

from studyhall.domains.groups.events import MemberLeft
from studyhall.domains.planning.events import PlanCompleted
from studyhall.domains.study import service
from studyhall.domains.study.events import StudySessionChanged, StudySessionDeleted, StudySessionEnded
from studyhall.domains.undo.events import UndoAsked
from studyhall.platform.uow import UnitOfWork

CountedTimeChanged = StudySessionEnded | StudySessionChanged | StudySessionDeleted


async def follow_counted_time(uow: UnitOfWork, event: CountedTimeChanged) -> None:
    """The totals follow, in the same transaction."""
    await service.follow(uow, event.user_id)


async def restore_sessions(uow: UnitOfWork, event: UndoAsked) -> None:
    """Bring deleted sessions back when a person takes a deletion back."""
    if event.kind == service.UNDO_KIND:
        for session_id in event.ids:
            await service.restore(uow, event.user_id, session_id)


async def count_completed_plan(uow: UnitOfWork, event: PlanCompleted) -> None:
    """A plan that was carried out counts."""
    await service.count_completed_plan(uow, event)


async def follow_member_left(uow: UnitOfWork, event: MemberLeft) -> None:
    """Nobody studies in the name of a group that he has left."""
    await service.leave_group(uow, event.user_id, event.group_id)

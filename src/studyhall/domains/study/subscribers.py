"""What study time does when something has happened. `wiring` says to what each belongs."""

from studyhall.domains.planning.events import PlanCompleted, PlanDeleted, PlanRestored
from studyhall.domains.study import service
from studyhall.domains.study.events import StudyDayMarked, StudySessionChanged, StudySessionDeleted, StudySessionEnded
from studyhall.domains.undo.events import UndoAsked
from studyhall.platform.uow import UnitOfWork

CountedTimeChanged = StudySessionEnded | StudySessionChanged | StudySessionDeleted | StudyDayMarked


async def follow_counted_time(uow: UnitOfWork, event: CountedTimeChanged) -> None:
    """Totals and streak follow, in the same transaction."""
    await service.follow(uow, event.user_id, event.happened_on)


async def restore_sessions(uow: UnitOfWork, event: UndoAsked) -> None:
    """Bring deleted sessions back when a person takes a deletion back."""
    if event.kind == service.UNDO_KIND:
        for session_id in event.ids:
            await service.restore(uow, event.user_id, session_id)


async def count_completed_plan(uow: UnitOfWork, event: PlanCompleted) -> None:
    """A plan that was carried out counts."""
    await service.count_completed_plan(uow, event)


async def follow_deleted_plan(uow: UnitOfWork, event: PlanDeleted) -> None:
    """A completed plan that is deleted no longer counts for the streak."""
    if event.was_completed:
        await service.forget_plan(uow, event.user_id, event.plan_id)


async def follow_restored_plan(uow: UnitOfWork, event: PlanRestored) -> None:
    """A completed plan that comes back counts again."""
    if event.completed_at is not None:
        await service.remember_plan(uow, event.user_id, event.plan_id, event.completed_at)

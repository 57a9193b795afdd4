"""What assignments do when others announce something."""

from studyhall.domains.assignments import service
from studyhall.domains.undo.events import UndoAsked
from studyhall.platform.uow import UnitOfWork


async def restore_on_undo(uow: UnitOfWork, event: UndoAsked) -> None:
    """Bring back assignments that the person had deleted."""
    if event.kind != service.UNDO_KIND:
        return
    for assignment_id in event.ids:
        await service.restore(uow, event.user_id, assignment_id)

"""What courses do when others announce something."""

from studyhall.domains.courses import service
from studyhall.domains.undo.events import UndoAsked
from studyhall.platform.uow import UnitOfWork


async def restore_on_undo(uow: UnitOfWork, event: UndoAsked) -> None:
    """Bring back what the person had deleted or left."""
    for course_id in event.ids:
        if event.kind == service.UNDO_COURSE:
            await service.restore(uow, event.user_id, course_id)
        elif event.kind == service.UNDO_LEAVING:
            await service.take_again(uow, event.user_id, course_id)

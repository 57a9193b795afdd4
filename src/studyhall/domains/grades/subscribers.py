"""What grades do when others announce something."""

from studyhall.domains.grades.service import results
from studyhall.domains.undo.events import UndoAsked
from studyhall.platform.uow import UnitOfWork


async def restore_on_undo(uow: UnitOfWork, event: UndoAsked) -> None:
    """Bring back results that the person had deleted."""
    if event.kind != results.UNDO_KIND:
        return
    for result_id in event.ids:
        await results.restore(uow, event.user_id, result_id)

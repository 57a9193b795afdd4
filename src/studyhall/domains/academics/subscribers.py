"""What timetables do when others announce something."""

from studyhall.domains.academics.service import timetables
from studyhall.domains.undo.events import UndoAsked
from studyhall.platform.uow import UnitOfWork


async def restore_on_undo(uow: UnitOfWork, event: UndoAsked) -> None:
    """Bring back classes that the person had deleted."""
    if event.kind != timetables.UNDO_CLASS:
        return
    for class_id in event.ids:
        await timetables.restore_class(uow, event.user_id, class_id)

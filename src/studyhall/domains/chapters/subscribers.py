"""What chapters do when others announce something."""

from studyhall.domains.chapters.service import writing
from studyhall.domains.undo.events import UndoAsked
from studyhall.platform.uow import UnitOfWork


async def restore_on_undo(uow: UnitOfWork, event: UndoAsked) -> None:
    """Bring back the chapters that the person had deleted."""
    if event.kind == writing.UNDO_CHAPTER:
        for chapter_id in event.ids:
            await writing.restore(uow, event.user_id, chapter_id)

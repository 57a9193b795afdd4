"""What quizzes do when others announce something."""

from studyhall.domains.quizzes.service import authoring
from studyhall.domains.undo.events import UndoAsked
from studyhall.platform.uow import UnitOfWork


async def restore_on_undo(uow: UnitOfWork, event: UndoAsked) -> None:
    """Bring back quizzes that the person had deleted."""
    if event.kind == authoring.UNDO_KIND:
        for quiz_id in event.ids:
            await authoring.restore(uow, quiz_id)

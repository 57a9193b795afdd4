"""What groups do when others announce something."""

from studyhall.domains.groups.service import settings
from studyhall.domains.undo.events import UndoAsked
from studyhall.platform.uow import UnitOfWork


async def restore_on_undo(uow: UnitOfWork, event: UndoAsked) -> None:
    """Open again what a leader had closed."""
    if event.kind == settings.UNDO_CLOSING:
        for group_id in event.ids:
            await settings.reopen(uow, event.user_id, group_id)

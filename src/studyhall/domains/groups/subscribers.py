"""What groups do when others announce something."""

from studyhall.domains.groups.service import handing_over, settings
from studyhall.domains.identity.events import AccountClosed, AccountRestored
from studyhall.domains.undo.events import UndoAsked
from studyhall.platform.uow import UnitOfWork


async def restore_on_undo(uow: UnitOfWork, event: UndoAsked) -> None:
    """Open again what a leader had closed."""
    if event.kind == settings.UNDO_CLOSING:
        for group_id in event.ids:
            await settings.reopen(uow, event.user_id, group_id)


async def hand_over(uow: UnitOfWork, event: AccountClosed) -> None:
    """No group loses its last leader with a closed account."""
    await handing_over.hand_over(uow, event.user_id)


async def welcome_back(uow: UnitOfWork, event: AccountRestored) -> None:
    """A group that closed with its last member opens with him."""
    await handing_over.welcome_back(uow, event.user_id)

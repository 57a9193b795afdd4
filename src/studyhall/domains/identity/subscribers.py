"""What identity does when something has happened: it forgets actors and closes the sockets of ended sessions."""

from functools import partial

from studyhall.domains.identity.events import AccountClosed, PreferencesChanged, SessionsEnded
from studyhall.platform.uow import UnitOfWork


async def close_sockets(uow: UnitOfWork, event: SessionsEnded) -> None:
    """Sockets of an ended session are closed once the end is committed."""
    for session_id in event.session_ids:
        uow.after_commit(partial(uow.resources.realtime.disconnect_session, session_id))


async def close_all_sockets(uow: UnitOfWork, event: AccountClosed) -> None:
    """Those of personal and outside tokens have no session that ends."""
    uow.after_commit(partial(uow.resources.realtime.disconnect_person, event.user_id))


async def forget_actor(uow: UnitOfWork, event: SessionsEnded | PreferencesChanged | AccountClosed) -> None:
    """This process asks the database again at once; the others hear of it from there (ADR 0007)."""

    async def forget() -> None:
        uow.resources.actors.forget(event.user_id)

    uow.after_commit(forget)

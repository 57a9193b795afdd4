"""What identity does when something has happened: it writes the audit log and closes the sockets of ended sessions."""

from functools import partial

from studyhall.domains.identity.events import PreferencesChanged, SessionsEnded
from studyhall.domains.identity.models import ActivityLog
from studyhall.platform.events import Audited
from studyhall.platform.uow import UnitOfWork


async def write_audit(uow: UnitOfWork, event: Audited) -> None:
    """One row in the log, with where the act came from."""
    origin = uow.origin
    uow.session.add(
        ActivityLog(
            user_id=event.user_id,
            causer_id=event.causer_id or event.user_id,
            event=event.event,
            description=event.description,
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            properties=dict(event.properties),
            address=origin.inet,
            user_agent=origin.user_agent,
            request_id=origin.request_id,
        )
    )


async def close_sockets(uow: UnitOfWork, event: SessionsEnded) -> None:
    """Sockets of an ended session are closed once the end is committed."""
    for session_id in event.session_ids:
        uow.after_commit(partial(uow.resources.realtime.disconnect_session, session_id))


async def forget_actor(uow: UnitOfWork, event: SessionsEnded | PreferencesChanged) -> None:
    """This process asks the database again at once; the others hear of it from there (ADR 0007)."""

    async def forget() -> None:
        uow.resources.actors.forget(event.user_id)

    uow.after_commit(forget)

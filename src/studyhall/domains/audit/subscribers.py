"""What is said with `uow.audit` becomes a row, in the same transaction."""

from studyhall.domains.audit.models import ActivityLog
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

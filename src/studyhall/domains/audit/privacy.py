"""What the log says of a person."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from studyhall.domains.audit.models import ActivityLog
from studyhall.domains.audit.service import permit_forgetting
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork


def export(uow: UnitOfWork, user_id: UUID) -> dict[str, Rows]:
    """The person's own trail."""
    return streams(uow, user_id, [Personal("activity", ActivityLog)])


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Keep that something happened, not who and whence. To be done before the account goes: its rows lose their owner
    with it, and could not be found any more."""
    log = ActivityLog
    await permit_forgetting(uow)
    await _run(uow, update(log).where(log.causer_id == user_id).values(causer_id=None, address=None, user_agent=None))
    await _run(uow, update(log).where(log.subject_type == "user", log.subject_id == user_id).values(subject_id=None))
    await _run(uow, update(log).where(log.user_id == user_id).values(user_id=None))


async def _run(uow: UnitOfWork, statement: Any) -> None:
    await uow.session.execute(statement.execution_options(synchronize_session=False))

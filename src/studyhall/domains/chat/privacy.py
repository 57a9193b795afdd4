"""What chat holds of a person, for export and erasure."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import update

from studyhall.domains.chat.models import GroupMessage, ReadPosition
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

WRITTEN = Personal("group_messages", GroupMessage)
READ = Personal("group_read_positions", ReadPosition)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, Rows]:
    """Named streams of rows: what the person wrote in groups."""
    return streams(uow, user_id, (WRITTEN, READ))


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """What he wrote belongs to the conversation and loses its author."""
    await READ.erase(uow, user_id)
    await uow.session.execute(
        update(GroupMessage)
        .where(GroupMessage.user_id == user_id)
        .values(user_id=None)
        .execution_options(synchronize_session=False)
    )

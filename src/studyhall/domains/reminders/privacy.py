"""A person's reminders, for export and erasure."""

from collections.abc import Mapping
from uuid import UUID

from studyhall.domains.reminders.models import ReminderDelivery, ReminderSchedule
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

TABLES = (
    Personal("reminder_schedules", ReminderSchedule),
    Personal("reminder_deliveries", ReminderDelivery),
)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, Rows]:
    """Named streams of rows."""
    return streams(uow, user_id, TABLES)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete all of it."""
    for one in TABLES:
        await one.erase(uow, user_id)

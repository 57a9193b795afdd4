"""What feeds do when others announce something: the person's feed is no longer what calendar programs have."""

from typing import Protocol
from uuid import UUID

from studyhall.domains.feeds import queries
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork


class AboutAPerson(Protocol):
    """Any fact that names whose it is."""

    @property
    def user_id(self) -> UUID: ...


async def mark_changed(uow: UnitOfWork, event: AboutAPerson) -> None:
    """In the same transaction, so that no program is told that nothing changed after it did."""
    await queries.mark_changed(uow, event.user_id, clock.now())

"""What overview does when something has happened: the person's kept dashboard is thrown away once it is committed."""

from functools import partial
from typing import Protocol
from uuid import UUID

from studyhall.platform.cache import DASHBOARD
from studyhall.platform.uow import UnitOfWork


class AboutAPerson(Protocol):
    """Any fact that names whose it is."""

    @property
    def user_id(self) -> UUID: ...


async def drop_dashboard(uow: UnitOfWork, event: AboutAPerson) -> None:
    """The next look at the first screen shows the change."""
    uow.after_commit(partial(uow.resources.cache.drop, DASHBOARD.key(event.user_id)))

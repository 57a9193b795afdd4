"""What overview does when something has happened: the person's kept dashboard is thrown away once it is committed."""

from functools import partial
from typing import Protocol
from uuid import UUID

from studyhall.platform.cache import DASHBOARD
from studyhall.platform.events import Audited
from studyhall.platform.uow import UnitOfWork

# Acts that change what the dashboard says of its person, and that only the audit log announces.
_SHOWN_ACTS = frozenset({"users.profile_changed", "users.onboarded"})


class AboutAPerson(Protocol):
    """Any fact that names whose it is."""

    @property
    def user_id(self) -> UUID: ...


async def drop_dashboard(uow: UnitOfWork, event: AboutAPerson) -> None:
    """The next look at the first screen shows the change."""
    uow.after_commit(partial(uow.resources.cache.drop, DASHBOARD.key(event.user_id)))


async def drop_dashboard_on_act(uow: UnitOfWork, event: Audited) -> None:
    """The same for a new name or the end of the first steps."""
    if event.event in _SHOWN_ACTS and event.user_id is not None:
        uow.after_commit(partial(uow.resources.cache.drop, DASHBOARD.key(event.user_id)))

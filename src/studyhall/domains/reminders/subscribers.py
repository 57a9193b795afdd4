"""What reminders do when others announce something: one statement each; the next sweep works out the rest."""

from studyhall.domains.assignments.events import (
    AssignmentChanged,
    AssignmentCreated,
    AssignmentOverdue,
    AssignmentRestored,
)
from studyhall.domains.identity.events import PreferencesChanged, UserRegistered
from studyhall.domains.reminders import queries
from studyhall.domains.reminders.rules import Kind
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork


async def begin(uow: UnitOfWork, event: UserRegistered) -> None:
    """A new person has times of his own."""
    await queries.begin(uow, event.user_id, clock.now())


async def follow_preferences(uow: UnitOfWork, event: PreferencesChanged) -> None:
    """Times, zone, weekday or channels may be others now."""
    await queries.mark_stale(uow, event.user_id, clock.now())


async def follow_due_date(uow: UnitOfWork, event: AssignmentCreated | AssignmentChanged | AssignmentRestored) -> None:
    """Something may be due earlier than what is waited for."""
    await queries.demand(uow, event.user_id, Kind.DUE_SOON, clock.now(), anew=True)


async def follow_overdue(uow: UnitOfWork, event: AssignmentOverdue) -> None:
    """Mailed on the person's next morning, together with all else that became overdue by then."""
    await queries.demand(uow, event.user_id, Kind.OVERDUE, clock.now(), anew=False)

"""What push does when something has happened."""

from studyhall.domains.identity.events import AccountClosed, SessionsEnded
from studyhall.domains.notifications.events import Notified
from studyhall.domains.push import queries
from studyhall.domains.push.jobs import tell_browser
from studyhall.platform.uow import UnitOfWork

HANDED_OVER = "handed_over"
"""The account has another owner now: nothing that the one before set up may hear of him."""


async def tell_browsers(uow: UnitOfWork, event: Notified) -> None:
    """One job for each browser of those who were told in the app."""
    by_person = dict(event.made)
    wanted = await queries.ids_of(uow, by_person)
    if wanted:
        await uow.enqueue_many(
            tell_browser,
            [{"notification_id": by_person[user_id], "subscription_id": one} for user_id, one in wanted],
        )


async def forget_browsers_of_sessions(uow: UnitOfWork, event: SessionsEnded) -> None:
    if event.reason == HANDED_OVER:
        await queries.drop_of_person(uow, event.user_id)
    elif event.session_ids:
        await queries.drop_of_sessions(uow, event.session_ids)


async def forget_browsers(uow: UnitOfWork, event: AccountClosed) -> None:
    await queries.drop_of_person(uow, event.user_id)

"""What friends do when others announce something."""

from sqlalchemy import delete

from studyhall.domains.friends import service
from studyhall.domains.friends.models import FriendRequest
from studyhall.domains.identity.events import EmailVerified, UserRegistered
from studyhall.domains.people.events import PersonBlocked
from studyhall.platform.uow import UnitOfWork


async def part(uow: UnitOfWork, event: PersonBlocked) -> None:
    """A block ends the friendship, and withdraws what the blocker himself had asked."""
    await service.part(uow, event.user_id, event.blocked_user_id)
    await uow.session.execute(
        delete(FriendRequest)
        .where(FriendRequest.user_id == event.user_id, FriendRequest.to_user_id == event.blocked_user_id)
        .execution_options(synchronize_session=False)
    )


async def deliver_waiting_requests(uow: UnitOfWork, event: EmailVerified) -> None:
    """Whoever was asked by his address before he had an account finds those requests now."""
    await service.deliver_waiting(uow, event.user_id)


async def deliver_waiting_requests_at_once(uow: UnitOfWork, event: UserRegistered) -> None:
    """The same for an account whose address needs no proof."""
    if event.is_verified:
        await service.deliver_waiting(uow, event.user_id)

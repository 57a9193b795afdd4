"""What credentials does about facts of accounts."""

from studyhall.domains.credentials.service import challenges, codes, resets
from studyhall.domains.identity.events import PasswordChanged, UserRegistered
from studyhall.platform.uow import UnitOfWork


async def ask_to_verify(uow: UnitOfWork, event: UserRegistered) -> None:
    """A new address is to be confirmed, unless somebody has vouched for it."""
    if not event.is_verified:
        await codes.request_verification(uow, event.user_id)


async def close_open_ways(uow: UnitOfWork, event: PasswordChanged) -> None:
    """Reset links and half-finished logins were opened under the old password."""
    await challenges.drop_all(uow, event.user_id)
    await resets.close_open(uow, event.user_id)

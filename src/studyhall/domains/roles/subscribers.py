"""What roles does about facts of accounts."""

from studyhall.domains.identity.events import UserRegistered
from studyhall.domains.roles import service
from studyhall.platform.uow import UnitOfWork


async def give_first_role(uow: UnitOfWork, event: UserRegistered) -> None:
    """Everybody begins with the same one."""
    await service.give_first_role(uow, event.user_id)

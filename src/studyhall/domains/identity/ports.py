"""What identity needs from above."""

from typing import Protocol
from uuid import UUID

from studyhall.domains.identity.service.sessions import Challenge, Device
from studyhall.platform.uow import UnitOfWork


class RoleNames(Protocol):
    """What somebody's roles are called, kept by the domain that grants them."""

    async def __call__(self, uow: UnitOfWork, user_id: UUID) -> list[str]:
        """Those that hold now, in their order."""
        ...


class SecondFactor(Protocol):
    """What a login asks beyond the password, kept by the domain that keeps such factors."""

    async def challenge(
        self, uow: UnitOfWork, user_id: UUID, device: Device, *, remember: bool, method: str
    ) -> Challenge | None:
        """Hold the login until the second factor was given; None when this person has none."""
        ...

"""What mails need from above."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from studyhall.platform.uow import UnitOfWork


class RestoreToken(Protocol):
    """The token with which somebody takes back the closing of his account."""

    async def __call__(self, uow: UnitOfWork, user_id: UUID, values: Mapping[str, Any]) -> str | None:
        """Derived for this call from what the mail's values name, never stored; None when there is none any more."""
        ...


async def no_token(uow: UnitOfWork, user_id: UUID, values: Mapping[str, Any]) -> str | None:
    """Where accounts cannot be restored by mail, the mail leads to the sign-in page."""
    return None

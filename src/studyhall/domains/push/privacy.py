"""What push holds of a person. The keys of his browsers are secrets, so they are not handed over."""

from collections.abc import Mapping
from uuid import UUID

from studyhall.domains.push.models import PushSubscription
from studyhall.platform.privacy import Personal, Rows
from studyhall.platform.uow import UnitOfWork

_SUBSCRIPTIONS = Personal(
    "push_subscriptions",
    PushSubscription,
    secrets=frozenset({"endpoint", "endpoint_hash", "public_key", "auth", "server_key"}),
)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, Rows]:
    """When he subscribed, and when he was told last."""
    return {_SUBSCRIPTIONS.name: _SUBSCRIPTIONS.rows(uow, user_id)}


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete them."""
    await _SUBSCRIPTIONS.erase(uow, user_id)

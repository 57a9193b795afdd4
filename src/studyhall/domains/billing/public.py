"""The door of billing for other domains."""

from uuid import UUID

from studyhall.domains.billing import queries
from studyhall.domains.billing.errors import EntitlementRequired
from studyhall.domains.billing.service import require_entitlement
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

__all__ = ["EntitlementRequired", "entitled", "require_entitlement"]


async def entitled(uow: UnitOfWork, user_id: UUID, entitlement: str = "premium") -> bool:
    """Whether what the person has now includes the entitlement; one statement."""
    return await queries.is_entitled(uow, user_id, entitlement, clock.now())

"""What billing keeps of a person, for export and erasure. Cards and invoices are kept by the gateway, not here."""

from collections.abc import Mapping
from uuid import UUID

from studyhall.domains.billing import queries
from studyhall.domains.billing.jobs import end_payment
from studyhall.domains.billing.models import Subscription
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

SUBSCRIPTIONS = Personal("subscriptions", Subscription)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, Rows]:
    """Named streams of rows."""
    return streams(uow, user_id, (SUBSCRIPTIONS,))


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete, and have the gateway end what is still paid."""
    for row in await queries.paid_through(uow, user_id):
        await uow.enqueue(end_payment, gateway=row.gateway, subscription=row.external_id)
    await SUBSCRIPTIONS.erase(uow, user_id)

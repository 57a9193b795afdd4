"""Taking subscriptions in and giving them up."""

from hashlib import sha256
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.push import queries
from studyhall.domains.push.errors import SubscriptionNotFound, SubscriptionRefused
from studyhall.domains.push.models import PushSubscription
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.clients.http import AddressRefused
from studyhall.platform.clients.web_push import BadSubscription, Target, public_key
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

MOST_SUBSCRIPTIONS = 20


async def checked(resources: Resources, endpoint: str, p256dh: bytes, auth: bytes) -> Target:
    """A target whose keys are sound and whose address is a public one by https; asks a name server, touches no table.

    Raises:
        SubscriptionRefused: it is not.
    """
    if not endpoint.lower().startswith("https://"):
        raise SubscriptionRefused.field("endpoint", "A push service answers by https only.")
    try:
        await resources.fetcher.require_public(endpoint)
    except AddressRefused as error:
        raise SubscriptionRefused.field("endpoint", str(error)) from error
    try:
        return Target(endpoint, p256dh, auth, public_key(resources.keys))
    except BadSubscription as error:
        raise SubscriptionRefused.field("keys", str(error)) from error


async def subscribe(uow: UnitOfWork, actor: Actor, target: Target) -> tuple[PushSubscription, bool]:
    """Keep it, and whether it is new to the actor.

    A browser that somebody else subscribed before is the actor's from now on, so that nobody is told on a device that
    another one uses. The oldest goes when there are too many.
    """
    now = clock.now()
    values = {
        "user_id": actor.user_id,
        "session_id": actor.session_id,
        "endpoint": target.endpoint,
        "public_key": target.public_key,
        "auth": target.auth,
        "server_key": target.server_key,
        "updated_at": now,
    }
    hashed = sha256(target.endpoint.encode()).hexdigest()
    made_id = new_id()
    row = insert(PushSubscription).values(id=made_id, endpoint_hash=hashed, created_at=now, **values)
    known = row.on_conflict_do_update(index_elements=["endpoint_hash"], set_=values)
    kept = (await uow.session.scalars(known.returning(PushSubscription))).one()
    await queries.all_but_newest(uow, actor.user_id, MOST_SUBSCRIPTIONS)
    return kept, kept.id == made_id


async def unsubscribe(uow: UnitOfWork, actor: Actor, subscription_id: UUID) -> None:
    """Raises SubscriptionNotFound when it is not the actor's."""
    if not await queries.drop(uow, subscription_id, actor.user_id):
        raise SubscriptionNotFound

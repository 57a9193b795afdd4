"""Web Push over HTTP."""

from uuid import UUID

import httpx2

from studyhall.domains.push.errors import SubscriptionRefused
from studyhall.domains.push.models import PushSubscription
from studyhall.domains.push.schemas import SubscriptionData, SubscriptionIn, SubscriptionOut
from studyhall.domains.push.service import subscribing
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, created, ok

router = Router("settings")


@router.post(
    "/settings/push-subscriptions",
    access="user",
    status=201,
    summary="Let a browser of mine be told when it is not open",
    errors=[SubscriptionRefused],
)
async def add_push_subscription(body: SubscriptionIn, uow: Uow, actor: CurrentActor) -> Envelope[SubscriptionData]:
    """What the browser answered to `pushManager.subscribe` with the `vapid_public_key` of `GET /client-config`.

    The same browser twice is one subscription. It ends when this session ends.
    """
    target = await subscribing.checked(uow.resources, body.endpoint, body.keys.p256dh, body.keys.auth)
    row, _ = await subscribing.subscribe(uow, actor, target)
    return created(SubscriptionData(subscription=_out(row)), "This browser will be told.")


@router.delete(
    "/settings/push-subscriptions/{subscription_id}", access="user", summary="Do not tell this browser any more"
)
async def remove_push_subscription(subscription_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    await subscribing.unsubscribe(uow, actor, subscription_id)
    return ok(None, "This browser is not told any more.")


def _out(row: PushSubscription) -> SubscriptionOut:
    return SubscriptionOut(id=row.id, service=httpx2.URL(row.endpoint).host, created_at=row.created_at)

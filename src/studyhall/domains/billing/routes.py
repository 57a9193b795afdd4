"""Plans, what one has of them, and buying one."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Path
from starlette.requests import Request

from studyhall.domains.billing import queries, service
from studyhall.domains.billing.errors import (
    AlreadySubscribed,
    GatewayUnknown,
    PlanNotFound,
    SignatureRefused,
    SubscriptionIsPaid,
)
from studyhall.domains.billing.schemas import (
    CheckoutAnswer,
    CheckoutItem,
    Grant,
    Heard,
    PlanItem,
    PlanList,
    Purchase,
    SubscriptionAnswer,
    SubscriptionItem,
)
from studyhall.platform.errors import NotConfigured
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, created, ok

router = Router("billing")
admin_router = Router("admin")

Gateway = Annotated[str, Path(pattern=r"^[a-z0-9_-]{1,32}$", description="Name of the gateway, e.g. `stripe`.")]
Signature = Annotated[str, Header(max_length=2_000)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]
_EVENT = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}, "example": {"id": "evt_1", "type": "…"}}},
    }
}


@router.get("/billing/plans", access="public", summary="Plans and what they include", limit="catalogue")
async def list_plans_for_sale(uow: Uow, listing: Listing) -> Envelope[PlanList]:
    page = await queries.page_of_plans(uow, listing)
    sells = uow.resources.payments.sells
    plans = [PlanItem.of(one, is_for_sale=sells(one.key)) for one in page.rows]
    return ok(PlanList(plans=plans, pagination=page.pagination))


@router.get("/billing/subscription", access="user", summary="The plan that I have")
async def get_subscription(uow: Uow, actor: CurrentActor) -> Envelope[SubscriptionAnswer]:
    found = await service.standing(uow, actor.user_id)
    return ok(SubscriptionAnswer(subscription=SubscriptionItem.of(found)))


@router.post(
    "/billing/checkout",
    access="user",
    summary="Start a payment at the configured gateway",
    status=201,
    limit="checkout",
    errors=[PlanNotFound, AlreadySubscribed, NotConfigured],
)
async def start_checkout(
    uow: Uow, actor: CurrentActor, body: Purchase | None = None, key: Key = None
) -> Envelope[CheckoutAnswer]:
    """Open the answered address; the plan is there when the gateway has told us of the payment."""
    made = await service.checkout(uow.resources, actor, (body or Purchase(plan="premium")).plan, key)
    return created(CheckoutAnswer(checkout=CheckoutItem(id=made.id, url=made.url)), "Pay at the answered address")


@router.post(
    "/billing/webhook/{gateway}",
    access="public",
    summary="Signed events of the payment gateway",
    limit="gateway_events",
    errors=[GatewayUnknown, SignatureRefused],
    openapi_extra=_EVENT,
)
async def hear_gateway(
    request: Request, uow: Uow, gateway: Gateway, stripe_signature: Signature = ""
) -> Envelope[Heard]:
    """The body is taken by the byte, because the signature covers its bytes. The same event again changes nothing."""
    return ok(Heard(changed=await service.hear(uow, gateway, await request.body(), stripe_signature)))


@admin_router.put(
    "/admin/users/{user_id}/subscription",
    access="admin.billing",
    summary="Grant a plan to a person, or end what was granted",
    errors=[PlanNotFound, SubscriptionIsPaid],
)
async def grant_plan(uow: Uow, actor: CurrentActor, user_id: UUID, body: Grant) -> Envelope[SubscriptionAnswer]:
    found = await service.grant(uow, actor, user_id, body.plan, body.ends_at)
    return ok(SubscriptionAnswer(subscription=SubscriptionItem.of(found)), "The plan was changed")

"""Granting, buying, and hearing of payments."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import case
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.billing import queries, rules
from studyhall.domains.billing.errors import (
    AlreadySubscribed,
    EntitlementRequired,
    GatewayUnknown,
    PlanNotFound,
    SignatureRefused,
    SubscriptionIsPaid,
)
from studyhall.domains.billing.events import SubscriptionChanged
from studyhall.domains.billing.models import FREE, GatewayCall, Plan, Subscription
from studyhall.domains.billing.rules import Held
from studyhall.domains.identity import public as identity
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.clients.payments import Checkout, EventRefused, GatewayEvent, Order, Payment
from studyhall.platform.errors import Invalid
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

log = structlog.get_logger(__name__)

GRANT, PAYMENT = "grant", "payment"


@dataclass(frozen=True, slots=True)
class Standing:
    """The plan that somebody has now; `held` is None for the free one."""

    plan: Plan
    held: Held | None


async def standing(uow: UnitOfWork, user_id: UUID) -> Standing:
    """What the person has now."""
    held = rules.held_now(await queries.held_by(uow, user_id), clock.now())
    return Standing(await _plan(uow, held.plan if held else FREE), held)


async def require_entitlement(uow: UnitOfWork, user_id: UUID, entitlement: str = "premium") -> None:
    """Raises EntitlementRequired unless the person's plan includes it."""
    if not await queries.is_entitled(uow, user_id, entitlement, clock.now()):
        raise EntitlementRequired


async def grant(uow: UnitOfWork, actor: Actor, user_id: UUID, plan_key: str, ends_at: datetime | None) -> Standing:
    """Give a plan, until then or until it is ended; the free plan ends what was given. Audited.

    Raises:
        NotFound: there is no such person.
        PlanNotFound: there is no such plan.
        Invalid: the end is not ahead, or too far.
        SubscriptionIsPaid: nothing was granted, so nothing can be ended.
    """
    await identity.person(uow, user_id)
    plan, now = await _plan(uow, plan_key), clock.now()
    if ends_at is not None and not now < ends_at <= now + rules.LONGEST:
        raise Invalid.field("ends_at", "The end must be ahead, and within ten years.")
    if plan.key == FREE:
        await _end_grant(uow, user_id, now)
    else:
        values = {"plan_key": plan.key, "started_at": now, "ends_at": ends_at, "updated_at": now}
        made = insert(Subscription).values(id=new_id(), user_id=user_id, origin=GRANT, **values)
        await uow.session.execute(made.on_conflict_do_update(index_elements=["user_id", "origin"], set_=values))
    uow.audit(
        "subscription.granted" if plan.key != FREE else "subscription.ended",
        f"An administrator gave the plan {plan.name}." if plan.key != FREE else "An administrator ended a given plan.",
        user_id=user_id,
        causer_id=actor.user_id,
        plan=plan.key,
        ends_at=None if ends_at is None else ends_at.isoformat(),
    )
    uow.record(SubscriptionChanged(user_id, plan.key))
    return await standing(uow, user_id)


async def _end_grant(uow: UnitOfWork, user_id: UUID, now: datetime) -> None:
    row = await queries.locked(uow, user_id, GRANT)
    if row is not None and (row.ends_at is None or row.ends_at > now):
        row.ends_at = now
        await uow.session.flush()
        return
    held = rules.held_now(await queries.held_by(uow, user_id), now)
    if held is not None and held.origin == PAYMENT:
        raise SubscriptionIsPaid


async def checkout(resources: Resources, actor: Actor, plan_key: str, key: str | None) -> Checkout:
    """The gateway's page for buying a plan. Its units of work end before the gateway is asked.

    Args:
        key: names the attempt: the same one again is the same order at the gateway.

    Raises:
        PlanNotFound: there is no such plan, or it costs nothing.
        AlreadySubscribed: he pays for one already.
        NotConfigured, Unavailable: as the gateway says.
    """
    async with resources.unit_of_work() as uow:
        plan = await _plan(uow, plan_key)
        if plan.price_cents == 0:
            raise PlanNotFound("This plan costs nothing; everybody has it.")
        now = clock.now()
        if any(one.origin == PAYMENT and one.runs(now) for one in await queries.held_by(uow, actor.user_id)):
            raise AlreadySubscribed
        person = await identity.recipient(uow, actor.user_id)
    home = (resources.settings.frontend_url or resources.settings.base_url).rstrip("/")
    order = Order(
        user_id=actor.user_id,
        email="" if person is None else person.email,
        plan=plan.key,
        success_url=f"{home}/settings/plan?paid=yes",
        cancel_url=f"{home}/settings/plan?paid=no",
        key=f"{actor.user_id}:{key or new_id()}",
    )
    return await resources.payments.checkout(order)


async def hear(uow: UnitOfWork, gateway: str, body: bytes, signature: str) -> bool:
    """Take in an event of the gateway; False when it was heard before or says nothing of us.

    Raises:
        GatewayUnknown: not the configured one.
        SignatureRefused: it is not genuine.
    """
    payments = uow.resources.payments
    if not payments.name or gateway != payments.name:
        raise GatewayUnknown
    try:
        event = payments.event(body, signature, clock.now())
    except EventRefused as error:
        raise SignatureRefused(str(error)) from error
    call = insert(GatewayCall).values(gateway=gateway, event_id=event.id, kind=event.kind, received_at=clock.now())
    is_new = await uow.session.scalar(call.on_conflict_do_nothing().returning(GatewayCall.event_id))
    if is_new is None or event.payment is None:
        return False
    return await _apply(uow, gateway, event, event.payment)


async def _apply(uow: UnitOfWork, gateway: str, event: GatewayEvent, payment: Payment) -> bool:
    plan = await queries.plan(uow, payment.plan)
    known = await identity.recipient(uow, payment.user_id, closed=True)
    if plan is None or plan.key == FREE or known is None:
        log.warning("payment_for_nobody", gateway=gateway, event_id=event.id, plan=payment.plan)
        return False
    happened = event.happened_at
    end = happened if payment.is_ended else rules.paid_until(payment.paid_until, happened, plan.period_days)
    values = {
        "plan_key": plan.key, "ends_at": end, "gateway": gateway, "external_id": payment.subscription,
        "told_at": happened, "updated_at": clock.now(),
    }  # fmt: skip
    made = insert(Subscription).values(
        id=new_id(), user_id=payment.user_id, origin=PAYMENT, started_at=happened, **values
    )
    begun = case((Subscription.external_id == payment.subscription, Subscription.started_at), else_=happened)
    # Events come in any order. A late one changes nothing, and the end of another subscription does not end this one.
    is_about_it = Subscription.external_id == payment.subscription
    is_news = Subscription.told_at <= happened
    heard = is_news & is_about_it if payment.is_ended else is_news
    if not payment.is_ended:
        # Times are in whole seconds: of an end and a change in the same one, the end is the later.
        heard &= ~(is_about_it & (Subscription.told_at == happened) & (Subscription.ends_at <= happened))
    if not payment.is_ended and payment.paid_until is None:
        # Told by the checkout only, which knows no period: what the subscription itself said of it stands.
        heard &= ~is_about_it
    changed = await uow.session.scalar(
        made.on_conflict_do_update(
            index_elements=["user_id", "origin"], set_={**values, "started_at": begun}, where=heard
        ).returning(Subscription.id)
    )
    if changed is None:
        return False
    uow.audit(
        "subscription.ended" if payment.is_ended else "subscription.paid",
        f"The payment for the plan {plan.name} {'ended' if payment.is_ended else 'was made'}.",
        user_id=payment.user_id,
        plan=plan.key,
        gateway=gateway,
    )
    uow.record(SubscriptionChanged(payment.user_id, plan.key))
    return True


async def _plan(uow: UnitOfWork, key: str) -> Plan:
    plan = await queries.plan(uow, key)
    if plan is None:
        raise PlanNotFound
    return plan

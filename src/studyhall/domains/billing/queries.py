"""Reading plans and subscriptions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, or_, select

from studyhall.domains.billing.models import Plan, Subscription
from studyhall.domains.billing.rules import Held
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, page_of


async def page_of_plans(uow: UnitOfWork, listing: ListQuery) -> Page[Plan]:
    """All plans, the free one first."""
    return await page_of(uow, select(Plan), listing, order=(Plan.position.asc(),), tie=Plan.key)


async def plan(uow: UnitOfWork, key: str) -> Plan | None:
    """One plan."""
    return await uow.session.get(Plan, key)


async def held_by(uow: UnitOfWork, user_id: UUID) -> list[Held]:
    """All subscriptions of the person, running or over."""
    found = await uow.session.execute(
        select(Subscription, Plan).join(Plan, Plan.key == Subscription.plan_key).where(Subscription.user_id == user_id)
    )
    return [
        Held(plan.key, plan.position, row.origin, row.started_at, row.ends_at, frozenset(plan.entitlements))
        for row, plan in found
    ]


async def is_entitled(uow: UnitOfWork, user_id: UUID, entitlement: str, now: datetime) -> bool:
    """Whether a running subscription, or a plan that costs nothing, gives it; one statement."""
    runs = and_(
        Subscription.plan_key == Plan.key,
        Subscription.user_id == user_id,
        Subscription.started_at <= now,
        or_(Subscription.ends_at.is_(None), Subscription.ends_at > now),
    )
    given = exists().where(Plan.entitlements.contains([entitlement]), or_(Plan.price_cents == 0, exists().where(runs)))
    return bool(await uow.session.scalar(select(given)))


async def locked(uow: UnitOfWork, user_id: UUID, origin: str) -> Subscription | None:
    """The person's subscription of that origin, kept from others until the transaction ends."""
    mine = (Subscription.user_id == user_id) & (Subscription.origin == origin)
    found = await uow.session.scalars(
        select(Subscription).where(mine).with_for_update().execution_options(populate_existing=True)
    )
    return found.one_or_none()


async def paid_through(uow: UnitOfWork, user_id: UUID) -> Sequence[Subscription]:
    """What the person pays for at a gateway, also when it is over."""
    mine = (Subscription.user_id == user_id) & Subscription.external_id.is_not(None)
    return (await uow.session.scalars(select(Subscription).where(mine))).all()

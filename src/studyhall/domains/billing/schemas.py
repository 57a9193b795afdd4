"""What plans and subscriptions look like from outside."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints

from studyhall.domains.billing.models import Plan
from studyhall.domains.billing.service import Standing
from studyhall.platform.web import Pagination, Schema

PlanKey = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=40)]


class PlanItem(Schema):
    """A plan and what it includes."""

    key: str = Field(examples=["premium"])
    name: str = Field(examples=["Premium"])
    description: str
    price_cents: int = Field(ge=0, examples=[799], description="For one period, in hundredths of the currency.")
    currency: str = Field(examples=["EUR"])
    period_days: int | None = Field(examples=[31])
    entitlements: list[str] = Field(examples=[["premium"]])
    is_for_sale: bool = Field(description="Whether it can be bought here; else an administrator grants it.")

    @classmethod
    def of(cls, plan: Plan, *, is_for_sale: bool) -> Self:
        """The plan, with whether the gateway sells it."""
        return cls(
            key=plan.key,
            name=plan.name,
            description=plan.description,
            price_cents=plan.price_cents,
            currency=plan.currency,
            period_days=plan.period_days,
            entitlements=list(plan.entitlements),
            is_for_sale=is_for_sale,
        )


class PlanList(Schema):
    """A page of plans."""

    plans: list[PlanItem]
    pagination: Pagination


class SubscriptionItem(Schema):
    """The plan that somebody has now."""

    plan: str = Field(examples=["premium"])
    name: str = Field(examples=["Premium"])
    entitlements: list[str] = Field(examples=[["premium"]])
    origin: Literal["free", "grant", "payment"] = Field(description="Who says so: nobody, an administrator, a payment.")
    started_at: datetime | None
    ends_at: datetime | None = Field(description="None: until somebody ends it.")

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """What the person has."""
        plan, held = standing.plan, standing.held
        return cls.model_validate(
            {
                "plan": plan.key,
                "name": plan.name,
                "entitlements": sorted(plan.entitlements),
                "origin": "free" if held is None else held.origin,
                "started_at": None if held is None else held.started_at,
                "ends_at": None if held is None else held.ends_at,
            }
        )


class SubscriptionAnswer(Schema):
    """One subscription."""

    subscription: SubscriptionItem


class Grant(Schema):
    """The plan that a person shall have; `free` ends what was granted."""

    plan: PlanKey = Field(examples=["premium"])
    ends_at: AwareDatetime | None = Field(None, description="When it ends by itself; left out, when it is ended.")


class Purchase(Schema):
    """What is to be bought."""

    plan: PlanKey = Field("premium", examples=["premium"])


class CheckoutItem(Schema):
    """Where the payment is made."""

    id: str = Field(examples=["cs_1"])
    url: str = Field(examples=["https://checkout.example.org/pay/cs_1"])


class CheckoutAnswer(Schema):
    """An opened checkout."""

    checkout: CheckoutItem


class Heard(Schema):
    """Whether the event changed anything: not when it was heard before, or is about something else."""

    changed: bool

"""Tables of billing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.database import Base, Identified, Timestamped

FREE = "free"


class Plan(Base):
    """A plan; seeded by the migration.

    Attributes:
        price_cents: for one period, in hundredths of the currency, for showing; the gateway's price is what is paid.
        entitlements: list of keys.
        position: its place in the list, and of two plans that somebody has, the higher one is his.
    """

    __tablename__ = "plans"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(String(500))
    price_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    period_days: Mapped[int | None]
    entitlements: Mapped[list[Any]]
    position: Mapped[int]

    __table_args__ = (
        CheckConstraint("price_cents >= 0", name="price_not_negative"),
        CheckConstraint("period_days > 0", name="period_positive"),
    )


class Subscription(Identified, Timestamped, Base):
    """That somebody has a plan, by one origin.

    Attributes:
        ends_at: from then on it gives nothing; null while nobody has said when.
        gateway: which one is paid through; null for a grant.
        external_id: the gateway's name of it.
        told_at: when the newest event happened that is in this row; older ones are late and change nothing.
    """

    __tablename__ = "subscriptions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    plan_key: Mapped[str] = mapped_column(ForeignKey("plans.key"), index=True)
    origin: Mapped[str] = mapped_column(String(10))
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    gateway: Mapped[str | None] = mapped_column(String(32))
    external_id: Mapped[str | None] = mapped_column(String(255))
    told_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("user_id", "origin"),
        CheckConstraint("origin IN ('grant', 'payment')", name="origin_known"),
        CheckConstraint("(origin = 'payment') = (external_id IS NOT NULL)", name="payment_is_named"),
        CheckConstraint("ends_at >= started_at", name="ends_after_start"),
    )


class GatewayCall(Base):
    """An event that was heard, so that the same one is heard once. It names nobody."""

    __tablename__ = "gateway_calls"

    gateway: Mapped[str] = mapped_column(String(32), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    kind: Mapped[str] = mapped_column(String(100))
    received_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)

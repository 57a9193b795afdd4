"""Payment gateways: where a person is sent to pay, and what the gateway tells us afterwards.

A gateway keeps cards and invoices; this server keeps only who has which plan until when. Without a configured gateway
nothing can be bought, and plans are granted by hand.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Protocol
from uuid import UUID

import httpx2
import orjson

from studyhall.platform.errors import NotConfigured, Unavailable
from studyhall.platform.settings import Settings

TOLERANCE: Final = timedelta(minutes=5)
"""How old, or how far ahead, the signature of an event may be."""

_HOW = (
    "Payments are not set up on this server. Its operator sets STUDYHALL_STRIPE_SECRET_KEY, "
    "STUDYHALL_STRIPE_WEBHOOK_SECRET and STUDYHALL_STRIPE_PRICES; until then plans are granted by an administrator."
)
_RUNNING = frozenset({"active", "trialing", "past_due"})
_ENDED = frozenset({"canceled", "unpaid", "incomplete_expired", "paused"})
_PAID = frozenset({"paid", "no_payment_required"})


class EventRefused(Exception):
    """A call that is not from the gateway, too old, or unreadable. The text may be shown."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to pay for. `key` makes a repeated order the same one at the gateway."""

    user_id: UUID
    email: str
    plan: str
    success_url: str
    cancel_url: str
    key: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """The gateway's page on which the order is paid."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Payment:
    """What an event says of a subscription: whose, to which plan, and until when it is paid.

    Attributes:
        paid_until: None when the event does not tell.
        is_ended: it has ended, and so does what it gave.
    """

    subscription: str
    user_id: UUID
    plan: str
    paid_until: datetime | None
    is_ended: bool


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """A genuine event; `payment` is None for kinds that say nothing of a subscription of ours."""

    id: str
    kind: str
    happened_at: datetime
    payment: Payment | None


class Payments(Protocol):
    """One payment gateway."""

    @property
    def name(self) -> str:
        """As it stands in the address of its webhook; empty when nothing is configured."""
        ...

    def sells(self, plan: str) -> bool:
        """Whether the plan has a price there."""
        ...

    async def checkout(self, order: Order) -> Checkout:
        """Open the page on which the order is paid; over the network.

        Raises:
            NotConfigured: no gateway, or no price of that plan.
            Unavailable: the gateway does not answer, or refuses.
        """
        ...

    async def cancel(self, subscription: str) -> None:
        """End a subscription at once; one that is over already is fine. Raises Unavailable."""
        ...

    def event(self, body: bytes, signature: str, now: datetime) -> GatewayEvent:
        """Check and read a call of the webhook.

        Raises:
            EventRefused: the signature is missing, wrong or too old, or the body is not an event.
        """
        ...


class NullPayments:
    """For servers without a gateway."""

    name = ""

    def sells(self, plan: str) -> bool:
        return False

    async def checkout(self, order: Order) -> Checkout:
        raise NotConfigured(_HOW)

    async def cancel(self, subscription: str) -> None:
        raise NotConfigured(_HOW)

    def event(self, body: bytes, signature: str, now: datetime) -> GatewayEvent:
        raise EventRefused(_HOW)


class StripePayments:
    """Stripe, or a server that speaks its API: hosted checkout of subscriptions, and signed webhooks.

    Source: docs.stripe.com/api/checkout/sessions and docs.stripe.com/webhooks (verify manually).
    """

    name = "stripe"

    def __init__(
        self, http: httpx2.AsyncClient, address: str, secret_key: str, webhook_secret: str, prices: Mapping[str, str]
    ) -> None:
        self._http, self._address = http, address.rstrip("/")
        self._headers = {"Authorization": f"Bearer {secret_key}"}
        self._webhook_secret, self._prices = webhook_secret, dict(prices)

    def sells(self, plan: str) -> bool:
        return plan in self._prices

    async def checkout(self, order: Order) -> Checkout:
        if not self.sells(order.plan):
            raise NotConfigured(f"The plan '{order.plan}' has no price in STUDYHALL_STRIPE_PRICES.")
        marks = {"user_id": str(order.user_id), "plan": order.plan}
        form = {
            "mode": "subscription",
            "line_items[0][price]": self._prices[order.plan],
            "line_items[0][quantity]": "1",
            "success_url": order.success_url,
            "cancel_url": order.cancel_url,
            "client_reference_id": str(order.user_id),
            "customer_email": order.email,
            **{f"metadata[{name}]": value for name, value in marks.items()},
            **{f"subscription_data[metadata][{name}]": value for name, value in marks.items()},
        }
        answer = await self._ask("POST", "/v1/checkout/sessions", {"Idempotency-Key": order.key}, form)
        made = _json(answer) if answer.status_code == httpx2.codes.OK else {}
        if not isinstance(made.get("url"), str) or not made["url"].startswith(("https://", "http://")):
            raise Unavailable(f"The payment gateway refused the order (status {answer.status_code}).")
        return Checkout(str(made.get("id", "")), made["url"])

    async def cancel(self, subscription: str) -> None:
        answer = await self._ask("DELETE", f"/v1/subscriptions/{subscription}", {}, {})
        if answer.status_code not in (httpx2.codes.OK, httpx2.codes.NOT_FOUND):
            raise Unavailable(f"The payment gateway did not end the subscription (status {answer.status_code}).")

    def event(self, body: bytes, signature: str, now: datetime) -> GatewayEvent:
        self._check(body, signature, now)
        content = _parsed(body)
        about, kind = content.get("data"), str(content.get("type", ""))
        thing = about.get("object") if isinstance(about, dict) else None
        happened = _time(content.get("created"))
        if not isinstance(content.get("id"), str) or not isinstance(thing, dict) or happened is None:
            raise EventRefused("The body is not an event.")
        return GatewayEvent(content["id"][:255], kind[:100], happened, _payment(kind, thing))

    def _check(self, body: bytes, signature: str, now: datetime) -> None:
        """The header reads `t=<seconds>,v1=<hex>[,v1=<hex>…]`: HMAC-SHA256 of `<seconds>.<body>`."""
        parts = [part.strip().partition("=") for part in signature.split(",")]
        stamp = next((value for name, _, value in parts if name == "t"), "")
        if not (stamp.isascii() and stamp.isdigit()):
            raise EventRefused("The signature is missing or has another form.")
        made = hmac.new(self._webhook_secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest().encode()
        given = [value.encode() for name, _, value in parts if name == "v1"]
        # Each is compared whole, so that the time does not tell which came close.
        if not sum(hmac.compare_digest(made, one) for one in given):
            raise EventRefused("The signature is not the gateway's.")
        signed = _time(int(stamp))
        if signed is None or abs(now - signed) > TOLERANCE:
            raise EventRefused("The signature is too old.")

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], form: Mapping[str, str]
    ) -> httpx2.Response:
        try:
            return await self._http.request(
                method, f"{self._address}{path}", headers={**self._headers, **headers}, data=dict(form) or None
            )
        except httpx2.HTTPError as error:
            raise Unavailable("The payment gateway does not answer. Try again in a few minutes.") from error


def payments_from_settings(settings: Settings, http: httpx2.AsyncClient) -> Payments:
    """The configured gateway, or one that says what to set."""
    key, secret = settings.stripe_secret_key, settings.stripe_webhook_secret
    if key is None or secret is None:
        return NullPayments()
    return StripePayments(
        http, settings.stripe_url, key.get_secret_value(), secret.get_secret_value(), settings.stripe_prices
    )


def _json(answer: httpx2.Response) -> dict[str, Any]:
    try:
        return _parsed(answer.content)
    except EventRefused as error:
        raise Unavailable("The payment gateway answers something unreadable.") from error


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise EventRefused("The body is not JSON.") from error
    if not isinstance(content, dict):
        raise EventRefused("The body is not an event.")
    return content


def _payment(kind: str, thing: Mapping[str, Any]) -> Payment | None:
    """What a checkout session or a subscription says; None for what is not ours or says nothing yet."""
    marks = thing.get("metadata")
    owner = _user_id(marks.get("user_id")) if isinstance(marks, dict) else None
    if owner is None or not isinstance(marks, dict):
        return None
    plan, status = str(marks.get("plan", "")), thing.get("status")
    if kind == "checkout.session.completed":
        name, is_known, is_ended = thing.get("subscription"), thing.get("payment_status") in _PAID, False
    elif kind.startswith("customer.subscription."):
        is_ended = kind.endswith(".deleted") or status in _ENDED
        name, is_known = thing.get("id"), is_ended or status in _RUNNING
    else:
        return None
    if not is_known or not isinstance(name, str) or not name:
        return None
    return Payment(name[:255], owner, plan, _paid_until(thing), is_ended)


def _paid_until(thing: Mapping[str, Any]) -> datetime | None:
    """The end of the period; newer versions of the API tell it of each item instead of the whole."""
    items = thing.get("items")
    rows = items.get("data") if isinstance(items, dict) else None
    ends = [thing.get("current_period_end")]
    ends += [row.get("current_period_end") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return max((end for one in ends if (end := _time(one)) is not None), default=None)


def _time(seconds: Any) -> datetime | None:
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _user_id(text: Any) -> UUID | None:
    try:
        return UUID(text)
    except (TypeError, ValueError, AttributeError):
        return None

"""Plans, grants that end, payments that are heard once and in any order, and routes that demand a plan."""

import asyncio
import hmac
import json
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from studyhall.domains.billing import public, service
from studyhall.domains.billing.jobs import end_payment
from studyhall.domains.billing.privacy import erase
from studyhall.domains.billing.rules import Held, held_now, paid_until
from studyhall.platform import clock
from studyhall.platform.auth import Access, Entitlements
from studyhall.platform.clients.payments import EventRefused, NullPayments, StripePayments, payments_from_settings
from studyhall.platform.clock import frozen_at
from studyhall.platform.resources import Resources
from studyhall.platform.web import Router
from studyhall.platform.web.routing import failures_of

API = "/api/v1"
SECRET = "whsec_for_tests"


class Gateway:
    """A gateway that keeps what it was asked, and answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[httpx2.Request] = []
        self.status, self.body = 200, {"id": "cs_1", "url": "https://pay.test/cs_1"}

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return httpx2.Response(self.status, json=self.body)


@pytest.fixture
async def gateway(resources: Resources) -> Gateway:
    made = Gateway()
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(made.answer))
    resources.payments = StripePayments(http, "https://pay.test", "sk_1", SECRET, {"premium": "price_1"})
    return made


def _event(kind: str, thing: dict[str, Any], at: datetime, event_id: str = "evt_1") -> bytes:
    return json.dumps(
        {"id": event_id, "type": kind, "created": int(at.timestamp()), "data": {"object": thing}}
    ).encode()


def _subscription(user_id: UUID, until: datetime, status: str = "active", name: str = "sub_1") -> dict[str, Any]:
    marks = {"user_id": str(user_id), "plan": "premium"}
    return {"id": name, "status": status, "metadata": marks, "current_period_end": int(until.timestamp())}


def _signature(body: bytes, at: datetime, secret: str = SECRET) -> str:
    stamp = int(at.timestamp())
    return f"t={stamp},v1={hmac.new(secret.encode(), f'{stamp}.'.encode() + body, sha256).hexdigest()}"


async def _call(client: httpx2.AsyncClient, body: bytes, signature: str | None = None) -> Any:
    headers = {"Stripe-Signature": signature or _signature(body, clock.now())}
    return await client.post(f"{API}/billing/webhook/stripe", content=body, headers=headers)


async def _mine(one: Any) -> dict[str, Any]:
    answer = await one.client.get(f"{API}/billing/subscription")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]["subscription"]
    return found


async def test_plans_are_told_to_everybody(client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"{API}/billing/plans")
    plans = answer.json()["data"]["plans"]
    assert [(one["key"], one["entitlements"]) for one in plans] == [("free", []), ("premium", ["premium"])]
    assert not any(one["is_for_sale"] for one in plans)


async def test_a_grant_begins_ends_and_runs_out(person: Any, resources: Resources) -> None:
    admin, ada = await person("Admin"), await person()
    path = f"{API}/admin/users/{ada.id}/subscription"
    assert (await _mine(ada))["origin"] == "free"
    soon = clock.now() + timedelta(days=2)
    given_ = await admin.client.put(path, json={"plan": "Premium", "ends_at": soon.isoformat()})
    assert given_.status_code == 200, given_.text
    assert ((await _mine(ada))["plan"], (await _mine(ada))["origin"]) == ("premium", "grant")
    async with resources.unit_of_work() as uow:
        assert await public.entitled(uow, ada.id)
    with frozen_at(soon):
        async with resources.unit_of_work() as uow:
            assert not await public.entitled(uow, ada.id)
            assert (await service.standing(uow, ada.id)).held is None
    assert (await admin.client.put(path, json={"plan": "premium"})).json()["data"]["subscription"]["ends_at"] is None
    ended = await admin.client.put(path, json={"plan": "free"})
    assert ended.json()["data"]["subscription"]["origin"] == "free"
    async with resources.unit_of_work() as uow:
        with pytest.raises(public.EntitlementRequired):
            await public.require_entitlement(uow, ada.id)
        told = await uow.session.execute(
            text("SELECT event, causer_id FROM activity_logs WHERE user_id = :me AND event LIKE 'subscription.%'"),
            {"me": ada.id},
        )
        assert sorted(told.all()) == [
            ("subscription.ended", admin.id), ("subscription.granted", admin.id), ("subscription.granted", admin.id)
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"plan": "gold"}, 404),
        ({"plan": "premium", "ends_at": "2020-01-01T00:00:00Z"}, 422),
        ({"plan": "premium", "ends_at": "9999-01-01T00:00:00Z"}, 422),
        ({"plan": "premium", "ends_at": "2090-01-01T00:00:00"}, 422),
        ({"plan": "premium", "more": 1}, 422),
        ({}, 422),
    ],
)
async def test_a_bad_grant_is_refused(person: Any, body: dict[str, Any], status: int) -> None:
    admin, ada = await person("Admin"), await person()
    assert (await admin.client.put(f"{API}/admin/users/{ada.id}/subscription", json=body)).status_code == status
    assert (await _mine(ada))["plan"] == "free"


async def test_only_those_with_the_right_grant(person: Any) -> None:
    ada, admin = await person(), await person("Admin")
    body = {"plan": "premium"}
    assert (await ada.client.put(f"{API}/admin/users/{ada.id}/subscription", json=body)).status_code == 403
    nobody = f"{API}/admin/users/01936f3e-7b1a-7c3d-9e2f-5a4b6c7d8e9f/subscription"
    assert (await admin.client.put(nobody, json=body)).status_code == 404


async def test_without_a_gateway_the_answer_says_what_to_set(person: Any, client: httpx2.AsyncClient) -> None:
    ada = await person()
    answer = await ada.client.post(f"{API}/billing/checkout")
    assert (answer.status_code, answer.json()["error_code"]) == (503, "NOT_CONFIGURED")
    assert "STUDYHALL_STRIPE_SECRET_KEY" in answer.json()["message"]
    assert (await _call(client, b"{}")).status_code == 404


async def test_a_checkout_is_opened_at_the_gateway(person: Any, gateway: Gateway) -> None:
    ada = await person()
    answer = await ada.client.post(
        f"{API}/billing/checkout", json={"plan": "premium"}, headers={"Idempotency-Key": "a"}
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["data"]["checkout"]["url"] == "https://pay.test/cs_1"
    [asked] = gateway.asked
    form = dict(httpx2.QueryParams(asked.content.decode()))
    assert asked.headers["authorization"] == "Bearer sk_1" and asked.headers["idempotency-key"] == f"{ada.id}:a"
    assert form["line_items[0][price]"] == "price_1" and form["subscription_data[metadata][user_id]"] == str(ada.id)
    assert (await ada.client.post(f"{API}/billing/checkout", json={"plan": "free"})).status_code == 404
    gateway.status = 402
    refused = await ada.client.post(f"{API}/billing/checkout")
    assert (refused.status_code, refused.json()["error_code"]) == (503, "UNAVAILABLE")


async def test_a_payment_gives_the_plan_until_it_ends(
    person: Any, gateway: Gateway, client: httpx2.AsyncClient
) -> None:
    ada, admin, now = await person(), await person("Admin"), clock.now().replace(microsecond=0)
    until = now + timedelta(days=30)
    begin = _event("customer.subscription.created", _subscription(ada.id, until), now)
    assert (await _call(client, begin)).json()["data"] == {"changed": True}
    assert (await _call(client, begin)).json()["data"] == {"changed": False}
    held = await _mine(ada)
    assert (held["origin"], datetime.fromisoformat(held["ends_at"])) == ("payment", until + timedelta(days=1))
    assert (await ada.client.post(f"{API}/billing/checkout")).json()["error_code"] == "ALREADY_SUBSCRIBED"
    ending = await admin.client.put(f"{API}/admin/users/{ada.id}/subscription", json={"plan": "free"})
    assert ending.json()["error_code"] == "SUBSCRIPTION_IS_PAID"
    later = now + timedelta(seconds=5)
    end = _event("customer.subscription.deleted", _subscription(ada.id, until, "canceled"), later, "evt_2")
    with frozen_at(later + timedelta(seconds=1)):
        assert (await _call(client, end)).json()["data"] == {"changed": True}
        assert (await _mine(ada))["plan"] == "free"
        late = _event("customer.subscription.updated", _subscription(ada.id, until), now, "evt_3")
        assert (await _call(client, late)).json()["data"] == {"changed": False}
        same = _event("customer.subscription.updated", _subscription(ada.id, until), later, "evt_4")
        assert (await _call(client, same)).json()["data"] == {"changed": False}
        assert (await _mine(ada))["plan"] == "free"


async def test_the_end_of_an_older_subscription_ends_nothing(
    person: Any, gateway: Gateway, client: httpx2.AsyncClient
) -> None:
    ada, now = await person(), clock.now().replace(microsecond=0)
    until = now + timedelta(days=30)
    await _call(client, _event("customer.subscription.created", _subscription(ada.id, until, name="sub_2"), now))
    end = _event("customer.subscription.deleted", _subscription(ada.id, until, "canceled"), now, "evt_2")
    assert (await _call(client, end)).json()["data"] == {"changed": False}
    assert (await _mine(ada))["plan"] == "premium"


async def test_a_checkout_alone_gives_one_period(person: Any, gateway: Gateway, client: httpx2.AsyncClient) -> None:
    ada, now = await person(), clock.now().replace(microsecond=0)
    paid = {"metadata": {"user_id": str(ada.id), "plan": "premium"}, "subscription": "sub_1", "payment_status": "paid"}
    await _call(client, _event("checkout.session.completed", paid, now))
    assert datetime.fromisoformat((await _mine(ada))["ends_at"]) == now + timedelta(days=32)
    until = now + timedelta(days=365)
    await _call(client, _event("customer.subscription.created", _subscription(ada.id, until), now, "evt_2"))
    await _call(client, _event("checkout.session.completed", paid, now, "evt_3"))
    assert datetime.fromisoformat((await _mine(ada))["ends_at"]) == until + timedelta(days=1)


async def test_a_call_that_is_not_genuine_changes_nothing(
    person: Any, gateway: Gateway, client: httpx2.AsyncClient
) -> None:
    ada, now = await person(), clock.now()
    body = _event("customer.subscription.created", _subscription(ada.id, now + timedelta(days=9)), now)
    good = _signature(body, now)
    wrong = [
        (body, _signature(body, now, "another secret")),
        (body.replace(b"sub_1", b"sub_9"), good),
        (body, _signature(body, now - timedelta(minutes=6))),
        (body, _signature(body, now + timedelta(minutes=6))),
        (body, good.replace("v1=", "v0=")),
        (body, "t=,v1="), (body, "t=²,v1=ü"), (body, "nonsense"), (body, f"t={10**30},v1={'0' * 64}"),
        (b"[]", _signature(b"[]", now)), (b"{", _signature(b"{", now)), (b"{}", _signature(b"{}", now)),
    ]  # fmt: skip
    for content, signature in wrong:
        answer = await client.post(
            f"{API}/billing/webhook/stripe", content=content, headers={b"Stripe-Signature": signature.encode("latin-1")}
        )
        assert (answer.status_code, answer.json()["error_code"]) == (400, "SIGNATURE_REFUSED"), signature
    assert (await client.post(f"{API}/billing/webhook/paypal", content=body)).status_code == 404
    assert (await _mine(ada))["plan"] == "free"
    assert (await _call(client, body, f"{good},v1={'0' * 64}")).json()["data"] == {"changed": True}


@pytest.mark.parametrize("marks", [None, {}, {"user_id": "x"}, {"user_id": "01936f3e-7b1a-7c3d-9e2f-5a4b6c7d8e9f"}])
async def test_an_event_about_nobody_of_ours_is_taken_and_forgotten(
    gateway: Gateway, client: httpx2.AsyncClient, marks: Any
) -> None:
    thing = {"id": "sub_1", "status": "active", "metadata": marks}
    answer = await _call(client, _event("customer.subscription.updated", thing, clock.now()))
    assert (answer.status_code, answer.json()["data"]) == (200, {"changed": False})


async def test_the_same_event_many_times_at_once_is_heard_once(committed: Any) -> None:
    resources = committed.resources
    resources.payments = StripePayments(resources.http, "https://pay.test", "sk_1", SECRET, {})
    ada, now = await committed.person(), clock.now()
    body = _event("customer.subscription.created", _subscription(ada.id, now + timedelta(days=9)), now)
    answers = await asyncio.gather(*(_call(ada.client, body) for _ in range(6)))
    assert sorted(one.json()["data"]["changed"] for one in answers) == [False] * 5 + [True]


async def test_who_is_erased_pays_no_longer(person: Any, gateway: Gateway, client: httpx2.AsyncClient, run_jobs: Any,
                                            resources: Resources) -> None:  # fmt: skip
    ada, now = await person(), clock.now()
    body = _event("customer.subscription.created", _subscription(ada.id, now + timedelta(days=9)), now)
    await _call(client, body)
    async with resources.unit_of_work() as uow:
        await erase(uow, ada.id)
    await run_jobs()
    assert [(one.method, one.url.path) for one in gateway.asked] == [("DELETE", "/v1/subscriptions/sub_1")]
    assert end_payment.name == "billing.end_payment"


async def test_a_premium_route_demands_the_plan(person: Any, resources: Resources) -> None:
    router = Router("test")

    async def secret() -> None: ...

    router.post("/secret", access="premium", summary="For premium plans")(secret)
    [declared] = router.declared
    assert Access("premium").needs_actor and "ENTITLEMENT_REQUIRED" in failures_of(declared)[403]["description"]
    ada = await person()
    async with resources.unit_of_work() as uow:
        with pytest.raises(public.EntitlementRequired):
            await resources.port(Entitlements)(uow, ada.id, "premium")


async def test_reads_cost_few_statements(person: Any) -> None:
    ada = await person()
    for path in ("/billing/subscription", "/billing/plans"):
        answer = await ada.client.get(f"{API}{path}")
        assert 'sql;desc="' in answer.headers["server-timing"]
        assert int(answer.headers["server-timing"].split('sql;desc="')[1].split('"')[0]) <= 6


def test_the_gateway_is_configured_by_settings(resources: Resources) -> None:
    assert isinstance(payments_from_settings(resources.settings, resources.http), NullPayments)
    with pytest.raises(EventRefused):
        NullPayments().event(b"", "", clock.now())


NOW = datetime.fromisoformat("2026-10-05T00:00:00Z")
TIMES = st.integers(-50, 50).map(lambda days: NOW + timedelta(days=days))
HELD = st.builds(
    Held, st.just("premium"), st.integers(0, 3), st.sampled_from(["grant", "payment"]), TIMES, st.none() | TIMES,
    st.just(frozenset({"premium"})),
)  # fmt: skip


@given(st.lists(HELD, max_size=6))
def test_what_counts_runs_and_nothing_better_runs(held: list[Held]) -> None:
    found = held_now(held, NOW)
    running = [one for one in held if one.runs(NOW)]
    assert (found is None) == (not running)
    if found is not None:
        assert found in running and all(one.rank <= found.rank for one in running)
        rivals = [one for one in running if one.rank == found.rank]
        assert found.ends_at is None or all(one.ends_at is not None and one.ends_at <= found.ends_at for one in rivals)
        assert held_now([replace(found, ends_at=found.started_at)], NOW) is None


@given(st.none() | TIMES, TIMES, st.none() | st.integers(1, 400))
def test_a_payment_lasts_past_its_event(told: datetime | None, happened: datetime, days: int | None) -> None:
    assert paid_until(told, happened, days) > happened

"""Web Push: subscribed, encrypted for one browser, signed by us, taken back, refused."""

import base64
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import http_ece
import httpx2
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from studyhall.domains.notifications import public as notifications
from studyhall.domains.notifications.public import NotificationType
from studyhall.platform import clock
from studyhall.platform.clients.http import Fetcher
from studyhall.platform.clients.web_push import PURPOSE, knows, public_key
from studyhall.platform.crypto import Keys
from studyhall.platform.resources import Resources

API = "/api/v1/settings/push-subscriptions"
PUBLIC = "93.184.216.34"


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """Makes a subscription as a browser does, and reads what comes."""

    name: str
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def endpoint(self) -> str:
        return f"https://push.example/{self.name}"

    def subscription(self, **changes: Any) -> dict[str, Any]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": encoded(point), "auth": encoded(self.secret)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys} | changes

    def read(self, body: bytes) -> Any:
        plain = http_ece.decrypt(body, private_key=self.private, auth_secret=self.secret, version="aes128gcm")
        return orjson.loads(plain)


class Service:
    """A push service: takes what comes, or answers as it is told."""

    def __init__(self) -> None:
        self.came: list[httpx2.Request] = []
        self.answers: list[httpx2.Response | Exception] = []
        self.addresses = {"push.example": PUBLIC}

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.came.append(request)
        said = self.answers.pop(0) if self.answers else httpx2.Response(201)
        if isinstance(said, Exception):
            raise said
        return said

    async def resolve(self, host: str, port: int) -> list[str]:
        if host not in self.addresses:
            raise OSError("no such name")
        return [self.addresses[host]]


@pytest.fixture
def service(resources: Resources) -> Iterator[Service]:
    made, before = Service(), resources.fetcher
    resources.fetcher = Fetcher(made.resolve, httpx2.MockTransport(made.answer))
    yield made
    resources.fetcher = before


async def subscribe(person: Any, browser: Browser) -> str:
    answer = await person.client.post(API, json=browser.subscription())
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["data"]["subscription"]["id"]
    return made


async def tell(resources: Resources, *people: Any, kind: NotificationType = NotificationType.GROUP) -> None:
    async with resources.unit_of_work() as uow:
        ids = [one.id for one in people]
        await notifications.notify(uow, ids, kind, "Chess at 8", "Ada asks: <b>coming?</b>", action_url="/groups/1")


async def count(resources: Resources) -> int:
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        return int(await straight.value("SELECT count(*) FROM push_subscriptions"))


async def test_only_the_browser_can_read_it_and_it_knows_who_sent_it(
    person: Any, resources: Resources, service: Service, run_jobs: Callable[..., Any]
) -> None:
    mira, browser = await person(), Browser("mira")
    await subscribe(mira, browser)
    await tell(resources, mira)
    await run_jobs()
    (request,) = service.came
    assert request.method == "POST"
    assert (request.url.host, request.headers["host"]) == (PUBLIC, "push.example")
    assert b"Chess" not in request.content
    said = browser.read(request.content)
    assert (said["title"], said["body"], said["url"]) == ("Chess at 8", "Ada asks: <b>coming?</b>", "/groups/1")
    assert request.headers["topic"] == said["id"].replace("-", "")
    assert 0 < int(request.headers["ttl"]) <= 86400
    assert request.headers["urgency"] == "normal"
    scheme, _, rest = request.headers["authorization"].partition(" ")
    values = dict(one.strip().split("=", 1) for one in rest.split(","))
    offered = (await mira.client.get("/api/v1/client-config")).json()["data"]["vapid_public_key"]
    assert (scheme, values["k"]) == ("vapid", offered)
    point = decoded(offered)
    key = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": encoded(point[1:33]), "y": encoded(point[33:])})
    claims = jwt.decode(values["t"], key, algorithms=["ES256"]).claims
    assert claims["aud"] == "https://push.example"
    assert claims["sub"].startswith(("mailto:", "https://"))
    assert 0 < claims["exp"] - clock.now().timestamp() <= 86400
    with pytest.raises(http_ece.ECEException):
        Browser("somebody else").read(request.content)


async def test_a_security_notice_is_urgent_and_a_read_or_unwanted_one_is_not_sent(
    person: Any, resources: Resources, service: Service, run_jobs: Callable[..., Any]
) -> None:
    mira = await person()
    await subscribe(mira, Browser("mira"))
    await tell(resources, mira, kind=NotificationType.SECURITY)
    await run_jobs()
    assert service.came.pop().headers["urgency"] == "high"
    await tell(resources, mira)
    await mira.client.post("/api/v1/notifications/mark-all-read")
    await run_jobs()
    await mira.client.put("/api/v1/settings/preferences", json={"push_notifications": False})
    await tell(resources, mira)
    await run_jobs()
    assert service.came == []


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten(
    person: Any, resources: Resources, service: Service, run_jobs: Callable[..., Any], status: int
) -> None:
    mira = await person()
    await subscribe(mira, Browser("mira"))
    await subscribe(mira, Browser("phone"))
    service.answers = [httpx2.Response(status)]
    await tell(resources, mira)
    await run_jobs()
    assert (len(service.came), await count(resources)) == (2, 1)


@pytest.mark.parametrize(
    ("said", "pause"),
    [
        (httpx2.Response(429, headers={"Retry-After": "600"}), 600),
        (httpx2.Response(503), 60),
        (httpx2.Response(429, headers={"Retry-After": "soon"}), 60),
        (httpx2.ConnectError("refused"), 30),
        (httpx2.ReadTimeout("slow"), 30),
    ],
)
async def test_a_service_that_is_busy_is_asked_again_later(
    person: Any,
    resources: Resources,
    service: Service,
    run_jobs: Callable[..., Any],
    said: httpx2.Response | Exception,
    pause: int,
) -> None:
    mira, now = await person(), clock.now()
    await subscribe(mira, Browser("mira"))
    service.answers = [said]
    with clock.frozen_at(now):
        await tell(resources, mira)
        await run_jobs()
    with clock.frozen_at(now + timedelta(seconds=pause / 2)):
        await run_jobs()
    assert len(service.came) == 1
    with clock.frozen_at(now + timedelta(seconds=pause * 1.5 + 1)):
        await run_jobs()
    assert (len(service.came), await count(resources)) == (2, 1)


async def test_an_address_that_turned_private_is_not_asked_and_forgotten(
    person: Any, resources: Resources, service: Service, run_jobs: Callable[..., Any]
) -> None:
    mira = await person()
    await subscribe(mira, Browser("mira"))
    service.addresses["push.example"] = "10.0.0.7"
    await tell(resources, mira)
    await run_jobs()
    assert (service.came, await count(resources)) == ([], 0)


async def test_a_browser_belongs_to_the_last_who_subscribed_there(
    person: Any, resources: Resources, service: Service, run_jobs: Callable[..., Any]
) -> None:
    mira, ada, browser = await person(), await person(), Browser("shared")
    await subscribe(mira, browser)
    await subscribe(ada, browser)
    await tell(resources, mira)
    await run_jobs()
    assert service.came == []
    await tell(resources, ada)
    await run_jobs()
    assert len(service.came) == 1


async def test_signing_out_ends_it_and_so_does_taking_it_back(
    person: Any, resources: Resources, service: Service
) -> None:
    mira, stranger = await person(), await person()
    made = await subscribe(mira, Browser("mira"))
    assert (await stranger.client.delete(f"{API}/{made}")).status_code == 404
    assert (await mira.client.delete(f"{API}/{made}")).status_code == 200
    assert (await mira.client.delete(f"{API}/{made}")).status_code == 404
    await subscribe(mira, Browser("mira"))
    assert await count(resources) == 1
    assert (await mira.client.post("/api/v1/auth/logout")).status_code == 200
    assert await count(resources) == 0


async def test_twice_the_same_is_one_and_only_the_newest_are_kept(
    person: Any, resources: Resources, service: Service
) -> None:
    mira, browser = await person(), Browser("mira")
    assert await subscribe(mira, browser) == await subscribe(mira, browser)
    for number in range(25):
        await subscribe(mira, Browser(f"b{number}"))
    assert await count(resources) == 20


POINT_AT_NOWHERE = encoded(b"\x04" + b"\1" * 64)


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "http://push.example/x"},
        {"endpoint": "https://127.0.0.1/x"},
        {"endpoint": "https://[::1]/x"},
        {"endpoint": "https://169.254.169.254/latest"},
        {"endpoint": "https://inside.example/x"},
        {"endpoint": "https://user:secret@push.example/x"},
        {"endpoint": "https://push.example:22/x"},
        {"endpoint": "javascript:alert(1)"},
        {"endpoint": ""},
        {"endpoint": "https://push.example/" + "x" * 2000},
        {"keys": {"p256dh": POINT_AT_NOWHERE, "auth": encoded(b"a" * 16)}},
        {"keys": {"p256dh": "not base64!", "auth": encoded(b"a" * 16)}},
        {"keys": {}},
        {"more": 1},
    ],
)
async def test_what_no_browser_makes_is_refused(
    person: Any, resources: Resources, service: Service, changes: dict[str, Any]
) -> None:
    mira = await person()
    service.addresses["inside.example"] = "192.168.1.4"
    answer = await mira.client.post(API, json=Browser("mira").subscription(**changes))
    assert answer.status_code == 422, answer.text
    assert await count(resources) == 0


async def test_a_service_whose_name_is_not_known_now_is_taken(person: Any, service: Service) -> None:
    """A server without a name service must not lose its people's wishes; sending looks again."""
    mira = await person()
    body = Browser("mira").subscription(endpoint="https://unknown.example/x")
    assert (await mira.client.post(API, json=body)).status_code == 201


def test_keys_of_an_earlier_secret_are_still_known() -> None:
    old, new = Keys("a" * 40), Keys("b" * 40, ["a" * 40])
    assert public_key(old) != public_key(new)
    assert knows(new, public_key(old)) and knows(new, public_key(new))
    assert not knows(old, public_key(new))
    assert old.subkey(PURPOSE).key != new.subkey(PURPOSE).key

"""A client brings a Google ID token; the provider process stands in for Google."""

import base64
import time
from datetime import timedelta
from typing import Any

import httpx2
import orjson
import pytest

from studyhall.platform import clock
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Settings
from tests.domains.sign_on.conftest import Counts, counts_of, refused
from tests.domains.sign_on.test_flow import HOSTILE
from tests.oidc_provider import CLIENT_ID, Realm

# What only a browser sign-on can check, or Google does otherwise.
NOT_HERE = {"another nonce", "no nonce", "made for another party"}


async def _sign_in(client: httpx2.AsyncClient, token: str, **more: Any) -> httpx2.Response:
    return await client.post("/api/v1/auth/google", json={"token": token, **more})


async def test_the_first_time_opens_an_account(client: httpx2.AsyncClient, resources: Resources, realm: Realm) -> None:
    before = await counts_of(resources)
    answer = await _sign_in(client, realm.mint(), device_info={"type": "mobile", "os": "Android", "browser": "app"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["message"] == "Google authentication successful"
    assert (body["data"]["user"]["email"], body["data"]["user"]["email_verified"]) == ("grace@example.org", True)
    headers = {"Authorization": f"Bearer {body['data']['tokens']['access_token']}"}
    assert (await client.get("/api/v1/auth/me", headers=headers)).status_code == 200
    assert await counts_of(resources) == Counts(before.users + 1, before.sessions + 1, before.identities + 1)


async def test_both_spellings_of_the_issuer_are_one_identity(
    client: httpx2.AsyncClient, resources: Resources, realm: Realm
) -> None:
    first = await _sign_in(client, realm.mint())
    second = await _sign_in(client, realm.mint(iss=realm.issuer.removeprefix("http://")))
    assert first.json()["data"]["user"]["id"] == second.json()["data"]["user"]["id"]
    assert (await counts_of(resources)).identities == 1


async def test_a_token_that_a_phone_app_fetched_for_us_is_good(client: httpx2.AsyncClient, realm: Realm) -> None:
    assert (await _sign_in(client, realm.mint(azp="the-android-app"))).status_code == 200


@pytest.mark.parametrize(
    ("name", "behaviour"),
    [one for one in HOSTILE if one[0] not in NOT_HERE],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_hostile_token_is_refused_and_nothing_changes(
    client: httpx2.AsyncClient, resources: Resources, realm: Realm, name: str, behaviour: dict[str, Any]
) -> None:
    before = await counts_of(resources)
    realm.behave(**behaviour)
    refused(await _sign_in(client, realm.mint()), 401, "TOKEN_EXPIRED" if name == "expired" else "TOKEN_INVALID")
    assert await counts_of(resources) == before


@pytest.mark.parametrize(
    "token", ["x", "a.b.c", "..", "é.é.é", "eyJhbGciOiJSUzI1NiJ9.e30.", "W10.W10.W10", "ya29.x", "." * 99, "[" * 99],
)  # fmt: skip
async def test_what_is_no_token_is_refused_without_asking_google(
    client: httpx2.AsyncClient, realm: Realm, token: str
) -> None:
    refused(await _sign_in(client, token), 401, "TOKEN_INVALID")


@pytest.mark.parametrize(
    "header", [{"kid": 7}, {"kid": ["a"]}, {"typ": "at+jwt"}, {"typ": "logout+jwt"}, {"crit": ["exp"]}]
)
async def test_an_odd_header_is_refused(client: httpx2.AsyncClient, realm: Realm, header: dict[str, Any]) -> None:
    token = realm.mint()
    forged = f"{_part({'alg': 'RS256', **header})}.{token.split('.', 1)[1]}"
    refused(await _sign_in(client, forged), 401, "TOKEN_INVALID")


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(content)).rstrip(b"=").decode()


async def test_a_token_that_was_good_expires(client: httpx2.AsyncClient, realm: Realm) -> None:
    token = realm.mint(exp=int(time.time()) + 60)
    assert (await _sign_in(client, token)).status_code == 200
    with clock.frozen_at(clock.now() + timedelta(seconds=95)):
        refused(await _sign_in(client, token), 401, "TOKEN_EXPIRED")


async def test_an_unchecked_address_is_refused(client: httpx2.AsyncClient, realm: Realm) -> None:
    refused(await _sign_in(client, realm.mint(email_verified=False)), 403, "OUTSIDE_EMAIL_UNVERIFIED")


async def test_google_out_of_order_is_a_503(client: httpx2.AsyncClient, resources: Resources, realm: Realm) -> None:
    token = realm.mint()
    before = await counts_of(resources)
    realm.behave(jwks="error")
    refused(await _sign_in(client, token), 503, "PROVIDER_UNAVAILABLE")
    assert await counts_of(resources) == before


async def test_google_through_browser_sign_on_is_the_same_identity(client: httpx2.AsyncClient, realm: Realm) -> None:
    """The realm stands for both here: what counts is issuer and subject, not the way in."""
    headers = {"Authorization": f"Bearer {realm.mint()}"}
    me = await client.get("/api/v1/auth/me", headers=headers)
    signed = await _sign_in(client, realm.mint(aud=[CLIENT_ID]))
    assert signed.json()["data"]["user"]["id"] == me.json()["data"]["user"]["id"]


class TestNotConfigured:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"google_client_id": None})

    async def test_it_says_so(self, client: httpx2.AsyncClient) -> None:
        refused(await _sign_in(client, "a.b.c"), 503, "NOT_CONFIGURED")

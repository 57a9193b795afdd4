"""Tokens of a trusted provider in place of ours: lazily created accounts, kept keys, and races."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import update

from studyhall.domains.credentials.models import TwoFactor
from studyhall.domains.identity.models import User
from studyhall.domains.sign_on.service import issuers
from studyhall.entrypoints import http as http_app
from studyhall.platform import clock, database
from studyhall.platform.resources import Resources
from tests.domains.sign_on.conftest import Counts, counts_of, refused
from tests.domains.sign_on.test_flow import HOSTILE
from tests.oidc_provider import Realm

# What only ID tokens have to say.
NOT_HERE = {"another nonce", "no nonce", "made for another party", "several audiences and no party", "no time of issue"}
EMAIL = "grace@example.org"


async def _me(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})


async def _id_of(client: httpx2.AsyncClient, token: str) -> str:
    answer = await _me(client, token)
    assert answer.status_code == 200, answer.text
    found: str = answer.json()["data"]["user"]["id"]
    return found


async def test_the_first_request_opens_the_account(
    client: httpx2.AsyncClient, resources: Resources, realm: Realm
) -> None:
    before = await counts_of(resources)
    answer = await _me(client, realm.mint(zoneinfo="Europe/Berlin"))
    user = answer.json()["data"]["user"]
    assert (user["email"], user["name"], user["email_verified"], user["roles"]) == (
        EMAIL,
        "Grace Hopper",
        True,
        ["Student"],
    )
    assert user["preferences"]["timezone"] == "Europe/Berlin"
    assert await counts_of(resources) == Counts(before.users + 1, before.sessions, before.identities + 1)


async def test_later_requests_cost_no_network(client: httpx2.AsyncClient, realm: Realm) -> None:
    token = realm.mint()
    first = await _id_of(client, token)
    asked = realm.behave()
    for fresh in (token, token, realm.mint(), realm.mint(jti="another")):
        assert await _id_of(client, fresh) == first
    assert realm.behave() == asked == {"discovery": 1, "jwks": 1}


async def test_an_access_token_of_rfc_9068_is_good(client: httpx2.AsyncClient, realm: Realm) -> None:
    assert await _id_of(client, realm.mint(header={"typ": "at+jwt"}, nonce=None, iat=None))


async def test_words_of_the_providers_own_in_the_header_do_not_hurt(client: httpx2.AsyncClient, realm: Realm) -> None:
    assert await _id_of(client, realm.mint(header={"cat": "cl_B7d4PD111AAA"}))


async def test_userinfo_completes_an_access_token(client: httpx2.AsyncClient, realm: Realm) -> None:
    realm.behave(private_claims=True)
    token = realm.mint()
    answer = await _me(client, token)
    assert answer.json()["data"]["user"]["email"] == EMAIL
    await _me(client, token)
    assert realm.asked("userinfo") == 1


async def test_without_an_address_anywhere_it_is_refused(
    client: httpx2.AsyncClient, resources: Resources, realm: Realm
) -> None:
    before = await counts_of(resources)
    realm.behave(person={"email": None})
    refused(await _me(client, realm.mint()), 403, "OUTSIDE_EMAIL_MISSING")
    refused(await _me(client, realm.mint(email=EMAIL, email_verified=None)), 403, "OUTSIDE_EMAIL_UNVERIFIED")
    assert await counts_of(resources) == before


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
    refused(await _me(client, realm.mint()), 401, "TOKEN_EXPIRED" if name == "expired" else "TOKEN_INVALID")
    assert await counts_of(resources) == before


async def test_a_provider_for_browsers_only_opens_nothing(client: httpx2.AsyncClient, realm: Realm) -> None:
    refused(await _me(client, Realm(f"{realm.issuer}-other").mint()), 401, "TOKEN_INVALID")


async def test_a_known_token_expires(client: httpx2.AsyncClient, realm: Realm) -> None:
    token = realm.mint(exp=int(time.time()) + 60)
    await _id_of(client, token)
    with clock.frozen_at(clock.now() + timedelta(seconds=95)):
        refused(await _me(client, token), 401, "TOKEN_EXPIRED")


# Keys


async def test_a_new_key_is_fetched_when_a_token_names_it(client: httpx2.AsyncClient, realm: Realm) -> None:
    first = await _id_of(client, realm.mint())
    realm.behave(keys=["rsa-1", "ec-2"])
    with clock.frozen_at(clock.now() + issuers.ASK_AGAIN_AFTER):
        assert await _id_of(client, realm.mint()) == first
    assert realm.asked("jwks") == 2


async def test_a_withdrawn_key_works_for_an_hour_at_most(client: httpx2.AsyncClient, realm: Realm) -> None:
    token = realm.mint(exp=int(time.time()) + 7200)
    await _id_of(client, token)
    realm.behave(keys=["ec-2"])
    with clock.frozen_at(clock.now() + issuers.KEYS_FRESH):
        refused(await _me(client, token), 401, "TOKEN_INVALID")


async def test_made_up_keys_do_not_let_anybody_hammer_the_provider(client: httpx2.AsyncClient, realm: Realm) -> None:
    await _id_of(client, realm.mint())
    realm.behave(signing="stranger")
    for number in range(5):
        refused(await _me(client, realm.mint(jti=str(number))), 401, "TOKEN_INVALID")
    assert realm.asked("jwks") == 1
    with clock.frozen_at(clock.now() + issuers.ASK_AGAIN_AFTER):
        for number in range(5):
            refused(await _me(client, realm.mint(jti=f"later {number}")), 401, "TOKEN_INVALID")
    assert realm.asked("jwks") == 2


@pytest.mark.parametrize("part", ["discovery", "jwks"])
async def test_a_provider_that_is_down_is_a_503_at_first(
    client: httpx2.AsyncClient, resources: Resources, realm: Realm, part: str
) -> None:
    before = await counts_of(resources)
    token = realm.mint()
    realm.behave(**{part: "error"})
    for _ in range(3):
        answer = await _me(client, token)
        refused(answer, 503, "PROVIDER_UNAVAILABLE")
        assert "sign-on provider" in answer.json()["message"]
    assert realm.behave(**{part: "ok"})[part] == 1, "it is not asked again by every request"
    assert await counts_of(resources) == before
    with clock.frozen_at(clock.now() + issuers.RETRY_AFTER):
        assert await _id_of(client, token)


async def test_a_provider_that_is_down_later_hurts_nobody(client: httpx2.AsyncClient, realm: Realm) -> None:
    token = realm.mint(exp=int(time.time()) + 200_000)
    first = await _id_of(client, token)
    realm.behave(discovery="error", jwks="error")
    with clock.frozen_at(clock.now() + timedelta(hours=23)):
        assert await _id_of(client, token) == first
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        refused(await _me(client, token), 503, "PROVIDER_UNAVAILABLE")


# Accounts


async def test_a_switched_off_account_is_refused(
    client: httpx2.AsyncClient, resources: Resources, realm: Realm
) -> None:
    token = realm.mint()
    user_id = await _id_of(client, token)
    async with resources.unit_of_work() as uow:
        await uow.session.execute(update(User).where(User.id == user_id).values(is_active=False))
    refused(await _me(client, token), 403, "ACCOUNT_DISABLED")


async def test_a_second_factor_cannot_be_gone_round(
    client: httpx2.AsyncClient, resources: Resources, realm: Realm, person: Any
) -> None:
    owner = await person(email=EMAIL)
    async with resources.unit_of_work() as uow:
        await uow.session.execute(update(User).where(User.id == owner.id).values(email_verified_at=clock.now()))
        uow.session.add(TwoFactor(user_id=owner.id, secret=b"x", enabled_at=clock.now()))
    before = await counts_of(resources)
    refused(await _me(client, realm.mint()), 403, "SECOND_FACTOR_NEEDED")
    assert await counts_of(resources) == before, "not even joined"


async def test_a_second_factor_that_comes_later_counts_too(
    client: httpx2.AsyncClient, resources: Resources, realm: Realm
) -> None:
    token = realm.mint()
    user_id = await _id_of(client, token)
    async with resources.unit_of_work() as uow:
        uow.session.add(TwoFactor(user_id=user_id, secret=b"x", enabled_at=clock.now()))
    refused(await _me(client, token), 403, "SECOND_FACTOR_NEEDED")


async def test_an_unconfirmed_account_is_handed_over(client: httpx2.AsyncClient, realm: Realm, person: Any) -> None:
    attacker = await person(email=EMAIL)
    assert await _id_of(client, realm.mint()) == str(attacker.id)
    refused(await attacker.client.get("/api/v1/auth/me"), 401, "SESSION_ENDED")


async def test_a_closing_account_is_not_spoken_for(
    client: httpx2.AsyncClient, resources: Resources, realm: Realm
) -> None:
    token = realm.mint()
    gone = await _id_of(client, token)
    now = clock.now()
    closed = {"deleted_at": now, "deletion_due_at": now + timedelta(days=30)}
    async with resources.unit_of_work() as uow:
        await uow.session.execute(update(User).where(User.id == gone).values(**closed))
    answer = await _me(client, token)
    refused(answer, 403, "ACCOUNT_CLOSING")
    assert answer.json()["data"]["restore_token"]


async def test_the_actor_has_no_session(resources: Resources, realm: Realm) -> None:
    actor = await resources.authenticator(resources, realm.mint())
    assert (actor.session_id, actor.abilities) == (None, None)


async def test_a_steady_request_takes_one_statement(resources: Resources, realm: Realm) -> None:
    token = realm.mint()
    await resources.authenticator(resources, token)
    counter = database.start_counting()
    await resources.authenticator(resources, token)
    assert counter == [1]


async def test_use_is_noted_once_a_minute(resources: Resources, realm: Realm) -> None:
    token = realm.mint()
    await resources.authenticator(resources, token)
    later = clock.now() + timedelta(minutes=2)
    with clock.frozen_at(later):
        await resources.authenticator(resources, token)
    async with resources.database.straight() as straight:
        assert await straight.value("SELECT last_used_at FROM outside_identities") == later


class TestAudience:
    """An API of its own name at the provider."""

    @pytest.fixture
    def provider(self, provider: dict[str, Any]) -> dict[str, Any]:
        return {**provider, "bearer_audience": "https://studyhall.test/api"}

    async def test_only_tokens_for_it_are_good(self, client: httpx2.AsyncClient, realm: Realm) -> None:
        refused(await _me(client, realm.mint()), 401, "TOKEN_INVALID")
        assert await _id_of(client, realm.mint(aud=["account", "https://studyhall.test/api"]))


async def test_many_first_requests_at_once_make_one_account(committed: Any, realm: Realm) -> None:
    resources = committed.resources
    app = http_app.build(resources.settings, resources)
    transport = httpx2.ASGITransport(app=app)
    tokens = [realm.mint(jti=str(number)) for number in range(8)]
    async with httpx2.AsyncClient(transport=transport, base_url="https://studyhall.test") as client:
        found = await asyncio.gather(*(_id_of(client, token) for token in tokens))
    assert len(set(found)) == 1
    assert await counts_of(resources) == Counts(1, 0, 1)
    assert realm.behave() == {"discovery": 1, "jwks": 1}, "they share one look at the provider"


async def test_two_identities_with_one_address_share_the_account(committed: Any, realm: Realm) -> None:
    resources = committed.resources
    app = http_app.build(resources.settings, resources)
    tokens = [realm.mint(sub=f"person-{number % 2}") for number in range(8)]
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="https://studyhall.test") as client:
        found = await asyncio.gather(*(_id_of(client, token) for token in tokens))
    assert len(set(found)) == 1
    assert await counts_of(resources) == Counts(1, 0, 2)

"""Whose account an outside identity becomes, and that nobody can lie in wait for it."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import update

from studyhall.domains.credentials.models import (
    LoginChallenge,
    OneTimeCode,
    PasswordReset,
    PersonalAccessToken,
    RecoveryCode,
    TwoFactor,
)
from studyhall.domains.identity.models import User
from studyhall.domains.sign_on.service.issuers import Issuer
from studyhall.entrypoints import http as http_app
from studyhall.platform import clock
from studyhall.platform.crypto import token_hash
from studyhall.platform.resources import Resources
from tests.domains.sign_on.conftest import Browser, counts_of, refused
from tests.oidc_provider import Realm

EMAIL = "grace@example.org"
PASSWORD = "Correct-Horse-7"


async def _change(resources: Resources, user_id: Any, **values: Any) -> None:
    async with resources.unit_of_work() as uow:
        await uow.session.execute(update(User).where(User.id == user_id).values(**values))


async def _log_in(client: httpx2.AsyncClient) -> httpx2.Response:
    return await client.post("/api/v1/auth/login", json={"email": EMAIL, "password": PASSWORD})


async def test_two_checked_addresses_join_and_the_password_stays(
    browser: Browser, resources: Resources, person: Any
) -> None:
    owner = await person(email="Grace@Example.org")
    await _change(resources, owner.id, email_verified_at=clock.now())
    data = await browser.signed_on()
    assert data["user"]["id"] == str(owner.id)
    assert (await owner.client.get("/api/v1/auth/me")).status_code == 200
    assert (await _log_in(owner.client)).status_code == 200
    async with resources.database.straight() as straight:
        events = await straight.rows("SELECT event FROM activity_logs WHERE user_id = $1", owner.id)
    assert "auth.outside_joined" in {row["event"] for row in events}


async def test_an_account_that_lies_in_wait_is_handed_over_without_its_ways_in(
    browser: Browser, resources: Resources, person: Any
) -> None:
    attacker = await person(email=EMAIL)
    refresh = {"refresh_token": attacker.tokens["refresh_token"]}
    async with resources.unit_of_work() as uow:
        now = clock.now()
        uow.session.add_all([
            PersonalAccessToken(user_id=attacker.id, name="trap", token_hash=token_hash("shp_trap"), abilities=["*"]),
            TwoFactor(user_id=attacker.id, secret=b"trap", enabled_at=now),
            RecoveryCode(user_id=attacker.id, code_digest="trap"),
            PasswordReset(user_id=attacker.id, salt=b"trap", expires_at=now),
            LoginChallenge(user_id=attacker.id, remember=True, method="password", device_type="", os="", browser="",
                           expires_at=now, tries_left=5),
        ])  # fmt: skip
    data = await browser.signed_on()
    assert (data["two_factor_required"], data["user"]["id"], data["user"]["email_verified"]) == (
        False, str(attacker.id), True,
    )  # fmt: skip
    assert (await attacker.client.get("/api/v1/auth/me")).json()["error_code"] == "SESSION_ENDED"
    refused(await attacker.client.post("/api/v1/auth/refresh", json=refresh), 401, "REFRESH_INVALID")
    refused(await _log_in(attacker.client), 401, "LOGIN_FAILED")
    attacker.client.headers["Authorization"] = "Bearer shp_trap"
    refused(await attacker.client.get("/api/v1/auth/me"), 401, "TOKEN_INVALID")
    async with resources.database.straight() as straight:
        for table in (TwoFactor, RecoveryCode, PasswordReset, LoginChallenge, OneTimeCode, PersonalAccessToken):
            name = table.__tablename__
            assert await straight.value(f"SELECT count(*) FROM {name} WHERE user_id = $1", attacker.id) == 0, name
        event = "SELECT count(*) FROM activity_logs WHERE event = 'auth.handed_over' AND user_id = $1"
        assert await straight.value(event, attacker.id) == 1


async def test_what_the_new_owner_does_is_not_undone_by_a_second_sign_on(
    browser: Browser, other_browser: Browser
) -> None:
    first = await browser.signed_on()
    await other_browser.signed_on()
    token = first["tokens"]["access_token"]
    answer = await browser.app.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("said", [False, None, "false", 1, "TRUE"])
@pytest.mark.parametrize("is_confirmed", [True, False, None])
async def test_an_unchecked_outside_address_neither_joins_nor_opens_an_account(
    browser: Browser, resources: Resources, realm: Realm, person: Any, said: Any, is_confirmed: bool | None
) -> None:
    owner = await person(email=EMAIL) if is_confirmed is not None else None
    if owner and is_confirmed:
        await _change(resources, owner.id, email_verified_at=clock.now())
    before = await counts_of(resources)
    realm.behave(person={"email_verified": said})
    refused(await browser.sign_on(), 403, "OUTSIDE_EMAIL_UNVERIFIED")
    assert await counts_of(resources) == before
    if owner:
        assert (await owner.client.get("/api/v1/auth/me")).status_code == 200
        assert (await _log_in(owner.client)).status_code == 200


@pytest.mark.parametrize("email", [None, "", "no address", "a@b@c", [EMAIL], "x" * 250 + "@example.org", "a\x00@b.org"])
async def test_without_an_address_there_is_no_account(
    browser: Browser, resources: Resources, realm: Realm, email: Any
) -> None:
    before = await counts_of(resources)
    realm.behave(person={"email": email})
    refused(await browser.sign_on(), 403, "OUTSIDE_EMAIL_MISSING")
    assert await counts_of(resources) == before


async def test_userinfo_tells_what_the_id_token_leaves_out(browser: Browser, realm: Realm) -> None:
    realm.behave(private_claims=True)
    data = await browser.signed_on()
    assert (data["user"]["email"], data["user"]["name"]) == (EMAIL, "Grace Hopper")


async def test_userinfo_of_somebody_else_is_not_believed(browser: Browser, resources: Resources, realm: Realm) -> None:
    before = await counts_of(resources)
    realm.behave(private_claims=True, told={"sub": "person-2"})
    refused(await browser.sign_on(), 403, "OUTSIDE_EMAIL_MISSING")
    assert await counts_of(resources) == before


async def test_the_id_token_does_not_vouch_for_an_address_of_userinfo(browser: Browser, realm: Realm) -> None:
    realm.behave(private_claims=True, claims={"email_verified": True}, told={"email_verified": False})
    refused(await browser.sign_on(), 403, "OUTSIDE_EMAIL_UNVERIFIED")


async def test_two_factor_is_asked_for_all_the_same(browser: Browser, resources: Resources) -> None:
    user_id = (await browser.signed_on())["user"]["id"]
    async with resources.unit_of_work() as uow:
        uow.session.add(TwoFactor(user_id=user_id, secret=b"x", enabled_at=clock.now()))
    before = await counts_of(resources)
    answer = await browser.exchange(await browser.sign_on())
    assert answer.status_code == 200
    assert answer.json()["data"].keys() == {"two_factor_required", "challenge"}
    assert await counts_of(resources) == before


async def test_a_switched_off_account_stays_out(browser: Browser, resources: Resources, person: Any) -> None:
    user_id = (await browser.signed_on())["user"]["id"]
    came_back = await browser.sign_on()
    await _change(resources, user_id, is_active=False)
    before = await counts_of(resources)
    refused(await browser.exchange(came_back), 403, "ACCOUNT_DISABLED")
    refused(await browser.sign_on(), 403, "ACCOUNT_DISABLED")
    assert await counts_of(resources) == before


async def test_a_switched_off_account_is_not_joined(browser: Browser, resources: Resources, person: Any) -> None:
    owner = await person(email=EMAIL)
    await _change(resources, owner.id, is_active=False)
    before = await counts_of(resources)
    refused(await browser.sign_on(), 403, "ACCOUNT_DISABLED")
    assert await counts_of(resources) == before


async def test_a_closing_account_is_found_and_can_be_restored(
    browser: Browser, client: httpx2.AsyncClient, resources: Resources
) -> None:
    closing = (await browser.signed_on())["user"]["id"]
    await _change(resources, closing, deleted_at=clock.now(), deletion_due_at=clock.now() + timedelta(days=30))
    before = await counts_of(resources)
    answer = await browser.exchange(await browser.sign_on())
    refused(answer, 403, "ACCOUNT_CLOSING")
    token = answer.json()["data"]["restore_token"]
    assert await counts_of(resources) == before
    restored = await client.post("/api/v1/settings/account/restore", json={"restore_token": token})
    assert restored.status_code == 200, restored.text
    assert (await browser.signed_on())["user"]["id"] == closing


async def test_the_same_person_at_two_providers_is_one_account(
    browser: Browser, realm: Realm, resources: Resources
) -> None:
    first = await browser.signed_on()
    Realm(f"{realm.issuer}-other").behave(person={"sub": "somebody-there"})
    answer = await browser.exchange(await browser.sign_on(provider="other"))
    assert answer.json()["data"]["user"]["id"] == first["user"]["id"]
    assert (await counts_of(resources)).identities == 2


async def test_odd_names_are_made_to_fit(browser: Browser, realm: Realm) -> None:
    realm.behave(
        person={"given_name": "", "family_name": None, "name": "Z\x00oë " + "x" * 200, "zoneinfo": "Mars/Olympus"}
    )
    user = (await browser.signed_on())["user"]
    assert (user["first_name"], user["last_name"]) == ("Zoë", "x" * 128)


class TestTrustedAddresses:
    """A provider that never says whether it checked an address, with an operator who vouches for it."""

    @pytest.fixture
    def provider(self, provider: dict[str, Any]) -> dict[str, Any]:
        return {**provider, "trust_email": True}

    async def test_silence_counts_as_checked(self, browser: Browser, realm: Realm) -> None:
        realm.behave(person={"email_verified": None})
        assert (await browser.signed_on())["user"]["email_verified"] is True

    async def test_a_no_is_believed_all_the_same(self, browser: Browser, realm: Realm) -> None:
        realm.behave(person={"email_verified": False})
        refused(await browser.sign_on(), 403, "OUTSIDE_EMAIL_UNVERIFIED")


class TestConfidentialClient:
    """A client with a secret proves it, in whichever way the provider wants."""

    SECRET = "ünder: the/table+%"

    @pytest.fixture
    def provider(self, provider: dict[str, Any]) -> dict[str, Any]:
        return {**provider, "client_secret": self.SECRET}

    @pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
    async def test_the_secret_is_sent(self, browser: Browser, realm: Realm, method: str) -> None:
        realm.behave(secret=self.SECRET, metadata={"token_endpoint_auth_methods_supported": [method]})
        assert (await browser.signed_on())["user"]["email"] == EMAIL

    async def test_a_wrong_secret_is_the_operators_trouble(self, browser: Browser, realm: Realm) -> None:
        realm.behave(secret="another")
        refused(await browser.sign_on(), 503, "PROVIDER_UNAVAILABLE")


async def test_two_first_sign_ons_at_once_make_one_account(
    committed: Any, realm: Realm, provider: dict[str, Any]
) -> None:
    app = http_app.build(committed.resources.settings, committed.resources)
    browsers = [Browser(app) for _ in range(4)]
    try:
        came_back = await asyncio.gather(*(one.sign_on() for one in browsers))
        answers = await asyncio.gather(*(b.exchange(back) for b, back in zip(browsers, came_back, strict=True)))
        assert len({answer.json()["data"]["user"]["id"] for answer in answers}) == 1
        counts = await counts_of(committed.resources)
        assert (counts.users, counts.identities, counts.sessions) == (1, 1, 4)
    finally:
        await asyncio.gather(*(one.close() for one in browsers))


async def test_no_connection_is_held_while_the_provider_is_asked(
    committed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    ask = Issuer.ask

    async def watched(self: Issuer, method: str, url: str, **options: Any) -> Any:
        held.append(committed.resources.database.engine.pool.checkedout())
        return await ask(self, method, url, **options)

    monkeypatch.setattr(Issuer, "ask", watched)
    browser = Browser(http_app.build(committed.resources.settings, committed.resources))
    await browser.signed_on()
    await browser.close()
    assert held == [0, 0, 0], "discovery, keys and token were asked for, each without a connection"

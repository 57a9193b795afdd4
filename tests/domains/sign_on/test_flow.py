"""Browser sign-on with a real provider: there and back, and everything that can be wrong with it."""

import json
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from studyhall.domains.sign_on.service import issuers
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from tests.domains.sign_on.conftest import Browser, Counts, code_of, counts_of, refused
from tests.oidc_provider import CLIENT_ID, Realm


async def test_a_newcomer_is_signed_on_and_known(browser: Browser, resources: Resources) -> None:
    before = await counts_of(resources)
    left = await browser.leave(return_to="/welcome?tab=plans")
    sent = parse_qs(urlsplit(left.headers["location"]).query)
    assert (sent["code_challenge_method"], sent["response_type"]) == (["S256"], ["code"])
    assert {"state", "nonce", "code_challenge"} <= sent.keys()
    came_back = await browser.app.get(await browser.at_provider(left))
    assert came_back.headers["location"].startswith("https://app.studyhall.test/welcome?tab=plans&sign_on_code=")
    assert came_back.headers["cache-control"] == "no-store"
    answer = await browser.exchange(came_back)
    data = answer.json()["data"]
    user = data["user"]
    assert (user["email"], user["name"], user["email_verified"]) == ("grace@example.org", "Grace Hopper", True)
    assert data["two_factor_required"] is False
    assert data["tokens"]["access_token"] not in came_back.headers["location"]
    me = await browser.app.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {data['tokens']['access_token']}"})
    assert me.json()["data"]["user"]["roles"] == ["Student"]
    after = await counts_of(resources)
    assert after == Counts(before.users + 1, before.sessions + 1, before.identities + 1)


async def test_the_second_time_is_the_same_account(browser: Browser, other_browser: Browser, realm: Realm) -> None:
    first = await browser.signed_on()
    realm.behave(person={"email": "moved@example.org", "email_verified": False})
    again = await other_browser.signed_on()
    assert again["user"]["id"] == first["user"]["id"]
    assert again["session"]["id"] != first["session"]["id"]


async def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser) -> None:
    left = await browser.leave()
    cookie = left.headers["set-cookie"].lower()
    assert all(
        word in cookie for word in ("httponly", "samesite=lax", "secure", "path=/api/v1/auth/oidc", "max-age=660")
    )
    assert parse_qs(urlsplit(left.headers["location"]).query)["state"][0] not in left.headers["set-cookie"]


async def test_two_tabs_do_not_disturb_each_other(browser: Browser) -> None:
    first, second = await browser.leave(), await browser.leave()
    for left in (first, second):
        came_back = await browser.app.get(await browser.at_provider(left))
        assert (await browser.exchange(came_back)).status_code == 200


# State


async def test_a_state_works_once(browser: Browser, resources: Resources) -> None:
    path = await browser.at_provider(await browser.leave())
    code_of(await browser.app.get(path))
    before = await counts_of(resources)
    refused(await browser.app.get(path), 400, "SIGN_ON_STATE_INVALID")
    assert await counts_of(resources) == before


async def test_a_state_is_used_up_even_when_the_rest_fails(browser: Browser, realm: Realm) -> None:
    left = await browser.leave()
    realm.behave(signing="stranger")
    path = await browser.at_provider(left)
    refused(await browser.app.get(path), 401, "SIGN_ON_REFUSED")
    realm.behave(signing="good")
    refused(await browser.app.get(path), 400, "SIGN_ON_STATE_INVALID")


async def test_nobody_is_signed_in_to_what_another_browser_began(
    browser: Browser, other_browser: Browser, resources: Resources
) -> None:
    before = await counts_of(resources)
    path = await browser.at_provider(await browser.leave())
    refused(await other_browser.app.get(path), 400, "SIGN_ON_STATE_INVALID")
    await other_browser.leave()
    refused(await other_browser.app.get(path), 400, "SIGN_ON_STATE_INVALID")
    assert await counts_of(resources) == before
    came_back = await browser.app.get(path)
    refused(await other_browser.exchange(came_back), 401, "SIGN_ON_CODE_INVALID")
    assert (await browser.exchange(came_back)).status_code == 200


@pytest.mark.parametrize("state", ["made-up", "a" * 43, "\x00", "ü", "' OR 1=1 --"])
async def test_a_made_up_state_is_refused(browser: Browser, state: str) -> None:
    await browser.leave()
    answer = await browser.app.get("/api/v1/auth/oidc/campus/callback", params={"state": state, "code": "x"})
    refused(answer, 400, "BAD_REQUEST" if state == "\x00" else "SIGN_ON_STATE_INVALID")


async def test_a_state_belongs_to_one_provider(browser: Browser) -> None:
    path = await browser.at_provider(await browser.leave())
    refused(await browser.app.get(path.replace("/campus/", "/other/")), 400, "SIGN_ON_STATE_INVALID")
    refused(await browser.app.get(path.replace("/campus/", "/nobody/")), 404, "NOT_FOUND")


async def test_a_state_ends_after_ten_minutes(browser: Browser) -> None:
    path = await browser.at_provider(await browser.leave())
    with clock.frozen_at(clock.now() + timedelta(minutes=10, seconds=1)):
        refused(await browser.app.get(path), 400, "SIGN_ON_STATE_INVALID")


async def test_a_callback_without_anything_is_refused(browser: Browser) -> None:
    refused(await browser.app.get("/api/v1/auth/oidc/campus/callback"), 422, "VALIDATION_ERROR")
    state = parse_qs(urlsplit((await browser.leave()).headers["location"]).query)["state"][0]
    refused(await browser.app.get(f"/api/v1/auth/oidc/campus/callback?state={state}"), 400, "BAD_REQUEST")


async def test_an_answer_that_names_another_issuer_is_refused(browser: Browser, realm: Realm) -> None:
    path = await browser.at_provider(await browser.leave())
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    forged = f"{urlsplit(path).path}?{urlencode({**query, 'iss': 'https://evil.example'})}"
    refused(await browser.app.get(forged), 401, "SIGN_ON_REFUSED")


async def test_a_provider_that_names_itself_must_do_so(browser: Browser, realm: Realm) -> None:
    realm.behave(metadata={"authorization_response_iss_parameter_supported": True})
    path = await browser.at_provider(await browser.leave())
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items() if name != "iss"}
    refused(await browser.app.get(f"{urlsplit(path).path}?{urlencode(query)}"), 401, "SIGN_ON_REFUSED")


# The provider's code


async def test_a_code_of_another_sign_on_is_refused(
    browser: Browser, other_browser: Browser, resources: Resources
) -> None:
    """Code injection: PKCE lets a stolen code work only where it was asked for."""
    stolen = parse_qs(urlsplit(await other_browser.at_provider(await other_browser.leave())).query)["code"][0]
    path = await browser.at_provider(await browser.leave())
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    before = await counts_of(resources)
    answer = await browser.app.get(f"{urlsplit(path).path}?{urlencode({**query, 'code': stolen})}")
    refused(answer, 401, "SIGN_ON_REFUSED")
    assert await counts_of(resources) == before


async def test_a_code_that_the_provider_saw_before_is_refused(browser: Browser) -> None:
    first = await browser.at_provider(await browser.leave())
    code = parse_qs(urlsplit(first).query)["code"][0]
    code_of(await browser.app.get(first))
    second = await browser.at_provider(await browser.leave())
    query = {name: values[0] for name, values in parse_qs(urlsplit(second).query).items()}
    answer = await browser.app.get(f"{urlsplit(second).path}?{urlencode({**query, 'code': code})}")
    refused(answer, 401, "SIGN_ON_REFUSED")


# ID tokens


def _in(seconds: int) -> int:
    return int(time.time()) + seconds


HOSTILE: list[tuple[str, dict[str, Any]]] = [
    ("another audience", {"claims": {"aud": "somebody-else"}}),
    ("an audience that only begins like ours", {"claims": {"aud": CLIENT_ID + "-2"}}),
    ("no audience", {"claims": {"aud": None}}),
    ("several audiences and no party", {"claims": {"aud": [CLIENT_ID, "somebody-else"]}}),
    ("made for another party", {"claims": {"azp": "somebody-else"}}),
    ("another issuer", {"claims": {"iss": "https://evil.example"}}),
    ("an issuer with a slash more", {"claims": {"iss": "ISSUER/"}}),
    ("no issuer", {"claims": {"iss": None}}),
    ("another nonce", {"claims": {"nonce": "not-the-one"}}),
    ("no nonce", {"claims": {"nonce": None}}),
    ("expired", {"claims": {"exp": _in(-120)}}),
    ("no expiry", {"claims": {"exp": None}}),
    ("an expiry that is no number", {"claims": {"exp": "soon"}}),
    ("not valid yet", {"claims": {"nbf": _in(600)}}),
    ("issued in the future", {"claims": {"iat": _in(600)}}),
    ("no time of issue", {"claims": {"iat": None}}),
    ("no subject", {"claims": {"sub": None}}),
    ("an empty subject", {"claims": {"sub": ""}}),
    ("a subject that is a number", {"claims": {"sub": 7}}),
    ("a subject that is too long", {"claims": {"sub": "x" * 256}}),
    ("a subject with a NUL", {"claims": {"sub": "a\x00b"}}),
    ("alg none", {"signing": "none"}),
    ("HS256 with the public key", {"signing": "hs256"}),
    ("a key that is not in the set", {"signing": "stranger"}),
    ("a strange key under a known name", {"signing": "forged"}),
]


@pytest.mark.parametrize(("name", "behaviour"), HOSTILE, ids=[name for name, _ in HOSTILE])
async def test_a_hostile_id_token_is_refused_and_nothing_changes(
    browser: Browser, resources: Resources, realm: Realm, name: str, behaviour: dict[str, Any]
) -> None:
    before = await counts_of(resources)
    realm.behave(**json.loads(json.dumps(behaviour).replace("ISSUER", realm.issuer)))
    refused(await browser.sign_on(), 401, "SIGN_ON_REFUSED")
    assert await counts_of(resources) == before


@pytest.mark.parametrize("part", ["discovery", "jwks", "token"])
@pytest.mark.parametrize("manner", ["error", "garbage", "list", "slow"])
async def test_a_provider_out_of_order_is_named_as_such(
    browser: Browser, resources: Resources, realm: Realm, part: str, manner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuers, "TOTAL_SECONDS", 0.4)
    before = await counts_of(resources)
    realm.behave(**{part: manner})
    answer = await (browser.leave() if part == "discovery" else browser.sign_on())
    refused(answer, 503, "PROVIDER_UNAVAILABLE")
    assert "Retry-After" in answer.headers
    assert await counts_of(resources) == before


@pytest.mark.parametrize(
    "metadata",
    [{"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/token"}, {"jwks_uri": None},
     {"authorization_endpoint": "javascript:alert(1)"}],
)  # fmt: skip
async def test_a_discovery_document_that_leads_astray_is_not_followed(
    browser: Browser, realm: Realm, metadata: dict[str, Any]
) -> None:
    realm.behave(metadata=metadata)
    refused(await browser.leave(), 503, "PROVIDER_UNAVAILABLE")


async def test_a_provider_that_is_not_there_is_a_503(browser: Browser) -> None:
    refused(await browser.leave("nobody"), 404, "NOT_FOUND")


@pytest.mark.parametrize(("said", "told"), [("access_denied", "access_denied"), ("<script>", "server_error")])
async def test_a_refusal_of_the_provider_is_told_to_the_client(
    browser: Browser, resources: Resources, realm: Realm, said: str, told: str
) -> None:
    before = await counts_of(resources)
    realm.behave(refusal=said)
    answer = await browser.sign_on(return_to="/login")
    assert (answer.status_code, answer.headers["location"]) == (
        302, f"https://app.studyhall.test/login?sign_on_error={told}",
    )  # fmt: skip
    assert await counts_of(resources) == before


# Our one-time code


async def test_a_code_works_once(browser: Browser, resources: Resources) -> None:
    left = await browser.leave()
    cookie = left.headers["set-cookie"].partition(";")[0]
    came_back = await browser.app.get(await browser.at_provider(left))
    answer = await browser.exchange(came_back)
    assert answer.status_code == 200
    assert "max-age=0" in answer.headers["set-cookie"].lower(), "the cookie is taken back"
    before = await counts_of(resources)
    body = {"code": code_of(came_back)}
    again = await browser.app.post("/api/v1/auth/oidc/exchange", json=body, headers={"Cookie": cookie})
    refused(again, 401, "SIGN_ON_CODE_INVALID")
    assert await counts_of(resources) == before


async def test_a_code_lives_a_minute(browser: Browser) -> None:
    came_back = await browser.sign_on()
    with clock.frozen_at(clock.now() + timedelta(seconds=61)):
        refused(await browser.exchange(came_back), 401, "SIGN_ON_CODE_INVALID")


@pytest.mark.parametrize("code", ["x" * 43, "ü" * 43])
async def test_a_made_up_code_is_refused(browser: Browser, code: str) -> None:
    answer = await browser.app.post("/api/v1/auth/oidc/exchange", json={"code": code})
    refused(answer, 401, "SIGN_ON_CODE_INVALID")


# Where it ends


@pytest.mark.parametrize(
    "return_to",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "https://app.studyhall.test@evil.example/", "https://app.studyhall.test.evil.example/", "http://app.studyhall.test/",
     "https:evil.example", "/a\nb", "evil.example", "", "/ /evil", "/" + "a" * 399 + "b", "https://[evil"],
)  # fmt: skip
async def test_nobody_is_sent_to_a_stranger(browser: Browser, return_to: str) -> None:
    answer = await browser.leave(return_to=return_to)
    assert answer.status_code == 422, answer.headers
    assert "return_to" in answer.json()["errors"]


@pytest.mark.parametrize(
    ("return_to", "start"),
    [("/", "https://app.studyhall.test/?sign_on_code="), ("/a?b=c#d", "https://app.studyhall.test/a?b=c&sign_on_code="),
     ("https://app.studyhall.test/x", "https://app.studyhall.test/x?sign_on_code="),
     ("https://studyhall.test", "https://studyhall.test/?sign_on_code="), ("/@evil.example", "https://app.studyhall.test/")],
)  # fmt: skip
async def test_the_browser_ends_where_the_client_asked(browser: Browser, return_to: str, start: str) -> None:
    answer = await browser.sign_on(return_to=return_to)
    location = answer.headers["location"].replace("studyhall.test?", "studyhall.test/?")
    assert location.startswith(start), answer.headers


async def test_nothing_usable_is_stored(browser: Browser, resources: Resources) -> None:
    left = await browser.leave()
    sent = {name: values[0] for name, values in parse_qs(urlsplit(left.headers["location"]).query).items()}
    code = code_of(await browser.app.get(await browser.at_provider(left)))
    async with resources.database.straight() as straight:
        row = str(dict(await straight.row("SELECT * FROM sign_ons") or {}))
    assert not any(secret in row for secret in (sent["state"], sent["nonce"], code))

"""Opening an account, signing in, staying signed in, leaving."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from studyhall.domains.identity.service import tokens
from studyhall.platform import clock
from studyhall.platform.resources import Resources

PASSWORD = "Correct-Horse-7"
ADA = {"name": "Ada Lovelace", "email": "ada@example.org", "password": PASSWORD}


async def _register(client: httpx2.AsyncClient, **changed: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/auth/register", json={**ADA, **changed})
    assert answer.status_code == 201, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def _bearer(data: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {data['tokens']['access_token']}"}


async def _log_in(client: httpx2.AsyncClient, password: str = PASSWORD, **more: Any) -> httpx2.Response:
    return await client.post("/api/v1/auth/login", json={"email": ADA["email"], "password": password, **more})


async def test_a_new_account_is_signed_in_and_known(client: httpx2.AsyncClient) -> None:
    data = await _register(client)
    user = data["user"]
    assert (user["name"], user["first_name"], user["last_name"]) == ("Ada Lovelace", "Ada", "Lovelace")
    assert (user["email_verified"], user["onboarding_completed"], user["username"]) == (False, False, "ada")
    me = await client.get("/api/v1/auth/me", headers=_bearer(data))
    assert me.status_code == 200, me.text
    known = me.json()["data"]["user"]
    assert (known["roles"], known["permissions"]) == (["Student"], [])
    assert known["preferences"]["morning_email_time"] == "07:00:00"


async def test_the_name_may_come_in_parts_and_in_camel_case(client: httpx2.AsyncClient) -> None:
    body = {
        "username": "johndoe",
        "email": "j@example.org",
        "password": PASSWORD,
        "firstName": "John",
        "lastName": "Doe",
    }
    answer = await client.post("/api/auth/register", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["data"]["user"]["name"] == "John Doe"


async def test_the_same_address_in_other_case_is_refused(client: httpx2.AsyncClient) -> None:
    await _register(client)
    again = await client.post("/api/v1/auth/signup", json={**ADA, "email": "ADA@Example.org"})
    assert (again.status_code, again.json()["error_code"]) == (409, "EMAIL_TAKEN")
    assert "email" in again.json()["errors"]


async def test_two_first_requests_at_once_make_one_account(committed: Any) -> None:
    from studyhall.entrypoints import http

    app = http.build(committed.resources.settings, committed.resources)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://studyhall.test") as client:
        answers = await asyncio.gather(*(client.post("/api/v1/auth/register", json=ADA) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


@pytest.mark.parametrize(
    ("password", "word"),
    [("Short-7", "at least 8"), ("nocapital7", "upper-case"), ("NOLOWER77", "lower-case"), ("NoDigitsHere", "digit"),
     ("Aa1" + "ü" * 35, "72 bytes")],
)  # fmt: skip
async def test_a_weak_password_says_what_it_lacks(client: httpx2.AsyncClient, password: str, word: str) -> None:
    answer = await client.post("/api/v1/auth/register", json={**ADA, "password": password})
    assert answer.status_code == 422
    assert word in " ".join(answer.json()["errors"]["password"])


async def test_a_confirmation_that_differs_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/v1/auth/register", json={**ADA, "password_confirmation": PASSWORD + "x"})
    assert answer.status_code == 422


async def test_signing_in_answers_tokens_and_another_session(client: httpx2.AsyncClient) -> None:
    first = await _register(client)
    answer = await _log_in(client)
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert data["two_factor_required"] is False
    assert data["session"]["id"] != first["session"]["id"]
    assert data["tokens"]["expires_in"] == 1800


async def test_the_docs_page_can_sign_in_with_its_form(client: httpx2.AsyncClient) -> None:
    await _register(client)
    form = {"username": ADA["email"], "password": PASSWORD, "grant_type": "password"}
    answer = await client.post("/api/v1/auth/token", data=form)
    assert answer.status_code == 200, answer.text
    assert answer.json()["token_type"] == "bearer"


async def test_unknown_and_wrong_are_told_alike(client: httpx2.AsyncClient) -> None:
    await _register(client)
    wrong = await _log_in(client, "Wrong-Horse-7")
    unknown = await client.post("/api/v1/auth/login", json={"email": "nobody@example.org", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["message"] == unknown.json()["message"]


async def test_five_failures_lock_the_pair_and_tell_the_owner_only(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    data = await _register(client)
    codes = [(await _log_in(client, "Wrong-Horse-7")).status_code for _ in range(5)]
    assert codes == [401] * 5
    locked = await _log_in(client)
    assert (locked.status_code, locked.json()["error_code"]) == (429, "LOGIN_LOCKED")
    assert 0 < int(locked.headers["Retry-After"]) <= 900
    for _ in range(5):
        await client.post("/api/v1/auth/login", json={"email": "nobody@example.org", "password": "Wrong-Horse-7"})
    nobody = await client.post("/api/v1/auth/login", json={"email": "nobody@example.org", "password": PASSWORD})
    assert nobody.json()["message"] == locked.json()["message"]
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        rows = await straight.rows("SELECT event FROM activity_logs WHERE user_id = $1", data["user"]["id"])
    events = [row["event"] for row in rows]
    assert events.count("auth.login_failed") == 5
    assert events.count("auth.locked") == 1


async def test_the_lock_ends_and_a_success_forgets_the_failures(client: httpx2.AsyncClient) -> None:
    await _register(client)
    for _ in range(5):
        await _log_in(client, "Wrong-Horse-7")
    with clock.frozen_at(clock.now() + timedelta(minutes=15, seconds=1)):
        assert (await _log_in(client)).status_code == 200
        for _ in range(4):
            assert (await _log_in(client, "Wrong-Horse-7")).status_code == 401
        assert (await _log_in(client)).status_code == 200
        assert (await _log_in(client, "Wrong-Horse-7")).status_code == 401
        assert (await _log_in(client)).status_code == 200


async def test_failures_at_once_are_all_counted(committed: Any) -> None:
    someone = await committed.person()
    body = {"email": someone.email, "password": "Wrong-Horse-7"}
    await asyncio.gather(*(someone.client.post("/api/v1/auth/login", json=body) for _ in range(8)))
    locked = await someone.client.post("/api/v1/auth/login", json={**body, "password": PASSWORD})
    assert locked.status_code == 429


async def test_a_refresh_token_works_once_and_its_reuse_ends_the_session(client: httpx2.AsyncClient) -> None:
    data = await _register(client)
    old = data["tokens"]["refresh_token"]
    first = await client.post("/api/v1/auth/refresh", json={"refresh_token": old})
    assert first.status_code == 200, first.text
    new = first.json()["data"]["tokens"]["refresh_token"]
    again = await client.post("/api/v1/auth/refresh", json={"refresh_token": old})
    assert again.json()["data"]["tokens"]["refresh_token"] == new, "two tabs get the same successor"
    with clock.frozen_at(clock.now() + timedelta(seconds=31)):
        reused = await client.post("/api/v1/auth/refresh", json={"refresh_token": old})
        assert (reused.status_code, reused.json()["error_code"]) == (401, "REFRESH_REUSED")
        ended = await client.post("/api/v1/auth/refresh", json={"refresh_token": new})
        assert ended.status_code == 401
        me = await client.get("/api/v1/auth/me", headers=_bearer(first.json()["data"]))
        assert (me.status_code, me.json()["error_code"]) == (401, "SESSION_ENDED")


async def test_two_refreshes_at_once_get_the_same_successor(committed: Any) -> None:
    someone = await committed.person()
    body = {"refresh_token": someone.tokens["refresh_token"]}
    answers = await asyncio.gather(*(someone.client.post("/api/v1/auth/refresh", json=body) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["data"]["tokens"]["refresh_token"] for answer in answers}) == 1


@pytest.mark.parametrize(
    "text", ["nonsense-nonsense", "a.b.c-ddddddddd", "AAAAAAAAAAAAAAAAAAAAAA.0.xxxxxxxxxx", "....." * 5]
)
async def test_a_made_up_refresh_token_is_refused(client: httpx2.AsyncClient, text: str) -> None:
    answer = await client.post("/api/v1/auth/refresh", json={"refresh_token": text})
    assert (answer.status_code, answer.json()["error_code"]) == (401, "REFRESH_INVALID")


async def test_a_forged_refresh_token_does_not_end_the_session(client: httpx2.AsyncClient) -> None:
    data = await _register(client)
    name, _, mac = data["tokens"]["refresh_token"].split(".")
    forged = await client.post("/api/v1/auth/refresh", json={"refresh_token": f"{name}.7.{mac}"})
    assert forged.json()["error_code"] == "REFRESH_INVALID"
    fine = await client.post("/api/v1/auth/refresh", json={"refresh_token": data["tokens"]["refresh_token"]})
    assert fine.status_code == 200


async def test_without_remember_the_session_is_short(client: httpx2.AsyncClient) -> None:
    await _register(client)
    data = (await _log_in(client, remember=False)).json()["data"]
    with clock.frozen_at(clock.now() + timedelta(days=1, seconds=1)):
        answer = await client.post("/api/v1/auth/refresh", json={"refresh_token": data["tokens"]["refresh_token"]})
    assert answer.status_code == 401


async def test_logging_out_ends_the_access_token_at_once(client: httpx2.AsyncClient) -> None:
    data = await _register(client)
    assert (await client.post("/api/v1/auth/logout", headers=_bearer(data))).status_code == 200
    me = await client.get("/api/v1/auth/me", headers=_bearer(data))
    assert (me.status_code, me.json()["error_code"]) == (401, "SESSION_ENDED")


async def test_an_access_token_expires(client: httpx2.AsyncClient) -> None:
    data = await _register(client)
    with clock.frozen_at(clock.now() + timedelta(minutes=31)):
        me = await client.get("/api/v1/auth/me", headers=_bearer(data))
    assert (me.status_code, me.json()["error_code"]) == (401, "TOKEN_EXPIRED")


async def test_forged_tokens_are_refused(client: httpx2.AsyncClient, resources: Resources) -> None:
    from studyhall.platform.crypto import Keys

    data = await _register(client)
    good = data["tokens"]["access_token"]
    claims = tokens.read_access(resources.keys, good)
    stranger = Keys("another secret that nobody here has ever seen")
    foreign = tokens.issue_access(stranger, claims.user_id, claims.session_id, timedelta(minutes=5))
    head, body, signature = good.split(".")
    none = "eyJhbGciOiJub25lIn0." + body + "."
    swapped = f"{head}.{body}.{signature[::-1]}"
    for token in (foreign, none, swapped, "x", good + "x", f"{head}.{body}"):
        answer = await client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["error_code"]) == (401, "TOKEN_INVALID"), token
    for header in ("Basic YTpi", "Bearer", f"Token {good}"):
        assert (await client.get("/api/v1/auth/me", headers={"Authorization": header})).status_code == 401
    assert (await client.get("/api/v1/auth/me")).headers["WWW-Authenticate"] == "Bearer"


async def test_a_switched_off_account_may_do_nothing(client: httpx2.AsyncClient, resources: Resources) -> None:
    data = await _register(client)
    async with resources.unit_of_work() as uow:
        await (await uow.straight()).value("UPDATE users SET is_active = false")
    assert (await client.get("/api/v1/auth/me", headers=_bearer(data))).status_code == 401
    refused = await _log_in(client)
    assert (refused.status_code, refused.json()["error_code"]) == (403, "ACCOUNT_DISABLED")


async def test_a_password_changed_while_it_was_checked_opens_no_session(
    client: httpx2.AsyncClient, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studyhall.domains.identity.service import passwords

    await _register(client)

    async def verify_and_change(*arguments: Any) -> bool:
        async with resources.unit_of_work() as uow:
            await (await uow.straight()).value("UPDATE users SET password_hash = 'another'")
        return True

    monkeypatch.setattr(passwords, "verify", verify_and_change)
    assert (await _log_in(client)).status_code == 401

"""Closing an account, coming back, and the end, through HTTP and the real jobs."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pyotp
import pytest
from sqlalchemy import text

from studyhall.domains.account import jobs
from studyhall.domains.account.ports import Keepers
from studyhall.entrypoints import wiring
from studyhall.platform import clock
from studyhall.platform.errors import Unauthorized
from studyhall.platform.jobs import JobRun, drain
from studyhall.platform.privacy import Keeper
from studyhall.platform.resources import Resources
from tests.conftest import Committed, MakePerson, Person, RunJobs

API = "/api/v1"
GRACE = timedelta(days=30)
GROUP = {"name": "Graphs", "visibility": "public"}


async def delete(person: Person, **body: Any) -> httpx2.Response:
    asked = {"password": person.password, "confirmation": "DELETE", **body}
    return await person.client.request("DELETE", f"{API}/settings/account", json=asked)


async def closed(person: Person) -> None:
    answer = await delete(person)
    assert answer.status_code == 200, answer.text


async def log_in(client: httpx2.AsyncClient, person: Person, at: str = "/auth/login") -> httpx2.Response:
    return await client.post(f"{API}{at}", json={"email": person.email, "password": person.password})


async def token_of(client: httpx2.AsyncClient, person: Person) -> str:
    answer = await log_in(client, person)
    refused(answer, 403, "ACCOUNT_CLOSING")
    return str(answer.json()["data"]["restore_token"])


async def restore(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.post(f"{API}/settings/account/restore", json={"restore_token": token})


def refused(answer: httpx2.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["error_code"]) == (status, code), answer.text


async def value(resources: Resources, sql: str, **values: Any) -> Any:
    async with resources.unit_of_work() as uow:
        return await uow.session.scalar(text(sql), values)


def a_run(resources: Resources) -> JobRun:
    return JobRun(1, "test", 1, 3, resources)


async def tick(resources: Resources) -> None:
    await jobs.erase_due.job.handler(a_run(resources))
    await drain(resources, wiring.JOBS)


async def test_it_says_when_it_ends_and_everything_is_shut_at_once(
    person: MakePerson, client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await person()
    made = await ada.client.post(f"{API}/auth/tokens", json={"name": "script", "abilities": ["*"]})
    script = {"Authorization": f"Bearer {made.json()['data']['plain_text_token']}"}
    feed = (await ada.client.post(f"{API}/settings/calendar-feed")).json()["data"]["address"]
    path = feed.removeprefix("https://studyhall.test")
    assert (await client.get(path)).status_code == 200
    with clock.frozen_at(clock.now()):
        answer = await delete(ada)
        data = answer.json()["data"]
        assert data["deletes_at"][:16] == (clock.now() + GRACE).isoformat()[:16]
    assert answer.json()["message"] == "Account deletion scheduled. Your data will be permanently deleted in 30 days."
    refused(await ada.client.get(f"{API}/auth/me"), 401, "SESSION_ENDED")
    refused(await client.get(f"{API}/auth/me", headers=script), 401, "TOKEN_INVALID")
    refresh = {"refresh_token": ada.tokens["refresh_token"]}
    refused(await client.post(f"{API}/auth/refresh", json=refresh), 401, "REFRESH_INVALID")
    assert (await client.get(path)).status_code == 404
    refused(await delete(ada), 401, "SESSION_ENDED")
    with pytest.raises(Unauthorized):
        await resources.authenticator(resources, ada.tokens["access_token"])
    events = "SELECT count(*) FROM activity_logs WHERE event = 'settings.account_closed' AND user_id = :id"
    assert await value(resources, events, id=ada.id) == 1


async def test_nobody_sees_him_any_more(person: MakePerson) -> None:
    ada, bob = await person(), await person()
    await bob.client.post(f"{API}/blocks", json={"user_id": str(ada.id)})
    await closed(ada)
    for path in (f"/users/{ada.id}", f"/streaks/{ada.id}"):
        assert (await bob.client.get(f"{API}{path}")).status_code == 404
    assert (await bob.client.get(f"{API}/blocks")).json()["data"]["blocks"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"password": "Wrong-Horse-1"}, 422, "PASSWORD_WRONG"),
        ({"password": None}, 422, "VALIDATION_ERROR"),
        ({"confirmation": "delete"}, 422, "VALIDATION_ERROR"),
        ({"confirmation": None}, 422, "VALIDATION_ERROR"),
        ({"password": "x" * 2000}, 422, "VALIDATION_ERROR"),
        ({"reason": "no"}, 422, "VALIDATION_ERROR"),
    ],
)
async def test_only_who_means_it_and_knows_the_password(
    person: MakePerson, body: dict[str, Any], status: int, code: str
) -> None:
    ada = await person()
    refused(await delete(ada, **body), status, code)
    assert (await ada.client.get(f"{API}/auth/me")).status_code == 200


async def test_a_personal_token_cannot_close_the_account(person: MakePerson, client: httpx2.AsyncClient) -> None:
    ada = await person()
    made = await ada.client.post(f"{API}/auth/tokens", json={"name": "script", "abilities": ["*"]})
    client.headers["Authorization"] = f"Bearer {made.json()['data']['plain_text_token']}"
    body = {"password": ada.password, "confirmation": "DELETE"}
    refused(await client.request("DELETE", f"{API}/settings/account", json=body), 403, "FORBIDDEN")


async def test_without_a_password_a_fresh_sign_in_is_asked(person: MakePerson, resources: Resources) -> None:
    ada = await person()
    async with resources.unit_of_work() as uow:
        await uow.session.execute(text("UPDATE users SET password_hash = NULL WHERE id = :id"), {"id": ada.id})
    with clock.frozen_at(clock.now() + timedelta(minutes=16)):
        fresh_token = await resources.authenticator(resources, ada.tokens["access_token"])
        assert fresh_token.user_id == ada.id
        refused(await delete(ada, password=None), 403, "FRESH_SIGN_IN_NEEDED")
    assert (await delete(ada, password=None)).status_code == 200


async def test_the_last_administrator_cannot_leave(person: MakePerson) -> None:
    root = await person("Super Admin")
    refused(await delete(root), 409, "LAST_ADMINISTRATOR")
    other = await person("Super Admin")
    await closed(other)
    refused(await delete(root), 409, "LAST_ADMINISTRATOR")
    await person("Super Admin")
    await closed(root)


async def test_a_group_passes_on_and_an_empty_one_comes_back_with_him(
    person: MakePerson, client: httpx2.AsyncClient
) -> None:
    ada, bob = await person(), await person()
    shared, own = [(await ada.client.post(f"{API}/groups", json=GROUP)).json()["data"]["group"] for _ in range(2)]
    joined = await bob.client.post(f"{API}/groups/{shared['id']}/join")
    assert joined.status_code in (200, 201), joined.text
    await closed(ada)
    renamed = await bob.client.patch(f"{API}/groups/{shared['id']}", json={"name": "Ours"})
    assert renamed.status_code == 200, renamed.text
    assert (await bob.client.get(f"{API}/groups/{own['id']}")).status_code == 404
    assert (await restore(client, await token_of(client, ada))).status_code == 200
    tokens = (await log_in(client, ada)).json()["data"]["tokens"]
    ada.client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    assert (await ada.client.get(f"{API}/groups/{own['id']}")).status_code == 200


async def test_he_comes_back_with_the_token_of_a_sign_in(
    person: MakePerson, client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada, bob = await person(), await person()
    course = await ada.client.post(f"{API}/courses", json={"name": "OS", "code": "OS", "credits": 3, "semester": "S1"})
    await closed(ada)
    assert (await restore(client, await token_of(client, ada))).status_code == 200
    signed_in = await log_in(client, ada)
    assert signed_in.status_code == 200
    bearer = {"Authorization": f"Bearer {signed_in.json()['data']['tokens']['access_token']}"}
    seen = await client.get(f"{API}/courses/{course.json()['data']['course']['id']}", headers=bearer)
    assert seen.status_code == 200
    assert (await bob.client.get(f"{API}/users/{ada.id}")).status_code == 200
    refused(await ada.client.get(f"{API}/auth/me"), 401, "SESSION_ENDED")
    with clock.frozen_at(clock.now() + GRACE + timedelta(days=1)):
        await tick(resources)
    assert await value(resources, "SELECT count(*) FROM users WHERE id = :id", id=ada.id) == 1


async def test_the_mail_carries_the_way_back(
    person: MakePerson, client: httpx2.AsyncClient, resources: Resources, run_jobs: RunJobs
) -> None:
    ada = await person()
    await run_jobs()
    resources.mail.sent.clear()  # type: ignore[attr-defined]  # tests record
    await closed(ada)
    await run_jobs()
    (mail,) = resources.mail.sent  # type: ignore[attr-defined]
    assert mail.to == ada.email
    token = mail.text.split("/restore-account?token=")[1].split()[0]
    with clock.frozen_at(clock.now() + timedelta(days=29)):
        assert (await restore(client, token)).status_code == 200


async def test_a_token_works_once_and_for_its_own_closing(person: MakePerson, client: httpx2.AsyncClient) -> None:
    ada = await person()
    await closed(ada)
    first = await token_of(client, ada)
    assert (await restore(client, first)).status_code == 200
    refused(await restore(client, first), 409, "ACCOUNT_OPEN")
    ada.client.headers["Authorization"] = (
        f"Bearer {(await log_in(client, ada)).json()['data']['tokens']['access_token']}"
    )
    await closed(ada)
    refused(await restore(client, first), 422, "RESTORE_INVALID")
    assert (await restore(client, await token_of(client, ada))).status_code == 200


async def test_tokens_that_are_none(person: MakePerson, client: httpx2.AsyncClient) -> None:
    ada = await person()
    await closed(ada)
    token = await token_of(client, ada)
    for other in ("x" * 40, token[:-2] + "AA", f"{token}.x", ada.tokens["access_token"][:400]):
        refused(await restore(client, other), 422, "RESTORE_INVALID")
    refused(await restore(client, "short"), 422, "VALIDATION_ERROR")
    with clock.frozen_at(clock.now() + timedelta(hours=2)):
        refused(await restore(client, token), 410, "RESTORE_EXPIRED")


async def test_after_the_last_day_it_is_too_late(
    person: MakePerson, client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await person()
    await closed(ada)
    almost = clock.now() + GRACE - timedelta(minutes=1)
    with clock.frozen_at(almost):
        token = await token_of(client, ada)
        await tick(resources)
    with clock.frozen_at(almost + timedelta(minutes=2)):
        refused(await restore(client, token), 410, "RESTORE_EXPIRED")
        await tick(resources)
        refused(await log_in(client, ada), 401, "LOGIN_FAILED")
        refused(await restore(client, token), 410, "RESTORE_EXPIRED")
    assert await value(resources, "SELECT count(*) FROM users WHERE id = :id", id=ada.id) == 0
    assert await value(resources, "SELECT count(*) FROM activity_logs WHERE event = 'account.erased'") == 1


async def test_a_wrong_password_learns_nothing(person: MakePerson, client: httpx2.AsyncClient) -> None:
    ada = await person()
    await closed(ada)
    wrong = await client.post(f"{API}/auth/login", json={"email": ada.email, "password": "Wrong-Horse-1"})
    refused(wrong, 401, "LOGIN_FAILED")
    assert "data" not in wrong.json()


async def test_the_second_factor_comes_before_the_restore_token(person: MakePerson, client: httpx2.AsyncClient) -> None:
    ada = await person()
    secret = (await ada.client.post(f"{API}/auth/two-factor/setup")).json()["data"]["secret"]
    now = clock.now()
    code = pyotp.TOTP(secret).generate_otp(int(now.timestamp()) // 30)
    assert (await ada.client.post(f"{API}/auth/two-factor/enable", json={"code": code})).status_code == 200
    await closed(ada)
    with clock.frozen_at(now + timedelta(minutes=2)):
        challenged = await log_in(client, ada)
        assert challenged.json()["data"]["two_factor_required"]
        code = pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // 30)
        body = {"challenge_id": challenged.json()["data"]["challenge"]["id"], "code": code}
        answer = await client.post(f"{API}/auth/two-factor/verify", json=body)
        refused(answer, 403, "ACCOUNT_CLOSING")
        assert (await restore(client, answer.json()["data"]["restore_token"])).status_code == 200


async def test_its_address_and_name_stay_its_own(person: MakePerson, client: httpx2.AsyncClient) -> None:
    ada = await person(username="ada_l")
    await closed(ada)
    again = {"email": ada.email.upper(), "password": ada.password, "name": "Somebody"}
    refused(await client.post(f"{API}/auth/register", json=again), 409, "EMAIL_TAKEN")
    other = {"email": "other@example.org", "password": ada.password, "name": "Other", "username": "ADA_L"}
    refused(await client.post(f"{API}/auth/register", json=other), 409, "USERNAME_TAKEN")


async def test_a_reset_link_of_before_opens_nothing(person: MakePerson, client: httpx2.AsyncClient) -> None:
    ada = await person()
    await closed(ada)
    answer = await client.post(f"{API}/auth/forgot-password", json={"email": ada.email})
    assert answer.status_code == 200


async def test_an_erasure_that_was_killed_goes_on(
    person: MakePerson, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await person()
    await ada.client.post(f"{API}/users/me/tags", json={"tag_name": "Chess"})
    await closed(ada)
    keepers = wiring.PORTS[Keepers]()
    for dying in range(0, len(keepers), 4):
        done: list[str] = []
        monkeypatch.setitem(resources.ports, Keepers, lambda at=dying, seen=done: _dying(keepers, at, seen))
        with clock.frozen_at(clock.now() + GRACE), pytest.raises(RuntimeError):
            await jobs.erase.handler(a_run(resources), user_id=ada.id)
        assert len(done) == dying
        assert await value(resources, "SELECT count(*) FROM users WHERE id = :id", id=ada.id) == 1
    monkeypatch.setitem(resources.ports, Keepers, lambda: keepers)
    with clock.frozen_at(clock.now() + GRACE):
        await tick(resources)
    assert await value(resources, "SELECT count(*) FROM users WHERE id = :id", id=ada.id) == 0


def _dying(keepers: Any, at: int, done: list[str]) -> list[Keeper]:
    def erase_of(keeper: Keeper, number: int) -> Any:
        async def erase(uow: Any, user_id: UUID) -> None:
            if number == at:
                raise RuntimeError("killed")
            await keeper.erase(uow, user_id)
            done.append(keeper.domain)

        return erase

    return [Keeper(one.domain, one.export, erase_of(one, number)) for number, one in enumerate(keepers)]


def test_the_account_goes_last_and_the_top_of_the_house_first() -> None:
    order = [keeper.domain for keeper in wiring.PORTS[Keepers]()]
    assert order[-1] == "identity"
    assert order.index("planning") < order.index("courses") < order.index("files")


async def test_two_at_once_close_it_once(committed: Committed) -> None:
    ada = await committed.person()
    answers = await asyncio.gather(*(delete(ada) for _ in range(4)))
    assert {one.status_code for one in answers} <= {200, 401} and any(one.status_code == 200 for one in answers)
    assert len({one.json()["data"]["deletes_at"] for one in answers if one.status_code == 200}) == 1
    events = "SELECT count(*) FROM activity_logs WHERE event = 'settings.account_closed'"
    assert await value(committed.resources, events) == 1


async def test_the_last_two_administrators_cannot_leave_together(committed: Committed) -> None:
    one, other = await committed.person("Super Admin"), await committed.person("Super Admin")
    answers = await asyncio.gather(delete(one), delete(other))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    left = "SELECT count(*) FROM users WHERE deleted_at IS NULL"
    assert await value(committed.resources, left) == 1


async def test_restoring_and_erasing_at_once_end_in_one_of_both(committed: Committed) -> None:
    ada = await committed.person()
    resources = committed.resources
    await closed(ada)
    from studyhall.entrypoints import http as http_app

    app = http_app.build(resources.settings, resources)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://studyhall.test") as client:
        token = await token_of(client, ada)
        due = "UPDATE users SET deletion_due_at = :due WHERE id = :id"
        async with resources.unit_of_work() as uow:
            await uow.session.execute(text(due), {"id": ada.id, "due": clock.now() + timedelta(milliseconds=30)})
        await asyncio.sleep(0.02)

        async def erase() -> None:
            for _ in range(20):
                await jobs.erase.handler(a_run(resources), user_id=ada.id)
                await asyncio.sleep(0.002)

        answer, _ = await asyncio.gather(restore(client, token), erase())
    rows = await value(resources, "SELECT count(*) FROM users WHERE id = :id AND deleted_at IS NULL", id=ada.id)
    preferences = await value(resources, "SELECT count(*) FROM user_preferences WHERE user_id = :id", id=ada.id)
    assert (answer.status_code, rows, preferences) in ((200, 1, 1), (410, 0, 0))


async def test_costs_few_statements(committed: Committed) -> None:
    ada = await committed.person()
    await ada.client.post(f"{API}/settings/export-data")
    answer = await delete(ada)
    assert int(answer.headers["server-timing"].split('desc="')[1].split('"')[0]) <= 17

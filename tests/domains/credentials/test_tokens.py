"""Personal access tokens."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import text

from studyhall.platform import clock
from studyhall.platform.resources import Resources

PASSWORD = "Correct-Horse-7"
API = "/api/v1"


async def _log_in(client: httpx2.AsyncClient, email: str, password: str = PASSWORD, **device: str) -> dict[str, Any]:
    body = {"email": email, "password": password, "device_info": device}
    answer = await client.post(f"{API}/auth/login", json=body)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def _bearer(data: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {data['tokens']['access_token']}"}


async def _rows(resources: Resources, sql: str, **values: Any) -> list[Any]:
    async with resources.unit_of_work() as uow:
        return list((await uow.session.execute(text(sql), values)).all())


async def _token(client: httpx2.AsyncClient, **body: Any) -> tuple[dict[str, Any], dict[str, str]]:
    answer = await client.post(f"{API}/auth/tokens", json={"name": "script", **body})
    assert answer.status_code == 201, answer.text
    data = answer.json()["data"]
    return data["token"], {"Authorization": f"Bearer {data['plain_text_token']}"}


async def test_a_personal_token_may_what_its_abilities_say(person: Any, client: httpx2.AsyncClient) -> None:
    ada = await person()
    _, reads = await _token(ada.client)
    assert (await client.get(f"{API}/users/me", headers=reads)).status_code == 200
    refused = await client.patch(f"{API}/users/me", json={"city": "London"}, headers=reads)
    assert (refused.status_code, refused.json()["error_code"]) == (403, "FORBIDDEN")
    _, writes = await _token(ada.client, abilities=["read", "write", "read"])
    assert (await client.patch(f"{API}/users/me", json={"city": "London"}, headers=writes)).status_code == 200
    _, every = await _token(ada.client, abilities=["*"])
    for method, path in (("GET", "tokens"), ("DELETE", "sessions"), ("DELETE", f"tokens/{uuid4()}")):
        answer = await client.request(method, f"{API}/auth/{path}", headers=every)
        assert answer.status_code == 403, f"{method} {path}"
    body = {"current_password": PASSWORD, "new_password": "Another-Horse-8"}
    assert (await client.post(f"{API}/settings/change-password", json=body, headers=every)).status_code == 403


async def test_abilities_are_only_those_that_one_has(person: Any) -> None:
    ada, root = await person(), await person("Admin")
    wanted = {"name": "x", "abilities": ["read", "admin.users"]}
    refused = await ada.client.post(f"{API}/auth/tokens", json=wanted)
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["abilities"])
    assert (await root.client.post(f"{API}/auth/tokens", json=wanted)).status_code == 201
    for body in ({}, {"name": "x", "abilities": []}, {"name": "x", "abilities": ["delete"]}, {"name": " "},
                 {"name": "x", "expires_at": "2001-01-01T00:00:00Z"}, {"name": "x", "scopes": []}):  # fmt: skip
        assert (await ada.client.post(f"{API}/auth/tokens", json=body)).status_code == 422, body


async def test_a_token_expires_and_is_revoked(person: Any, client: httpx2.AsyncClient) -> None:
    ada, eve = await person(timezone="Europe/Berlin"), await person()
    soon = clock.now().replace(microsecond=0) + timedelta(hours=1)
    in_berlin = soon.astimezone(clock.zone("Europe/Berlin")).replace(tzinfo=None)
    made, bearer = await _token(ada.client, expires_at=in_berlin.isoformat())
    assert made["expires_at"] == soon.isoformat().replace("+00:00", "Z")
    with clock.frozen_at(clock.now() + timedelta(hours=1, seconds=1)):
        assert (await client.get(f"{API}/users/me", headers=bearer)).status_code == 401
    lasting, bearer = await _token(ada.client)
    path = f"{API}/auth/tokens/{lasting['id']}"
    assert (await eve.client.delete(path)).status_code == 404
    assert (await client.get(f"{API}/users/me", headers=bearer)).status_code == 200
    listed = (await ada.client.get(f"{API}/auth/tokens")).json()["data"]
    assert [one["id"] for one in listed["tokens"]] == [lasting["id"], made["id"]]
    assert "shp_" not in str(listed)
    assert (await ada.client.delete(path)).status_code == 200
    assert (await client.get(f"{API}/users/me", headers=bearer)).status_code == 401
    assert (await ada.client.delete(path)).status_code == 404


async def test_a_token_is_kept_as_its_hash_only(person: Any, resources: Resources) -> None:
    ada = await person()
    _, bearer = await _token(ada.client)
    token = bearer["Authorization"].removeprefix("Bearer ")
    assert token.startswith("shp_")
    for table in ("personal_access_tokens", "activity_logs"):
        assert token not in str(await _rows(resources, f"SELECT t::text FROM {table} t"))


async def test_there_is_a_bound_to_tokens(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from studyhall.domains.credentials.service import personal_tokens

    monkeypatch.setattr(personal_tokens, "MOST_TOKENS", 2)
    ada = await person()
    first, _ = await _token(ada.client)
    await _token(ada.client)
    full = await ada.client.post(f"{API}/auth/tokens", json={"name": "third"})
    assert (full.status_code, full.json()["error_code"]) == (409, "TOO_MANY_TOKENS")
    await ada.client.delete(f"{API}/auth/tokens/{first['id']}")
    await _token(ada.client)

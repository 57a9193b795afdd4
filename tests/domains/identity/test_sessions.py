"""Signed-in devices, personal access tokens, changing the password."""

from typing import Any

import httpx2
from sqlalchemy import text

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


async def test_sessions_and_devices_are_listed(person: Any, client: httpx2.AsyncClient) -> None:
    ada = await person()
    phone = await _log_in(client, ada.email, type="mobile", os="Android", browser="Firefox")
    data = (await ada.client.get(f"{API}/auth/sessions")).json()["data"]
    assert data["pagination"]["total"] == 2
    assert [one["is_current"] for one in data["sessions"]] == [False, True]
    assert data["sessions"][0]["id"] == phone["session"]["id"]
    assert data["sessions"][0]["device"] == {"type": "mobile", "os": "Android", "browser": "Firefox"}
    assert not {"salt", "generation", "refresh_token"} & set(data["sessions"][0])
    devices = (await ada.client.get(f"{API}/auth/devices", params={"per_page": 1})).json()["data"]
    assert (devices["devices"][0]["os"], devices["pagination"]["total"]) == ("Android", 2)


async def test_one_device_is_signed_out_at_once(person: Any, client: httpx2.AsyncClient) -> None:
    ada, eve = await person(), await person()
    phone = await _log_in(client, ada.email)
    path = f"{API}/auth/sessions/{phone['session']['id']}"
    assert (await eve.client.delete(path)).status_code == 404, "a stranger's id"
    assert (await client.get(f"{API}/auth/me", headers=_bearer(phone))).status_code == 200
    assert (await ada.client.delete(path)).status_code == 200
    assert (await client.get(f"{API}/auth/me", headers=_bearer(phone))).status_code == 401
    refreshed = await client.post(f"{API}/auth/refresh", json={"refresh_token": phone["tokens"]["refresh_token"]})
    assert refreshed.status_code == 401
    assert (await ada.client.delete(path)).status_code == 404, "it has ended"
    assert (await ada.client.delete(f"{API}/auth/sessions/nonsense")).status_code == 422


async def test_signing_out_everywhere_else_keeps_this_session(person: Any, client: httpx2.AsyncClient) -> None:
    ada, eve = await person(), await person()
    others = [await _log_in(client, ada.email) for _ in range(3)]
    answer = await ada.client.delete(f"{API}/auth/sessions")
    assert answer.json()["data"] == {"ended": 3}
    for other in others:
        assert (await client.get(f"{API}/auth/me", headers=_bearer(other))).status_code == 401
    assert (await ada.client.get(f"{API}/auth/me")).status_code == 200
    assert (await eve.client.get(f"{API}/auth/me")).status_code == 200

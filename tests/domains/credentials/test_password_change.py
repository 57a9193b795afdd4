"""Changing the password."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

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


async def _change(client: httpx2.AsyncClient, current: str, new: str, **more: str) -> httpx2.Response:
    body = {"current_password": current, "new_password": new, **more}
    return await client.post(f"{API}/settings/change-password", json=body)


async def test_a_new_password_ends_every_other_way_in(
    person: Any, client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await person()
    other = await _log_in(client, ada.email)
    await client.post(f"{API}/auth/forgot-password", json={"email": ada.email})
    answer = await _change(ada.client, PASSWORD, "Another-Horse-8", new_password_confirmation="Another-Horse-8")
    assert answer.json()["message"] == "Password changed successfully"
    assert (await client.get(f"{API}/auth/me", headers=_bearer(other))).status_code == 401
    assert (await ada.client.get(f"{API}/auth/me")).status_code == 200
    old = await client.post(f"{API}/auth/login", json={"email": ada.email, "password": PASSWORD})
    assert old.status_code == 401
    await _log_in(client, ada.email, "Another-Horse-8")
    open_links = "SELECT id FROM password_resets WHERE user_id = :id AND used_at IS NULL"
    assert await _rows(resources, open_links, id=ada.id) == []
    audit = str(await _rows(resources, "SELECT a::text FROM activity_logs a WHERE user_id = :id", id=ada.id))
    assert "auth.password_changed" in audit
    assert "Another-Horse-8" not in audit


async def test_the_last_five_passwords_are_refused(person: Any) -> None:
    ada = await person()
    used = [PASSWORD, *(f"Another-Horse-{number}" for number in range(1, 6))]
    for current, new in pairwise(used):
        assert (await _change(ada.client, current, new)).status_code == 200
    for former in used[1:]:
        refused = await _change(ada.client, used[-1], former)
        assert (refused.status_code, list(refused.json()["errors"])) == (422, ["new_password"])
    assert (await _change(ada.client, used[-1], PASSWORD)).status_code == 200, "the sixth is forgotten"


async def test_the_current_password_is_checked_and_guesses_are_counted(person: Any) -> None:
    ada = await person()
    for _ in range(10):
        wrong = await _change(ada.client, "Wrong-Horse-9", "Another-Horse-8")
        assert (wrong.status_code, wrong.json()["error_code"]) == (422, "PASSWORD_WRONG")
        assert list(wrong.json()["errors"]) == ["current_password"]
    assert (await _change(ada.client, PASSWORD, "Another-Horse-8")).json()["error_code"] == "GUESSES_LOCKED"
    with clock.frozen_at(clock.now() + timedelta(minutes=16)):
        assert (await _change(ada.client, PASSWORD, "Another-Horse-8")).status_code == 200


@pytest.mark.parametrize(
    ("new", "more", "field"),
    [("short", {}, "new_password"), ("Another-Horse-8", {"new_password_confirmation": "Other-Horse-8"}, "body")],
)
async def test_a_new_password_that_will_not_do(person: Any, new: str, more: dict[str, str], field: str) -> None:
    ada = await person()
    refused = await _change(ada.client, PASSWORD, new, **more)
    assert (refused.status_code, list(refused.json()["errors"])) == (422, [field])

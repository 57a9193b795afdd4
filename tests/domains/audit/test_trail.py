"""The own audit trail."""

from typing import Any

import httpx2

API = "/api/v1"


async def test_the_audit_trail_is_ones_own_and_paged(person: Any) -> None:
    ada, bob = await person(), await person()
    await ada.client.patch(f"{API}/users/me", json={"city": "London"})
    page = (await ada.client.get(f"{API}/settings/activity", params={"per_page": 2})).json()["data"]
    assert [one["event"] for one in page["activity"]] == ["users.profile_changed", "auth.login"]
    assert (page["pagination"]["total"], page["activity"][0]["is_own"]) == (3, True)
    assert "London" not in str(page)
    second = (await ada.client.get(f"{API}/settings/activity", params={"per_page": 2, "page": 2})).json()["data"]
    assert [one["event"] for one in second["activity"]] == ["auth.registered"]
    assert (await bob.client.get(f"{API}/settings/activity")).json()["data"]["pagination"]["total"] == 2


async def test_a_refused_right_is_in_the_trail(person: Any, client: httpx2.AsyncClient) -> None:
    ada = await person()
    made = await ada.client.post(f"{API}/auth/tokens", json={"name": "reader"})
    bearer = {"Authorization": f"Bearer {made.json()['data']['plain_text_token']}"}
    assert (await client.patch(f"{API}/users/me", json={"city": "x"}, headers=bearer)).status_code == 403
    newest = (await ada.client.get(f"{API}/settings/activity")).json()["data"]["activity"][0]
    assert newest["event"] == "access.refused"

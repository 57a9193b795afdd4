"""Opening an account, signing in, staying signed in, leaving."""

import httpx2

PASSWORD = "Correct-Horse-7"


async def test_a_new_account_is_signed_in_and_known(client: httpx2.AsyncClient) -> None:
    answer = await client.post(
        "/api/v1/auth/register", json={"name": "Ada Lovelace", "email": "ada@example.org", "password": PASSWORD}
    )
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["success"] is True
    user = body["data"]["user"]
    assert (user["name"], user["first_name"], user["last_name"]) == ("Ada Lovelace", "Ada", "Lovelace")
    token = body["data"]["tokens"]["access_token"]
    me = await client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert me.status_code == 200, me.text
    assert me.json()["data"]["user"]["roles"] == ["Student"]

"""People and groups, made through HTTP, for the tests of this folder."""

from typing import Any

API = "/api/v1"


async def ask(person: Any, method: str, path: str, status: int | None = None, **more: Any) -> dict[str, Any]:
    """The data of an answer; with `status` the whole body of that answer."""
    answer = await person.client.request(method, f"{API}{path}", **more)
    body: dict[str, Any] = answer.json()
    if status is not None:
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return body
    assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
    data: dict[str, Any] = body["data"] or {}
    return data


async def refused(person: Any, method: str, path: str, code: str, **more: Any) -> int:
    """The status of a refusal that has this code."""
    answer = await person.client.request(method, f"{API}{path}", **more)
    assert answer.json().get("error_code") == code, f"{method} {path}: {answer.status_code} {answer.text}"
    status: int = answer.status_code
    return status


async def make(leader: Any, **changed: Any) -> dict[str, Any]:
    """A private community unless told otherwise, as its leader sees it."""
    body = {"name": "Algorithms on Tuesdays", "group_type": "community", "visibility": "private", **changed}
    group: dict[str, Any] = (await ask(leader, "POST", "/groups", json=body))["group"]
    return group


async def bring_in(group: dict[str, Any], leader: Any, *people: Any, role: str = "member") -> None:
    """Join by code or freely, and get that role."""
    for one in people:
        body = {"invite_code": group["invite_code"]} if group["invite_code"] else {}
        await ask(one, "POST", f"/groups/{group['id']}/join", json=body)
        if role != "member":
            change = {"user_id": str(one.id), "role": role}
            await ask(leader, "PATCH", f"/groups/{group['id']}/members/role", json=change)


async def invite(sender: Any, group: dict[str, Any], invitee: Any) -> str:
    """The id of a new invitation."""
    made = await ask(sender, "POST", f"/groups/{group['id']}/invite", json={"user_id": str(invitee.id)})
    return str(made["invitation"]["id"])


async def sign_in_again(*people: Any) -> None:
    """Their tokens ran out when the clock was moved."""
    for one in people:
        body = {"email": one.email, "password": one.password}
        answer = await one.client.post(f"{API}/auth/login", json=body, headers={"Authorization": ""})
        assert answer.status_code == 200, answer.text
        one.client.headers["Authorization"] = f"Bearer {answer.json()['data']['tokens']['access_token']}"

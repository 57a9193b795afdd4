"""Settings, lists, figures and what is refused."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from studyhall.domains.groups import public
from studyhall.platform.resources import Resources
from tests.domains.groups.group import API, ask, bring_in, invite, make, refused


async def test_settings_are_changed_on_the_version_that_was_seen(person: Any) -> None:
    ada = await person()
    group = await make(ada, visibility="public", max_members=None)
    path = f"/groups/{group['id']}"
    tag = (await ada.client.get(f"{API}{path}")).headers["etag"]
    changes = {"group_name": "Graphs", "visibility": "private", "max_members": 5, "description": "At six"}
    changed = (await ask(ada, "PATCH", path, json=changes, headers={"If-Match": tag}))["group"]
    assert (changed["name"], changed["visibility"], changed["max_members"], changed["version"]) == (
        "Graphs", "private", 5, 2
    )  # fmt: skip
    assert changed["invite_code"], "a private group needs one"
    stale = {"json": {"name": "Trees"}, "headers": {"If-Match": tag}}
    assert await refused(ada, "PATCH", path, "PRECONDITION_FAILED", **stale) == 412
    same = (await ask(ada, "PATCH", path, json={"name": "Graphs"}))["group"]
    assert same["version"] == 2
    assert (await ask(ada, "PATCH", path, json={"max_members": None}))["group"]["max_members"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "   "},
        {"name": "x" * 101},
        {"name": "x", "group_type": "club"},
        {"name": "x", "visibility": "secret"},
        {"name": "x", "max_members": 1},
        {"name": "x", "max_members": 1001},
        {"name": "x", "description": "x" * 2001},
        {"name": "x", "image": "javascript:alert(1)"},
        {"name": "x\x00y"},
        {"name": "x", "invite_code": "MINE"},
        {"name": "x", "creator_id": str(uuid4())},
    ],
)
async def test_what_no_group_can_be(person: Any, body: dict[str, Any]) -> None:
    ada = await person()
    assert await refused(ada, "POST", "/groups", "VALIDATION_ERROR", json=body) == 422
    assert (await ask(ada, "GET", "/groups"))["groups"] == []


async def test_invitations_to_nobody(person: Any) -> None:
    ada, ben = await person(), await person(username="Ben.Ten")
    group = await make(ada)
    path = f"/groups/{group['id']}/invite"
    assert await refused(ada, "POST", path, "USER_NOT_FOUND", json={"user_id": str(uuid4())}) == 404
    assert await refused(ada, "POST", path, "USER_NOT_FOUND", json={"username": "nobody"}) == 404
    assert await refused(ada, "POST", path, "ALREADY_MEMBER", json={"user_id": str(ada.id)}) == 409
    for body in ({}, {"user_id": "x"}, {"user_id": str(ben.id), "username": "x"}, {"username": "x" * 300}):
        assert await refused(ada, "POST", path, "VALIDATION_ERROR", json=body) == 422
    too_long = {"user_id": str(ben.id), "message": "x" * 501}
    assert await refused(ada, "POST", path, "VALIDATION_ERROR", json=too_long) == 422
    sent = await ask(ada, "POST", path, json={"username": "ben.ten"})
    assert sent["invitation"]["invited_user"]["id"] == str(ben.id)
    answer = f"/invitations/{sent['invitation']['id']}/respond"
    assert await refused(ben, "POST", answer, "VALIDATION_ERROR", json={"response": "maybe"}) == 422
    accepted = await ask(ben, "POST", answer, json={"action": "Accept"})
    assert accepted["invitation"]["status"] == "accepted"
    told = (await ask(ada, "GET", "/notifications"))["notifications"]
    assert any(group["name"] in one["title"] and "joined" in one["title"] for one in told)


async def test_members_and_figures(person: Any) -> None:
    ada, ben, cleo = [await person() for _ in range(3)]
    group = await make(ada, group_type="leader_controlled")
    await bring_in(group, ada, ben)
    await bring_in(group, ada, cleo, role="admin")
    members = (await ask(ben, "GET", f"/groups/{group['id']}/members"))["members"]
    assert [(one["user_id"], one["role"]) for one in members] == [
        (str(ada.id), "leader"), (str(cleo.id), "admin"), (str(ben.id), "member")
    ]  # fmt: skip
    assert [one["is_studying"] for one in members] == [False] * 3
    only = await ask(ben, "GET", f"/groups/{group['id']}/members", params={"role": "admin", "per_page": 1})
    assert ([one["user_id"] for one in only["members"]], only["pagination"]["total"]) == ([str(cleo.id)], 1)
    figures = (await ask(ben, "GET", f"/groups/{group['id']}/stats"))["stats"]
    assert (figures["member_count"], figures["leader_count"], figures["admin_count"]) == (3, 1, 1)
    assert (figures["studying_now"], figures["total_study_seconds"], figures["open_invitation_count"]) == (0, 0, None)


async def test_who_was_removed_is_told_and_outside(person: Any, resources: Resources) -> None:
    ada, ben = await person(), await person()
    group = await make(ada)
    await bring_in(group, ada, ben)
    await ask(ada, "DELETE", f"/groups/{group['id']}/members/{ben.id}")
    assert await refused(ben, "GET", f"/groups/{group['id']}", "GROUP_NOT_FOUND") == 404
    assert any("no longer in" in one["title"] for one in (await ask(ben, "GET", "/notifications"))["notifications"])
    async with resources.unit_of_work() as uow:
        assert not await public.is_member(uow, UUID(group["id"]), ben.id)


async def test_one_group_or_many_one_member_or_many_the_statements_are_the_same(person: Any) -> None:
    ada, *others = [await person() for _ in range(5)]
    group = await make(ada)
    paths = ("/groups", f"/groups/{group['id']}", f"/groups/{group['id']}/members", f"/groups/{group['id']}/stats",
             f"/groups/{group['id']}/invitations", "/invitations/me")  # fmt: skip

    async def counts() -> list[int]:
        found = []
        for path in paths:
            answer = await ada.client.get(f"{API}{path}")
            assert answer.status_code == 200, answer.text
            found.append(int(answer.headers["server-timing"].split('desc="')[1].split('"')[0]))
        return found

    await invite(ada, group, others[0])
    theirs = await make(others[0])
    await invite(others[0], theirs, ada)
    before = await counts()
    await bring_in(group, ada, *others[1:4])
    for number in range(3):
        await make(ada, name=f"Group {number}")
        more = await make(others[1], name=f"Other {number}")
        await invite(others[1], more, ada)
    assert await counts() == before
    assert max(before) <= 10

"""Coming into groups and leaving them."""

from datetime import timedelta
from typing import Any

import pytest

from studyhall.domains.groups import public
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from tests.domains.groups.group import ask, bring_in, invite, make, refused, sign_in_again


async def test_a_private_group_is_made_with_a_code_and_found_by_its_members_only(person: Any) -> None:
    ada, ben = await person(), await person()
    group = await make(ada, name="Tuesdays", description="At six", max_members=5)
    assert (group["my_role"], group["member_count"], group["is_full"]) == ("leader", 1, False)
    assert [one["user_id"] for one in group["members"]] == [str(ada.id)]
    assert len(group["invite_code"]) == 11
    assert await refused(ben, "GET", f"/groups/{group['id']}", "GROUP_NOT_FOUND") == 404
    assert (await ask(ben, "GET", "/groups"))["groups"] == []
    assert [one["id"] for one in (await ask(ada, "GET", "/groups"))["groups"]] == [group["id"]]


async def test_names_of_the_specification_are_accepted(person: Any) -> None:
    ada = await person()
    body = {"group_name": "Chess", "group_type": "leader-controlled", "visibility": "public", "max_members": None}
    group = (await ask(ada, "POST", "/groups", json=body))["group"]
    assert (group["name"], group["group_name"], group["group_type"]) == ("Chess", "Chess", "leader_controlled")
    assert group["invite_code"] is None, "a public group needs none"


async def test_the_list_is_narrowed(person: Any) -> None:
    ada, ben = await person(), await person()
    chess = await make(ada, name="Chess", visibility="public", group_type="leader_controlled")
    graphs = await make(ada, name="Graphs", description="and 100 % trees", visibility="public")
    own = await make(ben, name="Mine alone")

    async def names(**query: Any) -> list[str]:
        return [one["name"] for one in (await ask(ben, "GET", "/groups", params=query))["groups"]]

    assert await names() == ["Chess", "Graphs", "Mine alone"]
    assert await names(search="TREES") == ["Graphs"]
    assert await names(search="100 %") == ["Graphs"]
    assert await names(search="%") == ["Graphs"], "a per cent sign is one"
    assert await names(type="leader-controlled") == ["Chess"]
    assert await names(visibility="private") == ["Mine alone"]
    assert await names(only_joined=True) == ["Mine alone"]
    assert await names(sort="-name", per_page=2) == ["Mine alone", "Graphs"]
    assert {chess["id"], graphs["id"], own["id"]}
    assert await refused(ben, "GET", "/groups?sort=code_digest", "VALIDATION_ERROR") == 422


async def test_the_code_lets_in_however_it_is_typed(person: Any) -> None:
    ada, ben, cleo, dan = [await person() for _ in range(4)]
    group = await make(ada)
    code = group["invite_code"]
    path = f"/groups/{group['id']}/join"
    assert await refused(ben, "POST", path, "GROUP_NOT_FOUND", json={}) == 404
    assert await refused(ben, "POST", path, "GROUP_NOT_FOUND", json={"invite_code": "AAAAA-AAAAA"}) == 404
    joined = await ask(ben, "POST", path, json={"invite_code": code.lower().replace("-", " ")})
    assert (joined["group"]["my_role"], joined["group"]["member_count"]) == ("member", 2)
    assert joined["group"]["invite_code"] is None, "a member is not told the code"
    assert await refused(ben, "POST", path, "ALREADY_MEMBER", json={"invite_code": code}) == 409
    misread = code.replace("0", "o").replace("1", "l").replace("-", "")
    assert (await ask(cleo, "POST", "/groups/join", json={"invite_code": misread}))["group"]["id"] == group["id"]
    assert await refused(cleo, "POST", "/groups/join", "ALREADY_MEMBER", json={"code": code}) == 409
    renewed = (await ask(ada, "POST", f"/groups/{group['id']}/invite-code"))["invite_code"]
    assert renewed != code
    assert await refused(dan, "POST", "/groups/join", "INVITE_CODE_INVALID", json={"invite_code": code}) == 404
    assert await refused(dan, "POST", path, "GROUP_NOT_FOUND", json={"invite_code": code}) == 404
    await ask(dan, "POST", "/groups/join", json={"invite_code": renewed})


async def test_the_database_holds_no_code(person: Any, resources: Resources) -> None:
    group = await make(await person())
    async with resources.unit_of_work() as uow:
        row = await (await uow.straight()).row("SELECT g::text AS t FROM groups g WHERE code_digest IS NOT NULL")
    assert row is not None
    for spelled in (group["invite_code"], group["invite_code"].replace("-", "")):
        assert spelled not in row["t"] and spelled.encode().hex() not in row["t"]


async def test_a_full_group_takes_nobody(person: Any) -> None:
    ada, ben, cleo = [await person() for _ in range(3)]
    group = await make(ada, max_members=2)
    invitation = await invite(ada, group, cleo)
    await bring_in(group, ada, ben)
    code = {"invite_code": group["invite_code"]}
    assert await refused(cleo, "POST", f"/groups/{group['id']}/join", "GROUP_FULL", json=code) == 409
    assert await refused(cleo, "POST", "/groups/join", "GROUP_FULL", json=code) == 409
    answer = {"response": "accept"}
    assert await refused(cleo, "POST", f"/invitations/{invitation}/respond", "GROUP_FULL", json=answer) == 409
    assert await refused(ada, "PATCH", f"/groups/{group['id']}", "VALIDATION_ERROR", json={"max_members": 1}) == 422
    await ask(ben, "DELETE", f"/groups/{group['id']}/leave")
    await ask(cleo, "POST", f"/invitations/{invitation}/respond", json=answer)
    assert await refused(cleo, "POST", f"/invitations/{invitation}/respond", "INVITATION_ANSWERED", json=answer) == 409


async def test_the_last_leader_hands_over_first(person: Any, resources: Resources) -> None:
    ada, ben = await person(), await person()
    group = await make(ada)
    leave, role = f"/groups/{group['id']}/leave", f"/groups/{group['id']}/members/role"
    assert await refused(ada, "DELETE", leave, "LAST_LEADER") == 409
    await bring_in(group, ada, ben)
    assert await refused(ada, "DELETE", leave, "LAST_LEADER") == 409
    down = {"user_id": str(ada.id), "role": "member"}
    assert await refused(ada, "PATCH", role, "LAST_LEADER", json=down) == 409
    assert await refused(ada, "DELETE", f"/groups/{group['id']}/members/{ada.id}", "LAST_LEADER") == 409
    await ask(ada, "PATCH", role, json={"user_id": str(ben.id), "role": "leader"})
    await ask(ada, "DELETE", leave)
    async with resources.unit_of_work() as uow:
        assert await public.members(uow, public_id(group)) == [ben.id]
        assert await public.role_of(uow, public_id(group), ben.id) is public.Role.LEADER
        assert await public.groups_of(uow, ada.id) == []
    assert await refused(ada, "GET", f"/groups/{group['id']}", "GROUP_NOT_FOUND") == 404


def public_id(group: dict[str, Any]) -> Any:
    from uuid import UUID

    return UUID(group["id"])


async def test_an_invitation_is_seen_accepted_and_over_after_seven_days(person: Any) -> None:
    ada, ben, cleo = [await person() for _ in range(3)]
    group = await make(ada, description="At six")
    body = {"invited_user_id": str(ben.id), "invitation_message": "Come!"}
    sent = (await ask(ada, "POST", f"/groups/{group['id']}/invite", json=body))["invitation"]
    assert (sent["status"], sent["message"], sent["invited_user"]["id"]) == ("pending", "Come!", str(ben.id))
    path = f"/groups/{group['id']}/invite"
    assert await refused(ada, "POST", path, "ALREADY_INVITED", json={"user_id": str(ben.id)}) == 409
    mine = (await ask(ben, "GET", "/invitations/me"))["invitations"]
    assert [(one["id"], one["group"]["name"], one["invited_by"]["id"]) for one in mine] == [
        (sent["id"], group["name"], str(ada.id))
    ]
    seen = (await ask(ben, "GET", f"/groups/{group['id']}"))["group"]
    assert (seen["my_role"], seen["members"], seen["invite_code"]) == (None, None, None)
    told = (await ask(ben, "GET", "/notifications"))["notifications"]
    assert any(one["type"] == "group" and one["metadata"]["invitation_id"] == sent["id"] for one in told)
    with clock.frozen_at(clock.now() + timedelta(days=7, minutes=1)):
        await sign_in_again(ada, ben, cleo)
        assert (await ask(ben, "GET", "/invitations/me"))["invitations"] == []
        assert await refused(ben, "GET", f"/groups/{group['id']}", "GROUP_NOT_FOUND") == 404
        answer = {"response": "accept"}
        assert (
            await refused(ben, "POST", f"/invitations/{sent['id']}/respond", "INVITATION_EXPIRED", json=answer) == 410
        )
        assert await refused(ben, "POST", f"/groups/{group['id']}/join", "GROUP_NOT_FOUND", json={}) == 404
        again = await invite(ada, group, ben)
        assert again != sent["id"]
        await ask(ben, "POST", f"/groups/{group['id']}/join", json={})
        assert (await ask(ada, "GET", f"/groups/{group['id']}/invitations"))["invitations"] == []
        assert (
            await refused(cleo, "POST", f"/invitations/{sent['id']}/respond", "INVITATION_NOT_FOUND", json=answer)
            == 404
        )


@pytest.mark.parametrize("who", ["inviter", "invitee"])
async def test_a_block_swallows_the_invitation(person: Any, who: str) -> None:
    ada, ben = await person(), await person()
    group = await make(ada)
    blocker, blocked = (ada, ben) if who == "inviter" else (ben, ada)
    await ask(blocker, "POST", "/blocks", json={"user_id": str(blocked.id)})
    sent = await ask(ada, "POST", f"/groups/{group['id']}/invite", json={"user_id": str(ben.id)})
    assert sent["invitation"]["status"] == "pending", "the inviter is not told"
    assert (await ask(ben, "GET", "/invitations/me"))["invitations"] == []
    path = f"/invitations/{sent['invitation']['id']}/respond"
    assert await refused(ben, "POST", path, "INVITATION_NOT_FOUND", json={"response": "accept"}) == 404
    assert await refused(ben, "GET", f"/groups/{group['id']}", "GROUP_NOT_FOUND") == 404
    told = (await ask(ben, "GET", "/notifications"))["notifications"]
    assert [one for one in told if one["type"] == "group"] == []


async def test_closing_and_taking_it_back(person: Any, resources: Resources) -> None:
    ada, ben = await person(), await person()
    group = await make(ada)
    await bring_in(group, ada, ben)
    token = (await ask(ada, "DELETE", f"/groups/{group['id']}"))["undo_token"]
    for one in (ada, ben):
        assert await refused(one, "GET", f"/groups/{group['id']}", "GROUP_NOT_FOUND") == 404
        assert (await ask(one, "GET", "/groups"))["groups"] == []
    code = {"invite_code": group["invite_code"]}
    assert await refused(ben, "POST", "/groups/join", "INVITE_CODE_INVALID", json=code) == 404
    async with resources.unit_of_work() as uow:
        assert await public.members(uow, public_id(group)) == []
        assert await public.is_member(uow, public_id(group), ben.id) is False
    await ask(ada, "POST", f"/undo/{token}")
    assert (await ask(ben, "GET", f"/groups/{group['id']}"))["group"]["member_count"] == 2

"""What two people do at one moment: the database decides, and both are told what became of it."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

from studyhall.domains.groups import public
from tests.conftest import Committed
from tests.domains.groups.group import API, ask, bring_in, invite, make


def _told(answers: Any) -> Counter[tuple[int, str | None]]:
    return Counter((one.status_code, one.json().get("error_code")) for one in answers)


async def _roles(committed: Committed, group: dict[str, Any]) -> Counter[str]:
    async with committed.resources.unit_of_work() as uow:
        group_id = UUID(group["id"])
        found = [await public.role_of(uow, group_id, one) for one in await public.members(uow, group_id)]
    return Counter(str(one) for one in found)


async def test_the_last_place_is_taken_once(committed: Committed) -> None:
    ada, invited, *others = [await committed.person() for _ in range(6)]
    group = await make(ada, max_members=2)
    invitation = await invite(ada, group, invited)
    code = {"invite_code": group["invite_code"]}
    answers = await asyncio.gather(
        *(one.client.post(f"{API}/groups/{group['id']}/join", json=code) for one in others[:2]),
        *(one.client.post(f"{API}/groups/join", json=code) for one in others[2:]),
        invited.client.post(f"{API}/invitations/{invitation}/respond", json={"response": "accept"}),
    )
    won = [one for one in answers if one.status_code < 300]
    assert len(won) == 1, _told(answers)
    assert _told(answers)[409, "GROUP_FULL"] == 4
    assert await _roles(committed, group) == {"leader": 1, "member": 1}


async def test_joining_twice_is_joining_once(committed: Committed) -> None:
    ada, ben = await committed.person(), await committed.person()
    group = await make(ada, visibility="public")
    path = f"{API}/groups/{group['id']}/join"
    answers = await asyncio.gather(*(ben.client.post(path) for _ in range(4)))
    assert _told(answers) == {(201, None): 1, (409, "ALREADY_MEMBER"): 3}
    assert await _roles(committed, group) == {"leader": 1, "member": 1}


async def test_an_invitation_is_answered_once(committed: Committed) -> None:
    ada, ben = await committed.person(), await committed.person()
    group = await make(ada)
    path = f"{API}/invitations/{await invite(ada, group, ben)}/respond"
    answers = await asyncio.gather(
        *(ben.client.post(path, json={"response": answer}) for answer in ("accept", "decline", "accept", "decline"))
    )
    assert _told(answers) == {(200, None): 1, (409, "INVITATION_ANSWERED"): 3}
    accepted = next(one for one in answers if one.status_code == 200).json()["data"]["invitation"]["status"]
    assert await _roles(committed, group) == ({"leader": 1, "member": 1} if accepted == "accepted" else {"leader": 1})


async def test_an_invitation_taken_back_while_it_is_accepted(committed: Committed) -> None:
    ada, ben = await committed.person(), await committed.person()
    group = await make(ada)
    invitation = f"{API}/invitations/{await invite(ada, group, ben)}"
    accepted, gone = await asyncio.gather(
        ben.client.post(f"{invitation}/respond", json={"response": "accept"}), ada.client.delete(invitation)
    )
    assert (accepted.status_code, gone.status_code) in {(200, 409), (404, 200)}
    members = {"leader": 1, "member": 1} if accepted.status_code == 200 else {"leader": 1}
    assert await _roles(committed, group) == members


async def test_somebody_is_invited_once(committed: Committed) -> None:
    ada, cleo, ben = [await committed.person() for _ in range(3)]
    group = await make(ada)
    await bring_in(group, ada, cleo, role="admin")
    path, body = f"{API}/groups/{group['id']}/invite", {"user_id": str(ben.id)}
    answers = await asyncio.gather(*(one.client.post(path, json=body) for one in (ada, cleo, ada, cleo)))
    assert _told(answers) == {(201, None): 1, (409, "ALREADY_INVITED"): 3}


async def test_two_leaders_leave_and_one_stays(committed: Committed) -> None:
    ada, ben, cleo = [await committed.person() for _ in range(3)]
    group = await make(ada)
    await bring_in(group, ada, ben, role="leader")
    await bring_in(group, ada, cleo)
    path = f"{API}/groups/{group['id']}/leave"
    answers = await asyncio.gather(*(one.client.delete(path) for one in (ada, ben)))
    assert _told(answers) == {(200, None): 1, (409, "LAST_LEADER"): 1}
    assert await _roles(committed, group) == {"leader": 1, "member": 1}


async def test_two_leaders_demote_each_other_and_one_stays(committed: Committed) -> None:
    ada, ben = await committed.person(), await committed.person()
    group = await make(ada)
    await bring_in(group, ada, ben, role="leader")
    path = f"{API}/groups/{group['id']}/members/role"
    answers = await asyncio.gather(
        ada.client.patch(path, json={"user_id": str(ben.id), "role": "member"}),
        ben.client.patch(path, json={"user_id": str(ada.id), "role": "member"}),
    )
    assert _told(answers) == {(200, None): 1, (403, "GROUP_ROLE_TOO_LOW"): 1}
    assert await _roles(committed, group) == {"leader": 1, "member": 1}


async def test_leaving_while_the_other_leader_steps_down(committed: Committed) -> None:
    ada, ben = await committed.person(), await committed.person()
    group = await make(ada)
    await bring_in(group, ada, ben, role="leader")
    down = {"user_id": str(ben.id), "role": "member"}
    answers = await asyncio.gather(
        ada.client.delete(f"{API}/groups/{group['id']}/leave"),
        ben.client.patch(f"{API}/groups/{group['id']}/members/role", json=down),
    )
    assert _told(answers) == {(200, None): 1, (409, "LAST_LEADER"): 1}
    assert (await _roles(committed, group))["leader"] == 1


async def test_two_leaders_close_their_accounts_at_one_moment(committed: Committed) -> None:
    """The groups are locked in one order, and whoever comes second sees what the first did."""
    ada, ben, cleo = [await committed.person() for _ in range(3)]
    groups = [await make(ada) for _ in range(3)]
    for group in groups:
        await bring_in(group, ada, ben, role="leader")
        await bring_in(group, ada, cleo)

    async def close(user_id: UUID) -> None:
        async with committed.resources.unit_of_work() as uow:
            await public.hand_over(uow, user_id)
            await (await uow.straight()).value("UPDATE users SET deleted_at = now() WHERE id = $1", user_id)

    await asyncio.gather(close(ada.id), close(ben.id))
    for group in groups:
        mine = (await ask(cleo, "GET", f"/groups/{group['id']}"))["group"]
        assert (mine["my_role"], mine["member_count"]) == ("leader", 1)

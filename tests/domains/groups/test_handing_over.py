"""What becomes of groups when accounts close, come back and are erased."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from studyhall.domains.groups import privacy, public
from studyhall.domains.groups.jobs import expire_invitations
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources
from tests.domains.groups.group import API, ask, bring_in, invite, make, refused


async def _close(resources: Resources, one: Any) -> None:
    async with resources.unit_of_work() as uow:
        await public.hand_over(uow, one.id)
        await uow.session.execute(text("UPDATE users SET deleted_at = now() WHERE id = :id"), {"id": one.id})


async def _come_back(resources: Resources, one: Any) -> None:
    async with resources.unit_of_work() as uow:
        await uow.session.execute(text("UPDATE users SET deleted_at = NULL WHERE id = :id"), {"id": one.id})
        await public.welcome_back(uow, one.id)


async def _roles(resources: Resources, group: dict[str, Any]) -> dict[UUID, str]:
    async with resources.unit_of_work() as uow:
        group_id = UUID(group["id"])
        return {one: str(await public.role_of(uow, group_id, one)) for one in await public.members(uow, group_id)}


async def test_the_senior_admin_leads_next_and_then_the_senior_member(person: Any, resources: Resources) -> None:
    ada, early, late, boss, chief = [await person() for _ in range(5)]
    group = await make(ada)
    for days, (one, role) in enumerate([(early, "member"), (late, "member"), (boss, "admin"), (chief, "admin")], 1):
        await bring_in(group, ada, one, role=role)
        async with resources.unit_of_work() as uow:
            joined = {"id": one.id, "at": clock.now() + timedelta(days=days)}
            await uow.session.execute(text("UPDATE group_members SET joined_at = :at WHERE user_id = :id"), joined)
    await _close(resources, ada)
    assert await _roles(resources, group) == {
        early.id: "member",
        late.id: "member",
        boss.id: "leader",
        chief.id: "admin",
    }
    await _close(resources, boss)
    assert (await _roles(resources, group))[chief.id] == "leader"
    await _close(resources, chief)
    assert await _roles(resources, group) == {early.id: "leader", late.id: "member"}


async def test_where_another_leads_nothing_changes(person: Any, resources: Resources) -> None:
    ada, ben, cleo = [await person() for _ in range(3)]
    group = await make(ada)
    await bring_in(group, ada, ben, role="leader")
    await bring_in(group, ada, cleo, role="admin")
    await _close(resources, ada)
    assert await _roles(resources, group) == {ben.id: "leader", cleo.id: "admin"}
    assert [one["user_id"] for one in (await ask(cleo, "GET", f"/groups/{group['id']}/members"))["members"]] == [
        str(ben.id), str(cleo.id)
    ]  # fmt: skip
    await _come_back(resources, ada)
    assert (await _roles(resources, group))[ada.id] == "leader", "he is as he was"


async def test_a_group_of_one_closes_and_opens_with_him(person: Any, resources: Resources) -> None:
    ada, ben = await person(), await person()
    group = await make(ada, visibility="public")
    await _close(resources, ada)
    assert await refused(ben, "GET", f"/groups/{group['id']}", "GROUP_NOT_FOUND") == 404
    assert await refused(ben, "POST", f"/groups/{group['id']}/join", "GROUP_NOT_FOUND") == 404
    await _come_back(resources, ada)
    assert (await ask(ada, "GET", f"/groups/{group['id']}"))["group"]["my_role"] == "leader"


async def test_one_that_he_had_closed_himself_stays_closed(person: Any, resources: Resources) -> None:
    ada = await person()
    group = await make(ada)
    await ask(ada, "DELETE", f"/groups/{group['id']}")
    await _close(resources, ada)
    await _come_back(resources, ada)
    assert await refused(ada, "GET", f"/groups/{group['id']}", "GROUP_NOT_FOUND") == 404


async def test_the_erased_are_in_no_group_and_leave_no_empty_one(person: Any, resources: Resources) -> None:
    ada, ben = await person(), await person()
    alone, together = await make(ada), await make(ada)
    await bring_in(together, ada, ben)
    await _close(resources, ada)
    async with resources.unit_of_work() as uow:
        await privacy.erase(uow, ada.id)
    async with resources.unit_of_work() as uow:
        left = (await uow.session.execute(text("SELECT id, creator_id FROM groups"))).all()
    assert [(str(row[0]), row[1]) for row in left] == [(together["id"], None)]
    assert await _roles(resources, together) == {ben.id: "leader"}
    assert alone["id"] != together["id"]


async def test_time_declines_invitations_and_forgets_them(person: Any, resources: Resources) -> None:
    ada, ben, cleo = [await person() for _ in range(3)]
    group = await make(ada)
    await invite(ada, group, ben)
    answered = await invite(ada, group, cleo)
    await ask(cleo, "POST", f"/invitations/{answered}/respond", json={"response": "decline"})

    async def rows() -> list[tuple[Any, ...]]:
        async with resources.unit_of_work() as uow:
            order = "SELECT status, is_expired, responded_at IS NULL FROM group_invitations ORDER BY is_expired"
            return [tuple(row) for row in (await uow.session.execute(text(order))).all()]

    for days, expected in (
        (6, [("declined", False, False), ("pending", False, True)]),
        (8, [("declined", False, False), ("declined", True, True)]),
        (90, [("declined", False, False), ("declined", True, True)]),
        (98, []),
    ):
        with clock.frozen_at(clock.now() + timedelta(days=days)):
            await expire_invitations.job.handler(JobRun(1, "groups.expire_invitations", 1, 1, resources))
        assert sorted(await rows()) == sorted(expected), days


async def test_closing_an_account_over_http_hands_over(person: Any, client: Any) -> None:
    ada, ben = await person(), await person()
    together, alone = await make(ada), await make(ada, visibility="public")
    await bring_in(together, ada, ben)
    body = {"password": ada.password, "confirmation": "DELETE"}
    await ask(ada, "DELETE", "/settings/account", json=body)
    mine = (await ask(ben, "GET", f"/groups/{together['id']}"))["group"]
    assert (mine["my_role"], mine["member_count"]) == ("leader", 1)
    assert await refused(ben, "GET", f"/groups/{alone['id']}", "GROUP_NOT_FOUND") == 404
    login = {"email": ada.email, "password": ada.password}
    closed = await client.post(f"{API}/auth/login", json=login)
    restored = {"restore_token": closed.json()["data"]["restore_token"]}
    assert (await client.post(f"{API}/settings/account/restore", json=restored)).status_code == 200
    assert (await ask(ben, "GET", f"/groups/{alone['id']}"))["group"]["member_count"] == 1
    assert (await ask(ben, "GET", f"/groups/{together['id']}"))["group"]["member_count"] == 2

"""Who may grant which role."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from studyhall.domains.roles import service as roles
from studyhall.domains.roles.errors import RoleNotGrantable
from studyhall.entrypoints.wiring import authenticate
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid, NotFound
from studyhall.platform.resources import Resources

API = "/api/v1"
PASSWORD = "Correct-Horse-7"


async def _scalars(resources: Resources, sql: str, **values: Any) -> list[Any]:
    async with resources.unit_of_work() as uow:
        return list((await uow.session.execute(text(sql), values)).scalars())


async def _actor(resources: Resources, someone: Any) -> Actor:
    return await authenticate(resources, someone.tokens["access_token"])


async def test_nobody_grants_a_right_that_he_lacks(person: Any, resources: Resources) -> None:
    ada, admin, root = await person(), await person("Admin"), await person("Super Admin")
    async with resources.unit_of_work() as uow:
        await roles.grant(uow, await _actor(resources, admin), ada.id, "educator", None)
    assert (await _actor(resources, ada)).may("courses.author")
    for granter, role in ((admin, "Super Admin"), (ada, "Admin")):
        with pytest.raises(RoleNotGrantable):
            async with resources.unit_of_work() as uow:
                await roles.grant(uow, await _actor(resources, granter), ada.id, role, None)
    refused = "SELECT count(*) FROM activity_logs WHERE event = 'roles.grant_refused'"
    assert await _scalars(resources, refused) == [2], "the refusal is kept"
    until = clock.now() + timedelta(hours=1)
    async with resources.unit_of_work() as uow:
        await roles.grant(uow, await _actor(resources, root), ada.id, "super_admin", until)
    assert (await _actor(resources, ada)).may("admin.roles")
    with clock.frozen_at(until + timedelta(seconds=1)):
        actor = await authenticate(resources, (await _relogin(ada))["access_token"])
        assert not actor.may("admin.roles")
        assert actor.may("courses.author")


async def _relogin(someone: Any) -> dict[str, str]:
    body = {"email": someone.email, "password": PASSWORD}
    tokens: dict[str, str] = (await someone.client.post(f"{API}/auth/login", json=body)).json()["data"]["tokens"]
    return tokens


async def test_a_limited_token_grants_no_more_than_it_may(person: Any, resources: Resources) -> None:
    ada, root = await person(), await person("Super Admin")
    made = await root.client.post(
        f"{API}/auth/tokens", json={"name": "t", "abilities": ["read", "write", "courses.author"]}
    )
    limited = await authenticate(resources, made.json()["data"]["plain_text_token"])
    with pytest.raises(RoleNotGrantable):
        async with resources.unit_of_work() as uow:
            await roles.grant(uow, limited, ada.id, "Educator", None)


async def test_roles_and_people_that_there_are_not(person: Any, resources: Resources) -> None:
    root = await person("Super Admin")
    actor = await _actor(resources, root)
    async with resources.unit_of_work() as uow:
        with pytest.raises(NotFound):
            await roles.grant(uow, actor, root.id, "Emperor", None)
        with pytest.raises(NotFound):
            await roles.grant(uow, actor, UUID(int=1), "Educator", None)
        with pytest.raises(Invalid):
            await roles.grant(uow, actor, root.id, "Educator", clock.now())


async def test_the_operator_grants_what_he_likes(person: Any, resources: Resources) -> None:
    ada = await person()
    async with resources.unit_of_work() as uow:
        assert await roles.grant_by_operator(uow, ada.id, " super admin ") == "Super Admin"
        with pytest.raises(NotFound, match="Student, Educator, Admin, Super Admin"):
            await roles.grant_by_operator(uow, ada.id, "Emperor")
    assert (await _actor(resources, ada)).may("admin.roles")

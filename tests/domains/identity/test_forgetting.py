"""Export, erasure, the nightly forgetting, and who may grant which role."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import orjson
import pyotp
import pytest
from sqlalchemy import text

from studyhall.domains.identity import jobs, models, privacy
from studyhall.domains.identity.errors import RoleNotGrantable
from studyhall.domains.identity.service import roles
from studyhall.entrypoints.wiring import authenticate
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid, NotFound
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources

API = "/api/v1"
PASSWORD = "Correct-Horse-7"
OWN_TABLES = sorted({"idempotency_keys", *(getattr(models, name).__tablename__ for name in models.__all__)})


async def _scalars(resources: Resources, sql: str, **values: Any) -> list[Any]:
    async with resources.unit_of_work() as uow:
        return list((await uow.session.execute(text(sql), values)).scalars())


async def _full_life(person: Any, client: httpx2.AsyncClient) -> tuple[Any, list[str]]:
    """Somebody with a row in nearly every table, and every secret that he was ever told."""
    ada = await person(name="Ada Lovelace")
    eve = await person()
    secret = (await ada.client.post(f"{API}/auth/two-factor/setup")).json()["data"]["secret"]
    code = pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // 30)
    enabled = await ada.client.post(f"{API}/auth/two-factor/enable", json={"code": code})
    token = (await ada.client.post(f"{API}/auth/tokens", json={"name": "t"})).json()["data"]["plain_text_token"]
    await ada.client.post(f"{API}/users/me/tags", json={"tag_name": "Analysis"})
    await ada.client.post(f"{API}/blocks", json={"user_id": str(eve.id)})
    await eve.client.post(f"{API}/blocks", json={"user_id": str(ada.id)})
    await ada.client.put(f"{API}/settings/consents", json={"recording": True})
    await client.post(f"{API}/auth/forgot-password", json={"email": ada.email})
    await client.post(f"{API}/auth/login", json={"email": ada.email, "password": "Wrong-Horse-1"})
    changed = {"current_password": PASSWORD, "new_password": "Another-Horse-8"}
    await ada.client.post(f"{API}/settings/change-password", json=changed, headers={"Idempotency-Key": "once"})
    await client.post(f"{API}/auth/login", json={"email": ada.email, "password": "Another-Horse-8"})
    secrets = [
        secret,
        token,
        PASSWORD,
        "Another-Horse-8",
        *enabled.json()["data"]["recovery_codes"],
        *ada.tokens.values(),
    ]
    return ada, [str(one) for one in secrets if len(str(one)) > 8]


async def _export(resources: Resources, user_id: UUID) -> dict[str, list[dict[str, Any]]]:
    async with resources.unit_of_work() as uow:
        return {name: [dict(row) async for row in rows] for name, rows in privacy.export(uow, user_id).items()}


async def test_the_export_is_whole_and_holds_no_secret(
    person: Any, client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada, secrets = await _full_life(person, client)
    exported = await _export(resources, ada.id)
    assert exported["account"][0]["email"] == ada.email
    empty = {name for name, rows in exported.items() if not rows}
    assert empty == {"outside_identities", "sign_ons"}, "all else has something to tell"
    assert len(exported["recovery_codes"]) == 10
    told = orjson.dumps(exported, default=str).decode()
    hashes = await _scalars(
        resources,
        "SELECT password_hash FROM users UNION SELECT token_hash FROM personal_access_tokens"
        " UNION SELECT code_digest FROM recovery_codes UNION SELECT encode(salt, 'hex') FROM user_sessions",
    )
    for hidden in [*secrets, *filter(None, hashes)]:
        assert hidden not in told
    assert "\\x" not in told


async def test_somebody_elses_export_holds_nothing_of_it(
    person: Any, client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada, _ = await _full_life(person, client)
    bob = await person()
    told = orjson.dumps(await _export(resources, bob.id), default=str).decode()
    assert str(ada.id) not in told
    assert ada.email not in told


async def test_erasing_leaves_no_trace_but_that_something_happened(
    person: Any, client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada, _ = await _full_life(person, client)
    before = (await _scalars(resources, "SELECT count(*) FROM activity_logs"))[0]
    async with resources.unit_of_work() as uow:
        await privacy.erase(uow, ada.id)
    async with resources.unit_of_work() as uow:
        await privacy.erase(uow, ada.id)
    for table in OWN_TABLES:
        left = await _scalars(resources, f"SELECT t::text FROM {table} t")
        assert not [row for row in left if str(ada.id) in row or ada.email in row], table
    assert (await _scalars(resources, "SELECT count(*) FROM activity_logs"))[0] == before
    nobodys = "SELECT count(*) FROM activity_logs WHERE user_id IS NULL AND (address, user_agent) IS NOT NULL"
    assert await _scalars(resources, nobodys) == [0]
    assert (await ada.client.get(f"{API}/users/me")).status_code == 401


async def _forget(resources: Resources) -> None:
    job = jobs.forget.job
    await job.handler(JobRun(1, job.name, 1, job.tries, resources))


async def test_what_is_over_is_forgotten_and_what_counts_stays(
    person: Any, client: httpx2.AsyncClient, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    await _full_life(person, client)
    counted = {
        table: f"SELECT count(*) FROM {table}"
        for table in ("one_time_codes", "password_resets", "login_challenges", "login_failures", "user_sessions",
                      "personal_access_tokens", "activity_logs", "idempotency_keys")
    }  # fmt: skip

    async def counts() -> dict[str, int]:
        return {table: (await _scalars(resources, sql))[0] for table, sql in counted.items()}

    begun = await counts()
    assert begun["activity_logs"] > 2 * jobs.BATCH
    assert all(begun.values())
    await _forget(resources)
    assert await counts() == begun
    with clock.frozen_at(clock.now() + timedelta(days=2)):
        await _forget(resources)
        kept = await counts()
    gone = {table for table, count in kept.items() if count == 0}
    assert gone == {"one_time_codes", "password_resets", "login_challenges", "login_failures", "idempotency_keys"}
    assert kept["activity_logs"] == begun["activity_logs"]
    with clock.frozen_at(clock.now() + timedelta(days=366 + 30)):
        await _forget(resources)
        late = await counts()
    assert (late["user_sessions"], late["activity_logs"]) == (0, 0)
    assert late["personal_access_tokens"] == 1, "it has no end"


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

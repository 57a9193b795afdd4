"""Export, erasure and the nightly forgetting of an account with all that proves and describes it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import orjson
import pyotp
import pytest
from sqlalchemy import text

from studyhall.domains.audit import jobs as audit_jobs
from studyhall.domains.audit import models as audit_models
from studyhall.domains.audit import privacy as audit_privacy
from studyhall.domains.credentials import jobs as credentials_jobs
from studyhall.domains.credentials import models as credentials_models
from studyhall.domains.credentials import privacy as credentials_privacy
from studyhall.domains.identity import jobs as identity_jobs
from studyhall.domains.identity import models as identity_models
from studyhall.domains.identity import privacy as identity_privacy
from studyhall.domains.people import models as people_models
from studyhall.domains.people import privacy as people_privacy
from studyhall.domains.roles import models as roles_models
from studyhall.domains.sign_on import jobs as sign_on_jobs
from studyhall.domains.sign_on import models as sign_on_models
from studyhall.domains.sign_on import privacy as sign_on_privacy
from studyhall.platform import clock, privacy
from studyhall.platform.database import Base
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources

API = "/api/v1"
PASSWORD = "Correct-Horse-7"
OWNERS = (audit_models, credentials_models, identity_models, people_models, roles_models, sign_on_models)
OWN_TABLES = sorted(
    {"idempotency_keys"}
    | {
        table.__tablename__
        for owner in OWNERS
        for table in vars(owner).values()
        if isinstance(table, type) and issubclass(table, Base) and hasattr(table, "__tablename__")
    }
)
# The account goes last, as in life: the others find their rows by it.
PRIVACY = (audit_privacy, people_privacy, sign_on_privacy, credentials_privacy, identity_privacy)
FORGETTING = (identity_jobs.forget, credentials_jobs.forget, sign_on_jobs.forget, audit_jobs.forget)


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
        streams = {name: rows for owner in PRIVACY for name, rows in owner.export(uow, user_id).items()}
        return {name: [dict(row) async for row in rows] for name, rows in streams.items()}


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
    for _ in range(2):
        for owner in PRIVACY:
            async with resources.unit_of_work() as uow:
                await owner.erase(uow, ada.id)
    for table in OWN_TABLES:
        left = await _scalars(resources, f"SELECT t::text FROM {table} t")
        assert not [row for row in left if str(ada.id) in row or ada.email in row], table
    assert (await _scalars(resources, "SELECT count(*) FROM activity_logs"))[0] == before
    nobodys = "SELECT count(*) FROM activity_logs WHERE user_id IS NULL AND (address, user_agent) IS NOT NULL"
    assert await _scalars(resources, nobodys) == [0]
    assert (await ada.client.get(f"{API}/users/me")).status_code == 401


async def _forget(resources: Resources) -> None:
    for periodic in FORGETTING:
        job = periodic.job
        await job.handler(JobRun(1, job.name, 1, job.tries, resources))


async def test_what_is_over_is_forgotten_and_what_counts_stays(
    person: Any, client: httpx2.AsyncClient, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "BATCH", 2)
    await _full_life(person, client)
    counted = {
        table: f"SELECT count(*) FROM {table}"
        for table in ("one_time_codes", "password_resets", "login_challenges", "login_failures", "user_sessions",
                      "personal_access_tokens", "activity_logs", "idempotency_keys")
    }  # fmt: skip

    async def counts() -> dict[str, int]:
        return {table: (await _scalars(resources, sql))[0] for table, sql in counted.items()}

    begun = await counts()
    assert begun["activity_logs"] > 2 * privacy.BATCH
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

"""Every period that the privacy page promises, through the real jobs and with a moved clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from studyhall.domains.files import public as files
from studyhall.entrypoints import retention, wiring
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources
from tests.conftest import MakePerson
from tests.house.owner import Owner

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"


@dataclass(frozen=True)
class Promise:
    """Rows of a table go so many days after the time in these columns."""

    table: str
    days: float
    columns: Sequence[str]
    whose: str = "user_id = :id"


PROMISES = [
    *(Promise(kept.table, kept.period / timedelta(days=1), [kept.column]) for kept in retention.PERIODS),
    Promise("user_sessions", 365, ["ended_at", "expires_at"]),
    Promise("activity_logs", 365, ["created_at"]),
    Promise("idempotency_keys", 1, ["created_at"]),
    Promise("login_failures", 1, ["last_at"], "account <> ''"),
    Promise("one_time_codes", 1, ["expires_at"]),
    Promise("password_resets", 1, ["expires_at"]),
    Promise("personal_access_tokens", 365, ["revoked_at", "expires_at"]),
    Promise("undo_offers", 1, ["expires_at"]),
    Promise("file_uploads", 30, ["deleted_at"]),
]
THE_SOURCES_ASK = {"notifications": 90, "email_logs": 180, "activity_logs": 365, "user_sessions": 365}


def test_the_periods_of_the_sources_are_kept() -> None:
    days = {promise.table: promise.days for promise in PROMISES}
    assert {table: days[table] for table in THE_SOURCES_ASK} == THE_SOURCES_ASK


def test_operators_can_read_every_period() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    for promise in PROMISES:
        told = f"{promise.days:g} day"
        assert [row for row in rows if f"`{promise.table}`" in row and told in row], f"{promise.table}: {told}s"


@pytest.fixture
async def owner(person: MakePerson, resources: Resources, client: Any) -> Owner:
    lived = Owner(await person(timezone="UTC"), resources)
    await lived.settle_in()
    email = lived.person.email
    await lived.ask("POST", "/users/me/tags", json={"tag_name": "Go"}, headers={"Idempotency-Key": "once"})
    await client.post("/api/v1/auth/forgot-password", json={"email": email})
    await client.post("/api/v1/auth/login", json={"email": email, "password": "Wrong-Horse-1"})
    received = await files.receive(resources, files.UploadRule("test", files.RASTER, 1000), PICTURE, "me.png")
    async with resources.unit_of_work() as uow:
        await files.keep(uow, lived.person.id, received)
    return lived


async def _run(resources: Resources, sql: str, **values: Any) -> Any:
    async with resources.unit_of_work() as uow:
        await uow.session.execute(text("SET LOCAL studyhall.forgetting = 'on'"))
        return await uow.session.execute(text(sql), values)


async def _forget(resources: Resources) -> None:
    for one in wiring.PERIODIC:
        if any(word in one.job.name for word in ("forget", "retention", "purge", "settle_exports")):
            await one.job.handler(JobRun(1, one.job.name, 1, 1, resources))


async def _age(resources: Resources, owner: Owner, promise: Promise, when: datetime) -> int:
    """Let the owner's rows be of that time; answers how many there are."""
    sets = ", ".join(f"{column} = :when" for column in promise.columns)
    sets += {"background_tasks": ", state = 'succeeded'", "data_exports": ", state = 'expired'"}.get(promise.table, "")
    values: dict[str, Any] = {"when": when} | ({"id": owner.person.id} if ":id" in promise.whose else {})
    changed = await _run(resources, f"UPDATE {promise.table} SET {sets} WHERE {promise.whose}", **values)
    return int(changed.rowcount)


async def _count(resources: Resources, owner: Owner, promise: Promise) -> int:
    values = {"id": owner.person.id} if ":id" in promise.whose else {}
    counted = await _run(resources, f"SELECT count(*) FROM {promise.table} WHERE {promise.whose}", **values)
    return int(counted.scalar_one())


async def test_rows_stay_until_their_period_is_over_and_no_longer(owner: Owner, resources: Resources) -> None:
    now = clock.now()
    rows = {promise.table: await _age(resources, owner, promise, now) for promise in PROMISES}
    assert [table for table, number in rows.items() if not number] == [], "let the owner have one"
    for days in sorted({promise.days for promise in PROMISES}):
        due = [promise for promise in PROMISES if promise.days == days]
        with clock.frozen_at(now + timedelta(days=days, minutes=-1)):
            await _forget(resources)
        early = [one.table for one in due if await _count(resources, owner, one) != rows[one.table]]
        with clock.frozen_at(now + timedelta(days=days, hours=1)):
            await _forget(resources)
        late = [one.table for one in due if await _count(resources, owner, one)]
        assert (early, late) == ([], []), f"after {days:g} days"

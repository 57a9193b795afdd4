"""Nothing about a person is kept past his export and his erasure, whichever domain keeps it."""

import io
import re
import tomllib
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import httpx2
import orjson
import pyotp
import pytest
from sqlalchemy import ColumnElement, Table, event, func, or_, select, text

from studyhall.domains.account import jobs as account_jobs
from studyhall.domains.account.ports import Keepers
from studyhall.domains.files import jobs as files_jobs
from studyhall.domains.files import public as files
from studyhall.domains.questions import public as questions
from studyhall.domains.search import public as search
from studyhall.entrypoints import wiring
from studyhall.entrypoints.forgetting import LAST, privacy_modules
from studyhall.platform import clock
from studyhall.platform.ids import new_id
from studyhall.platform.jobs import JobRun, drain
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from tests.conftest import MakePerson, RunJobs
from tests.house.owner import Owner

OWNERS = ("user_id", "owner_id")
# Columns that name somebody in a row that is about somebody else.
OF_OTHERS = {
    ("blocks", "blocked_user_id"): "nobody is told who blocked him",
    ("groups", "creator_id"): "a group belongs to those who are in it, and outlives who made it",
    ("group_invitations", "invited_by"): "the invitation is its receiver's; the sender's export tells what he sent",
    ("friendships", "friend_id"): "the other side, which is a row of its own",
    ("friend_requests", "to_user_id"): "the request is its sender's until it is accepted",
    ("user_roles", "assigned_by"): "the role is somebody else's",
    ("activity_logs", "causer_id"): "what he did to others stands in their logs",
}
NOT_TOLD = {"idempotency_keys": "sealed answers that the person was given already, kept for a day"}
SECRET = re.compile(r"hash|digest|secret|salt|token|password|generation|api_key|nonce|verifier")
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)
QUESTION = questions.NewQuestion.model_validate({"type": "true_false", "text": "So?", "is_true": True}).required()
NEW_PASSWORD = "Another-Horse-8"


def owned_tables(user_id: UUID) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Every table with rows that belong to a person, and which of them are his."""
    for table in wiring.METADATA.sorted_tables:
        mine = _whose(table, user_id)
        if mine is not None:
            yield table, mine


def _whose(table: Table, user_id: UUID) -> ColumnElement[bool] | None:
    """By the column that names him, else by the row that it hangs on and falls with."""
    for key in table.foreign_keys:
        name, parent = key.parent.name, key.column.table
        if parent.name == "users":
            assert name in OWNERS or (table.name, name) in OF_OTHERS, f"whose is a row with {key.parent}?"
    named = next((table.c[name] for name in OWNERS if name in table.c), None)
    if named is not None:
        return named == user_id
    above = [
        key.parent.in_(select(key.column).where(mine))
        for key in table.foreign_keys
        if key.ondelete == "CASCADE" and key.column.table is not table
        if (mine := _whose(key.column.table, user_id)) is not None
    ]
    return or_(*above) if above else None


class Life(Owner):
    """Somebody with a row in every table, and every secret that he was ever told."""

    def __init__(self, person: Any, resources: Resources, other: Any, nobody: httpx2.AsyncClient) -> None:
        super().__init__(person, resources)
        self.other, self.nobody, self.secrets = other, nobody, [str(one) for one in person.tokens.values()]

    async def live(self) -> None:
        await self.settle_in()
        await self._settings()
        await self._study()
        await self._chapters_of_mine()
        await self._rows_without_a_route()
        await self._content()
        await self._credentials()
        self.secrets = [one for one in self.secrets if len(one) > 8]

    async def _settings(self) -> None:
        await self.ask("PUT", "/settings/consents", json={"recording": True})
        await self.ask("PUT", "/settings/ai", json={"provider": "openai", "api_key": "sk-a-key-of-my-own"})
        await self.ask("POST", "/onboarding", json={"study_preferences": {"daily_goal_minutes": 60}})
        await self.ask("POST", "/blocks", json={"user_id": str(self.other.id)})
        blocked = await self.other.client.post("/api/v1/blocks", json={"user_id": str(self.person.id)})
        assert blocked.status_code == 201, blocked.text
        feed = await self.ask("POST", "/settings/calendar-feed", headers={"Idempotency-Key": "once-only"})
        self.secrets += [feed["address"].rsplit("/", 1)[-1].removesuffix(".ics"), "sk-a-key-of-my-own"]

    async def _study(self) -> None:
        course = self.things["/courses/"]
        await self.ask("PUT", "/performance/grading", json={"scale": "us_4", "courses": [{"course_id": course}]})
        await self.ask("PATCH", f"/planning/plans/{self.things['/planning/plans/']}/complete", json={})
        await self.ask("POST", "/study-sessions/start", json={"course_id": course, "notes": "on trees"})
        await self.ask("PUT", "/streaks/me/holidays", json={"holidays": [clock.today_in("UTC").isoformat()]})
        await self.ask("PUT", "/streaks/me/reset")
        holiday = {"first_date": "2026-12-24", "last_date": "2026-12-26", "title": "Christmas"}
        await self.ask("PUT", "/timetable/exceptions", json={"semester": "S1", "holidays": [holiday]})

    async def _chapters_of_mine(self) -> None:
        """Somebody's map, which his chapter is tagged by, and a picture in his course."""
        chapter, course, now = self.things["/chapters/"], self.things["/courses/"], clock.now()
        async with self.resources.unit_of_work() as uow:
            subject = await uow.session.scalar(text("SELECT id FROM subjects LIMIT 1"))
            topic = {"id": new_id(), "subject_id": subject, "name": "Scheduling", "created_at": now, "updated_at": now}
            await uow.session.execute(wiring.METADATA.tables["topics"].insert().values(topic))
        await self.ask("PUT", f"/chapters/{chapter}/topics", json={"topic_ids": [str(topic["id"])]})
        await self.ask("POST", f"/chapters/{chapter}/complete")
        files = {"file": ("queue.png", PICTURE, "image/png")}
        await self.ask("POST", f"/courses/{course}/images", files=files)
        await self.ask("GET", f"/courses/{course}/export")

    async def _content(self) -> None:
        now, source, item = clock.now(), new_id(), new_id()
        tables = wiring.METADATA.tables
        listed = {
            "id": source,
            "name": "X",
            "slug": "x",
            "kind": "feed",
            "base_url": "https://x.test",
            "is_active": True,
        }
        made = {
            "id": item, "source_id": source, "external_id": "1", "title": "Trees", "description": "",
            "content_url": "https://x.test/1", "language": "en", "topics": [], "quality_score": 0, "words": [],
        }  # fmt: skip
        async with self.resources.unit_of_work() as uow:
            row = {**listed, "validators": {}, "next_crawl_at": now}
            await uow.session.execute(tables["content_sources"].insert().values(row))
            await uow.session.execute(tables["content_items"].insert().values(made))
        await self.ask("POST", f"/content/{item}/progress", json={"last_position": 10})

    async def _rows_without_a_route(self) -> None:
        """What comes by a provider, or by domains that are not there yet."""
        rule, now, me = files.UploadRule("avatar", files.RASTER, 10_000), clock.now(), self.person.id
        received = await files.receive(self.resources, rule, PICTURE, "me.png")
        async with self.resources.unit_of_work() as uow:
            await files.keep(uow, me, received)
            mine = frozenset({search.user_key(me)})
            await search.put(uow, [search.Document("resource", me, "Notes of Ada Lovelace", "A body.", mine)])
            await questions.create(uow, me, [(QUESTION, questions.Place())])
            stood = {"period": "weekly", "starts_on": now.date(), "taken_on": now.date(), "rank": 1, "seconds": 600}
            snapshot = wiring.METADATA.tables["leaderboard_snapshots"].insert()
            await uow.session.execute(snapshot.values(user_id=me, created_at=now, **stood))
            frozen = wiring.METADATA.tables["streak_freezes"].insert()
            await uow.session.execute(frozen.values(user_id=me, study_day=now.date()))
            for table, row in (
                ("outside_identities", {"issuer": "https://p.test", "subject": "1", "last_used_at": now}),
                ("subscriptions", {"id": me, "plan_key": "premium", "origin": "grant", "started_at": now}),
                ("sign_ons", {"state_hash": "5" * 64, "secrets": b"sealed", "return_to": "/", "expires_at": now}),
            ):
                named = {"user_id": me} if table == "subscriptions" else {"user_id": me, "provider": "p"}
                written = wiring.METADATA.tables[table].insert().values(**named | row)
                await uow.session.execute(written)

    async def be_reminded(self) -> None:
        values = {"email": self.person.email, "reason": "550 5.1.1", "bounced_at": clock.now()}
        async with self.resources.unit_of_work() as uow:
            table = wiring.METADATA.tables["mail_bounces"]
            await uow.session.execute(table.insert().values(user_id=self.person.id, **values))
            told = {"kind": "reminder", "period": clock.now().date(), "due_at": clock.now(), "status": "queued"}
            table = wiring.METADATA.tables["reminder_deliveries"]
            await uow.session.execute(table.insert().values(id=self.person.id, user_id=self.person.id, **told))

    async def _credentials(self) -> None:
        secret = (await self.ask("POST", "/auth/two-factor/setup"))["secret"]
        code = pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // 30)
        enabled = await self.ask("POST", "/auth/two-factor/enable", json={"code": code})
        token = await self.ask("POST", "/auth/tokens", json={"name": "another"})
        email, login = self.person.email, "/api/v1/auth/login"
        await self.nobody.post("/api/v1/auth/forgot-password", json={"email": email})
        await self.nobody.post(login, json={"email": email, "password": "Wrong-Horse-1"})
        change = {"current_password": self.person.password, "new_password": NEW_PASSWORD}
        await self.ask("POST", "/settings/change-password", json=change)
        await self.nobody.post(login, json={"email": email, "password": NEW_PASSWORD})
        self.secrets += [
            secret,
            *enabled["recovery_codes"],
            token["plain_text_token"],
            self.person.password,
            NEW_PASSWORD,
        ]


@pytest.fixture
async def life(person: MakePerson, client: httpx2.AsyncClient, resources: Resources, run_jobs: RunJobs) -> Life:
    lived = Life(await person(timezone="UTC", name="Ada Lovelace"), resources, await person(), client)
    await lived.live()
    await run_jobs()
    await lived.be_reminded()  # a mail that arrives would take the bounce away
    return lived


async def _read_out(
    resources: Resources, user_id: UUID, modules: Mapping[str, ModuleType]
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, int]]:
    """Every stream read to its end, and for each table how many rows came from streams that read it."""
    exported: dict[str, list[dict[str, Any]]] = {}
    told: dict[str, int] = {}
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    engine = resources.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        async with resources.unit_of_work() as uow:
            for module in modules.values():
                for name, rows in module.export(uow, user_id).items():
                    assert name not in exported, f"two streams are called {name}"
                    statements.clear()
                    exported[name] = await _all(rows)
                    for table in set(re.findall(r"\b(?:FROM|JOIN) (\w+)", "\n".join(statements))):
                        told[table] = told.get(table, 0) + len(exported[name])
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return exported, told


async def _all(rows: AsyncIterator[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [dict(row) async for row in rows]


async def _untold(resources: Resources, user_id: UUID, modules: Mapping[str, ModuleType]) -> list[str]:
    """Tables with more rows of the person than the export tells of."""
    _, told = await _read_out(resources, user_id, modules)
    kept = await _rows_of(resources, user_id)
    return [table for table, rows in kept.items() if told.get(table, 0) < rows and table not in NOT_TOLD]


async def _rows_of(resources: Resources, user_id: UUID) -> dict[str, int]:
    async with resources.unit_of_work() as uow:
        return {
            table.name: await uow.session.scalar(select(func.count()).select_from(table).where(mine)) or 0
            for table, mine in owned_tables(user_id)
        }


async def _erase(resources: Resources, user_id: UUID, modules: Mapping[str, ModuleType]) -> None:
    """From the top of the ladder down, the account last."""
    async with resources.unit_of_work() as uow:
        for name in _ladder():
            if name in modules and name != LAST:
                await modules[name].erase(uow, user_id)
        if LAST in modules:
            await modules[LAST].erase(uow, user_id)


def _ladder() -> list[str]:
    """The domains, highest first."""
    written = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text())
    contracts = written["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one.get("containers") == ["studyhall.domains"])
    return [name for layer in layers for name in re.findall(r"\w+", layer)]


async def _traces(resources: Resources, life: Life) -> list[str]:
    """Every table, of ours or of a library, in which a row still says something that only this person is called."""
    names = [str(life.person.id), life.person.email, "Ada Lovelace"]
    spelled = [*names, *(name.encode().hex() for name in names)]
    found = []
    async with resources.unit_of_work() as uow:
        tables = await uow.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        for table in tables.all():
            rows = await uow.session.scalars(text(f'SELECT t::text FROM "{table}" t'))
            found += [f"{table}: {row[:300]}" for row in rows if any(name in row for name in spelled)]
    return found


async def _secrets_of(uow: UnitOfWork, user_id: UUID) -> set[str]:
    """What stands in the columns whose names promise something secret."""
    found: set[str] = set()
    for table, mine in owned_tables(user_id):
        columns = [column for column in table.columns if SECRET.search(column.name)]
        if columns:
            rows = await uow.session.execute(select(*columns).where(mine))
            found |= {_spelled(value) for row in rows for value in row if isinstance(value, str | bytes)}
    return {value for value in found if len(value) > 8}


def _spelled(value: str | bytes) -> str:
    return value.hex() if isinstance(value, bytes) else value


def _plain(value: Any) -> str:
    return _spelled(value) if isinstance(value, bytes) else str(value)


async def test_this_person_has_a_row_in_every_table(life: Life, resources: Resources) -> None:
    """Else the other checks would say nothing about the tables that are missing here."""
    missing = [table for table, rows in (await _rows_of(resources, life.person.id)).items() if not rows]
    assert missing == [], "let `Life` live through something that leaves a row there"


async def test_the_export_tells_every_row(life: Life, resources: Resources) -> None:
    assert await _untold(resources, life.person.id, privacy_modules()) == []


async def test_the_export_holds_no_secret(life: Life, resources: Resources) -> None:
    exported, _ = await _read_out(resources, life.person.id, privacy_modules())
    told = orjson.dumps(exported, default=_plain).decode()
    async with resources.unit_of_work() as uow:
        secrets = await _secrets_of(uow, life.person.id)
    assert len(secrets) > 10 and len(life.secrets) > 10
    assert [one for one in [*secrets, *life.secrets] if one in told] == []


async def test_a_domain_without_privacy_is_noticed(life: Life, resources: Resources) -> None:
    """A planted fault: what one domain keeps is neither told nor, but for the account's own fall, erased."""
    for name, table in [("planning", "study_plans"), ("mails", "email_logs")]:
        others = {domain: module for domain, module in privacy_modules().items() if domain != name}
        assert table in await _untold(resources, life.person.id, others)
    others = {domain: module for domain, module in privacy_modules().items() if domain != "mails"}
    await _erase(resources, life.person.id, others)
    assert [trace for trace in await _traces(resources, life) if trace.startswith("email_logs")]


async def test_nothing_names_somebody_who_was_erased(life: Life, resources: Resources, run_jobs: RunJobs) -> None:
    assert len(await _traces(resources, life)) > 20
    await _erase(resources, life.person.id, privacy_modules())
    await run_jobs()
    assert await _traces(resources, life) == []
    async with resources.unit_of_work() as uow:
        # These know him by a digest only; without one it is a count for an address.
        assert await uow.session.scalar(text("SELECT count(*) FROM login_failures WHERE account <> ''")) == 0
    assert [one async for one in resources.storage.list()] == []


async def test_others_keep_what_is_theirs(life: Life, resources: Resources) -> None:
    before = await _rows_of(resources, life.other.id)
    await _erase(resources, life.person.id, privacy_modules())
    after = await _rows_of(resources, life.other.id)
    # He had blocked the one who is gone.
    assert after == {**before, "blocks": before["blocks"] - 1}


async def _zip_of(life: Life, run_jobs: RunJobs) -> zipfile.ZipFile:
    asked = await life.ask("POST", "/settings/export-data")
    await run_jobs()
    export = (await life.ask("GET", f"/settings/exports/{asked['export']['id']}"))["export"]
    assert export["state"] == "ready"
    content = await life.nobody.get(export["download_url"].removeprefix("https://studyhall.test"))
    return zipfile.ZipFile(io.BytesIO(content.content))


async def test_the_zip_tells_every_row_and_file_and_no_secret(
    life: Life, resources: Resources, run_jobs: RunJobs
) -> None:
    archive = await _zip_of(life, run_jobs)
    exported, _ = await _read_out(resources, life.person.id, privacy_modules())
    zipped = {name: orjson.loads(archive.read(f"data/{name}.json")) for name in exported}
    # The export itself, and what tells of it, came after the rows were read; a mail that arrives ends a bounce.
    later = {"data_exports", "background_tasks", "notifications", "emails", "mail_bounces", "activity", "files"}
    assert {name for name in exported if len(zipped[name]) != len(exported[name])} <= later
    assert all(zipped[name] for name, rows in exported.items() if rows)
    assert PICTURE in [archive.read(name) for name in archive.namelist() if name.startswith("files/")]
    async with resources.unit_of_work() as uow:
        secrets = await _secrets_of(uow, life.person.id)
    whole = b"\n".join(archive.read(name) for name in archive.namelist()).decode("latin-1")
    assert [one for one in [*secrets, *life.secrets] if one in whole] == []


async def _close_and_wait(life: Life, resources: Resources, days: int) -> None:
    """The whole way: the request, the days of grace, the clock's job, and all that it queues."""
    body = {"password": NEW_PASSWORD, "confirmation": "DELETE"}
    await life.ask("DELETE", "/settings/account", json=body)
    run = JobRun(1, "test", 1, 1, resources)
    with clock.frozen_at(clock.now() + timedelta(days=days)):
        await account_jobs.erase_due.job.handler(run)
        await drain(resources, wiring.JOBS)
        await files_jobs.purge.job.handler(run)


async def test_thirty_days_after_the_deletion_nothing_names_him(
    life: Life, resources: Resources, run_jobs: RunJobs
) -> None:
    await _zip_of(life, run_jobs)
    await _close_and_wait(life, resources, 30)
    assert await _traces(resources, life) == []
    assert [one async for one in resources.storage.list()] == []


async def test_until_then_everything_is_there(life: Life, resources: Resources) -> None:
    await _close_and_wait(life, resources, 29)
    assert len(await _traces(resources, life)) > 20


async def test_a_domain_that_is_passed_over_is_noticed(
    life: Life, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planted fault: the log of mails keeps its rows when an account goes, and with them the address."""
    kept = [one for one in wiring.PORTS[Keepers]() if one.domain not in ("mails", "notifications")]
    monkeypatch.setitem(resources.ports, Keepers, lambda: kept)  # type: ignore[index]  # a dictionary in tests
    await _close_and_wait(life, resources, 30)
    assert [trace for trace in await _traces(resources, life) if trace.startswith("email_logs")]

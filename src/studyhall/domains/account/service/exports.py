"""Asking for an export, looking after it, and making it.

A job makes it in four steps, none of which holds a transaction around slow work: rows of each domain into a spool, the
spool and the stored files into a zip, the zip into the store, and at last the row that says it is ready. Whoever ends
it meanwhile (its owner, or the closing of the account) is noticed between the steps, and nothing of it is kept.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from studyhall.domains.account import queries, rules
from studyhall.domains.account.errors import ExportNotFound
from studyhall.domains.account.models import UNFINISHED, DataExport, ExportState
from studyhall.domains.account.ports import Keepers
from studyhall.domains.account.service import archive, telling
from studyhall.domains.account.service.archive import Archive, Spool
from studyhall.domains.files import public as files
from studyhall.domains.files.public import ReceivedFile, StoredFile, UploadRule
from studyhall.domains.identity import public as identity
from studyhall.domains.tasks import public as tasks
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.clients.storage import ObjectMissing
from studyhall.platform.ids import new_id
from studyhall.platform.jobs import JobRun
from studyhall.platform.uow import UnitOfWork

TASK = "account.export"
KEPT_READY = timedelta(days=7)
STUCK_AFTER = timedelta(hours=6)
BATCH = 500
PURPOSE = "export"
ZIP_FILE = UploadRule(PURPOSE, frozenset({files.ZIP}), 1 << 40)
_INDENTED = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z
_PACKED = files.RASTER | {files.PDF, files.ZIP, files.DOCX, files.PPTX, files.XLSX}

README = """This is everything that Studyhall keeps of you.

data/      one pair of files for each kind of thing: .json for programs, .csv for spreadsheets. Times are in UTC.
files/     the files that you uploaded, or that were made for you.
manifest.json   what is in here, with counts and checksums.

In the .csv files a text that a spreadsheet would compute begins with an apostrophe. Passwords and other secrets are
not in here: Studyhall keeps only their hashes. Keep this archive in a safe place; it is readable by whoever has it.
"""


class NotWanted(Exception):
    """The export was ended while it was being made."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An export, and whether this very call began it."""

    row: DataExport
    is_new: bool


@dataclass(slots=True)
class _Made:
    """What the manifest tells."""

    spool: Spool
    archive: Archive
    user_id: UUID
    files: list[dict[str, Any]] = field(default_factory=list)


async def ask(uow: UnitOfWork, actor: Actor) -> Asked:
    """Begin an export; while one is being made it is that one. The caller queues the job of a new one."""
    await identity.lock_account(uow, actor.user_id)
    running = await queries.unfinished_of(uow, actor.user_id)
    if running is not None and running.updated_at > clock.now() - STUCK_AFTER:
        return Asked(running, False)
    if running is not None:
        await _end(uow, running, ExportState.FAILED)
    task_id = await tasks.create(uow, actor.user_id, TASK)
    row = DataExport(id=new_id(), user_id=actor.user_id, task_id=task_id, state=ExportState.QUEUED)
    uow.session.add(row)
    await uow.session.flush()
    uow.audit("settings.export_requested", "Asked for all own data.", user_id=actor.user_id, subject=("export", row.id))
    return Asked(row, True)


async def find(uow: UnitOfWork, actor: Actor, export_id: UUID) -> DataExport:
    """The actor's export. Raises ExportNotFound."""
    row = await queries.export_of(uow, actor.user_id, export_id)
    if row is None:
        raise ExportNotFound
    return row


def address_of(uow: UnitOfWork, row: DataExport) -> str | None:
    """Where the zip can be fetched for some minutes; None when there is none (any more)."""
    is_there = row.state == ExportState.READY and row.expires_at is not None and clock.now() < row.expires_at
    return files.address_of(uow.resources, row.file_id) if is_there and row.file_id else None


async def end_all(uow: UnitOfWork, user_id: UUID) -> bool:
    """The account closes: what is being made is ended, what is ready is thrown away. Whether one was being made."""
    standing = await queries.standing_of(uow, user_id)
    running = [row for row in standing if row.state in UNFINISHED]
    for row in running:
        await _end(uow, row, ExportState.CANCELLED)
    await _throw_away(uow, [row for row in standing if row.state == ExportState.READY], clock.now())
    return bool(running)


async def settle(run: JobRun) -> None:
    """Throw away what is over, and close what no job works on any more."""
    now = clock.now()
    async with run.unit_of_work() as uow:
        for row in await queries.stuck(uow, now - STUCK_AFTER):
            await _end(uow, row, ExportState.FAILED)
    while True:
        async with run.unit_of_work() as uow:
            over = await queries.expired(uow, now, BATCH)
            await _throw_away(uow, over, now)
        if len(over) < BATCH:
            return


async def _throw_away(uow: UnitOfWork, rows: Sequence[DataExport], now: datetime) -> None:
    doomed = [row.file_id for row in rows if row.file_id is not None]
    for row in rows:
        row.state, row.expires_at = ExportState.EXPIRED, now
    if doomed:
        await uow.session.flush()
        await files.discard(uow, doomed)


async def _end(uow: UnitOfWork, row: DataExport, state: ExportState) -> None:
    row.state, row.finished_at = state, clock.now()
    await uow.session.flush()
    if state is ExportState.CANCELLED:
        await tasks.cancelled(uow, row.task_id)
    else:
        await tasks.fail(uow, row.task_id, "The export could not be made. Ask for it again.")


async def make(run: JobRun, export_id: UUID) -> None:
    """Make the export; a run that dies is simply run again from the start."""
    async with run.unit_of_work() as uow:
        row = await queries.still_wanted(uow, export_id)
        if row is None:
            return
        if not await tasks.start(uow, row.task_id):
            await _end(uow, row, ExportState.CANCELLED)
            return
        row.state, user_id, task_id = ExportState.RUNNING, row.user_id, row.task_id
    folder = run.resources.settings.data_dir
    made = _Made(Spool(folder), Archive(folder), user_id)
    try:
        await _fill(run, export_id, task_id, made)
        await _publish(run, export_id, task_id, made)
    except NotWanted:
        await _give_up(run, export_id, ExportState.CANCELLED)
    except Exception:
        if run.is_last:
            await _give_up(run, export_id, ExportState.FAILED)
        raise
    finally:
        made.spool.close()
        made.archive.close()


async def _give_up(run: JobRun, export_id: UUID, state: ExportState) -> None:
    async with run.unit_of_work() as uow:
        row = await queries.still_wanted(uow, export_id)
        if row is not None:
            await _end(uow, row, state)


async def _fill(run: JobRun, export_id: UUID, task_id: UUID, made: _Made) -> None:
    keepers = run.resources.port(Keepers)()
    for number, keeper in enumerate(keepers):
        await _report(run, export_id, task_id, 50 * number // len(keepers), "Gathering your data")
        async with run.unit_of_work() as uow:
            for name, rows in keeper.export(uow, made.user_id).items():
                made.spool.begin(name)
                batch: list[Any] = []
                async for one in rows:
                    batch.append(one)
                    if len(batch) == BATCH:
                        await asyncio.to_thread(made.spool.add, batch)
                        batch = []
                await asyncio.to_thread(made.spool.add, batch)
                made.spool.end()
    await _report(run, export_id, task_id, 50, "Packing")
    for stream in made.spool.streams:
        await asyncio.to_thread(made.archive.add_stream, made.spool, stream)
    await _add_files(run, export_id, task_id, made)
    await asyncio.to_thread(_add_manifest, made)


async def _add_files(run: JobRun, export_id: UUID, task_id: UUID, made: _Made) -> None:
    async with run.unit_of_work() as uow:
        his = [one for one in await files.of_person(uow, made.user_id) if one.purpose != PURPOSE]
    for number, one in enumerate(his):
        await _report(run, export_id, task_id, 60 + 30 * number // len(his), f"Packing file {number + 1} of {len(his)}")
        path = f"files/{rules.entry_name(one.id.hex, one.name)}"
        told = {"id": one.id, "name": one.name, "size": one.size, "sha256": one.sha256}
        made.files.append({**told, "path": path if await _add_file(run, made, one, path) else None})


async def _add_file(run: JobRun, made: _Made, one: StoredFile, path: str) -> bool:
    """Whether its bytes were there; a lost file is told in the manifest and does not cost the whole export."""
    content = files.content(run.resources, one)
    try:
        first = await anext(content, b"")
    except ObjectMissing:
        return False
    entry = made.archive.open_file(path, is_packed=one.mime_type in _PACKED)
    try:
        await asyncio.to_thread(entry.write, first)
        async for piece in content:
            await asyncio.to_thread(entry.write, piece)
    finally:
        await asyncio.to_thread(entry.close)
    return True


def _add_manifest(made: _Made) -> None:
    streams = [{"name": one.name, "rows": one.rows, "columns": one.columns} for one in made.spool.streams]
    told = {"made_at": clock.now(), "account_id": made.user_id, "data": streams, "files": made.files}
    made.archive.add_text("manifest.json", orjson.dumps(told, rules.plain, _INDENTED))
    made.archive.add_text("README.txt", README.encode())


async def _publish(run: JobRun, export_id: UUID, task_id: UUID, made: _Made) -> None:
    size = await asyncio.to_thread(made.archive.finish)
    await _report(run, export_id, task_id, 90, "Storing")
    name = f"studyhall-export-{clock.now():%Y-%m-%d}.zip"
    received = await files.receive(run.resources, ZIP_FILE, archive.pieces(made.archive.file, asyncio.to_thread), name)
    async with run.unit_of_work() as uow:
        is_kept = await _keep(uow, export_id, made, received, size)
    if not is_kept:
        await run.resources.storage.delete(received.key)


async def _keep(uow: UnitOfWork, export_id: UUID, made: _Made, received: ReceivedFile, size: int) -> bool:
    row = await queries.still_wanted(uow, export_id)
    if row is None:
        return False
    if await tasks.is_cancelled(uow, row.task_id):
        await _end(uow, row, ExportState.CANCELLED)
        return False
    stored = await files.keep(uow, row.user_id, received)
    now = clock.now()
    row.state, row.file_id, row.size = ExportState.READY, stored.id, size
    row.row_count, row.file_count = sum(one.rows for one in made.spool.streams), len(made.files)
    row.finished_at, row.expires_at = now, now + KEPT_READY
    await uow.session.flush()
    await tasks.finish(uow, row.task_id, {"export_id": str(row.id)})
    uow.audit("settings.export_made", "All own data was put together.", user_id=row.user_id, subject=("export", row.id))
    await telling.export_ready(uow, row.user_id, row.id, row.expires_at)
    return True


async def _report(run: JobRun, export_id: UUID, task_id: UUID, percent: int, message: str) -> None:
    """Say how far it is. Raises NotWanted."""
    async with run.unit_of_work() as uow:
        goes_on = await tasks.progress(uow, task_id, percent, message)
        goes_on = await queries.touch(uow, export_id, clock.now()) and goes_on
    if not goes_on:
        raise NotWanted

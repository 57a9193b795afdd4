"""How long an export takes, and an erasure, for a person with many rows: `python -m bench.account [rows] [megabytes]`.

A throw-away database and a folder as the store; the job's own code, in this process. The memory is the growth of the
process's largest resident size while the export is made.
"""

import asyncio
import json
import os
import platform
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import insert, select
from sqlalchemy.engine import make_url

from studyhall.domains.account import jobs
from studyhall.domains.account.models import DataExport
from studyhall.domains.account.service import exports
from studyhall.domains.files import public as files
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import NewAccount
from studyhall.entrypoints import wiring
from studyhall.entrypoints.cli import schema
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.embedded.throwaway import throwaway_postgres, throwaway_valkey
from studyhall.platform.ids import new_id
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Environment, Settings

RESULTS = Path(__file__).parent / "results" / "account.json"
NAME = "studyhall_bench"


async def database(server: str) -> str:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f'CREATE DATABASE "{NAME}"')
    finally:
        await connection.close()
    return make_url(server).set(database=NAME).render_as_string(hide_password=False)


async def filled(resources: Resources, rows: int, megabytes: int) -> UUID:
    """Somebody with so many rows, in the proportions of a year's use, and files."""
    async with resources.unit_of_work() as uow:
        account = NewAccount(email="ada@example.org", first_name="Ada", last_name="Lovelace")
        user_id = await identity.open_account(uow, account, password_hash=None, is_verified=True)
    tables = wiring.METADATA.tables
    now = clock.now()
    made: dict[str, Any] = {
        "notifications": lambda n: {"type": "system", "title": f"Notice {n}", "message": "Something happened. " * 5},
        "activity_logs": lambda n: {"event": "auth.login", "description": "Signed in.", "created_at": now},
    }
    for table, share in (("notifications", 0.5), ("activity_logs", 0.5)):
        batch = [{"id": new_id(), "user_id": user_id, **made[table](n)} for n in range(int(rows * share))]
        async with resources.unit_of_work() as uow:
            for start in range(0, len(batch), 2000):
                await uow.session.execute(insert(tables[table]), batch[start : start + 2000])
    picture = b"\x89PNG\r\n\x1a\n" + os.urandom(1_000_000)
    for number in range(megabytes):
        received = await files.receive(
            resources, files.UploadRule("test", files.RASTER, 2_000_000), picture, f"{number}.png"
        )
        async with resources.unit_of_work() as uow:
            await files.keep(uow, user_id, received)
    return user_id


async def measured(settings: Settings, rows: int, megabytes: int) -> dict[str, Any]:
    async with wiring.open_resources(settings) as resources:
        user_id = await filled(resources, rows, megabytes)
        async with resources.unit_of_work() as uow:
            export_id = (await exports.ask(uow, Actor(user_id))).row.id
        before = resource.getrusage(resource.RUSAGE_SELF)
        begun = time.monotonic()
        await jobs.make_export.handler(JobRun(1, "bench", 1, 1, resources), export_id=export_id)
        seconds = time.monotonic() - begun
        after = resource.getrusage(resource.RUSAGE_SELF)
        async with resources.unit_of_work() as uow:
            made = (await uow.session.scalars(select(DataExport).where(DataExport.id == export_id))).one()
            assert made.state == "ready", made.state
            await identity.close(uow, user_id)
        begun = time.monotonic()
        with clock.frozen_at(clock.now() + timedelta(days=31)):
            await jobs.erase.handler(JobRun(1, "bench", 1, 1, resources), user_id=user_id)
        return {
            "rows": made.row_count,
            "files": made.file_count,
            "file_megabytes": megabytes,
            "zip_megabytes": round((made.size or 0) / 1e6, 2),
            "export_seconds": round(seconds, 2),
            "export_cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
            "grown_megabytes": round((after.ru_maxrss - before.ru_maxrss) / 1024, 1),
            "erase_seconds": round(time.monotonic() - begun, 2),
        }


def main() -> None:
    rows, megabytes = (int(one) for one in (*sys.argv[1:], *("10000", "50")[len(sys.argv) - 1 :]))
    with throwaway_postgres() as server, throwaway_valkey() as redis, tempfile.TemporaryDirectory() as folder:
        url = asyncio.run(database(server))
        schema.upgrade(url)
        settings = Settings(
            environment=Environment.TEST, data_dir=Path(folder), database_url=url, redis_url=redis,
            secret_key=SecretStr("a secret for measuring, nothing more"),
        )  # fmt: skip
        told = asyncio.run(measured(settings, rows, megabytes))
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)}
    RESULTS.write_text(json.dumps({"machine": machine, "export": told}, indent=2) + "\n")
    Console().print(told, machine)


if __name__ == "__main__":
    main()

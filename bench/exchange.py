"""How long importing and exporting courses takes: `python -m bench.exchange`.

A throw-away database and a folder as the store; the jobs' own code, in this process. The courses are the three real
ones beside the checkout, a made one of 500 chapters, 200 images and 2,000 questions, and the real cartridge.
"""

import asyncio
import io
import json
import os
import platform
import resource
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import asyncpg
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import select
from sqlalchemy.engine import make_url

from studyhall.domains.exchange import jobs
from studyhall.domains.exchange.models import CourseTransfer
from studyhall.domains.exchange.service import exporting, importing
from studyhall.domains.files import public as files
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import NewAccount
from studyhall.entrypoints import wiring
from studyhall.entrypoints.cli import schema
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.embedded.throwaway import throwaway_postgres, throwaway_valkey
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Environment, Settings

RESULTS = Path(__file__).parent / "results" / "exchange.json"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NAME = "studyhall_bench"


def zipped(entries: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as package:
        for path, content in entries.items():
            package.writestr(path, content)
    return made.getvalue()


def real(folder: Path) -> bytes:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return zipped({str(path.relative_to(folder)): path.read_bytes() for path in found})


def large() -> bytes:
    entries = {"README.md": b"# A large course\n"}
    for number in range(500):
        text = f"# Chapter {number}\n\n![i](../images/{number % 200}.png) [next](../{number + 1}/README.md)\n\n"
        entries[f"{number}/README.md"] = (text + "A sentence of some *length* stands here.\n\n" * 100).encode()
        asked = "".join(f"::Q{number}-{n}:: What is {n}? {{=right ~wrong ~worse}}\n\n" for n in range(4))
        entries[f"{number}/quiz.gift"] = asked.encode()
    for number in range(200):
        entries[f"images/{number}.png"] = b"\x89PNG\r\n\x1a\n" + os.urandom(50_000)
    return zipped(entries)


async def database(server: str) -> str:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f'CREATE DATABASE "{NAME}"')
    finally:
        await connection.close()
    return make_url(server).set(database=NAME).render_as_string(hide_password=False)


async def imported(resources: Resources, user_id: UUID, name: str, content: bytes) -> tuple[float, CourseTransfer]:
    received = await files.receive(resources, importing.PACKAGE_FILE, content, f"{name}.zip")
    async with resources.unit_of_work() as uow:
        transfer_id = (await importing.take(uow, Actor(user_id), received, None)).id
    begun = time.monotonic()
    await jobs.import_course.handler(JobRun(1, "bench", 1, 1, resources), transfer_id=transfer_id)
    return time.monotonic() - begun, await ended(resources, transfer_id)


async def ended(resources: Resources, transfer_id: UUID) -> CourseTransfer:
    async with resources.unit_of_work() as uow:
        row = (await uow.session.scalars(select(CourseTransfer).where(CourseTransfer.id == transfer_id))).one()
    assert row.status == "done", row.failure
    return row


async def measured(settings: Settings) -> dict[str, Any]:
    courses = {folder.name: real(folder) for folder in sorted((DATA / "course-iot").glob("*"))}
    if (DATA / "qti").is_dir():
        courses["cartridge"] = real(DATA / "qti" / "canvas_cartridge")
    courses["large"] = large()
    figures: dict[str, Any] = {}
    async with wiring.open_resources(settings) as resources:
        async with resources.unit_of_work() as uow:
            account = NewAccount(email="ada@example.org", first_name="Ada", last_name="Lovelace")
            user_id = await identity.open_account(uow, account, password_hash=None, is_verified=True)
        for name, content in courses.items():
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            first, row = await imported(resources, user_id, name, content)
            again, _ = await imported(resources, user_id, name, content)
            assert row.course_id is not None
            async with resources.unit_of_work() as uow:
                export_id = (await exporting.ask(uow, Actor(user_id), row.course_id)).id
            begun = time.monotonic()
            await jobs.export_course.handler(JobRun(1, "bench", 1, 1, resources), transfer_id=export_id)
            out = time.monotonic() - begun
            await ended(resources, export_id)
            figures[name] = {
                "zip_kilobytes": round(len(content) / 1000),
                "import_seconds": round(first, 2),
                "second_import_seconds": round(again, 2),
                "export_seconds": round(out, 2),
                "losses": sum(row.loss_report["counts"].values()),
                "grown_megabytes": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, 1),
            }
    return figures


def main() -> None:
    """Run it and keep the figures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        throwaway_postgres() as server,
        throwaway_valkey() as redis,
    ):
        url = asyncio.run(database(server))
        schema.upgrade(url)
        settings = Settings(
            environment=Environment.TEST,
            data_dir=Path(folder),
            database_url=url,
            redis_url=redis,
            secret_key=SecretStr("a secret for figures, nothing more"),
        )
        figures = asyncio.run(measured(settings))
    told = {"measured_at": clock.now().isoformat(), "cpus": os.cpu_count(), "python": platform.python_version()}
    load = {"load_average": round(os.getloadavg()[0], 1)}
    RESULTS.write_text(json.dumps({**told, **load, "courses": figures}, indent=1) + "\n")
    Console().print_json(data=figures)


if __name__ == "__main__":
    main()

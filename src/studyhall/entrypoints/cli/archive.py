"""Backup and restore: one tar file with the database dump, the stored files, the secret key and a manifest.

The dump is taken before the files: a file is written before the row that names it, so what the dump names is there.
"""

import asyncio
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Self

import asyncpg
from sqlalchemy import make_url

from studyhall import __version__
from studyhall.entrypoints.cli import schema
from studyhall.entrypoints.cli.environment import completed
from studyhall.platform import clock
from studyhall.platform.embedded import DataFolder, ServerUrls, SetupError
from studyhall.platform.embedded.folder import write_private
from studyhall.platform.embedded.process import CHILD_ENVIRONMENT
from studyhall.platform.embedded.programs import postgres_programs
from studyhall.platform.ids import new_id
from studyhall.platform.settings import Settings

MANIFEST = "manifest.json"
DUMP = "database.dump"
SECRET = "secret.key"  # noqa: S105 - the name of a file
FILES = "files"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Attributes:
        schema: the revision of the dumped schema.
        holds_files: false when the files are kept elsewhere (S3), which a backup leaves alone.
    """

    studyhall: str
    schema: str
    made_at: str
    holds_files: bool

    @classmethod
    def read(cls, stream: IO[bytes]) -> Self:
        return cls(**json.load(stream))


def back_up(settings: Settings, target: Path) -> str:
    """Writes the backup and returns what to tell the operator.

    Raises:
        SetupError: the database cannot be dumped or the file not be written.
    """
    url = settings.database_url or ""
    holds_files = settings.storage_url is None
    manifest = Manifest(__version__, asyncio.run(_revision(url)), clock.now().isoformat(), holds_files)
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        with tempfile.TemporaryDirectory(dir=target.absolute().parent) as scratch:
            dump = Path(scratch) / DUMP
            _run("pg_dump", url, "--format=custom", "--no-owner", "--no-acl", f"--file={dump}")
            write_private(unfinished, "")
            with tarfile.open(unfinished, "w") as archive:
                _add_text(archive, MANIFEST, json.dumps(asdict(manifest)))
                archive.add(dump, DUMP)
                _add_text(archive, SECRET, settings.require_secret_key())
                if holds_files:
                    archive.add(DataFolder(settings.data_dir).files, FILES, filter=_plain)
        _onto_disk(unfinished)
        unfinished.replace(target)
    except OSError as problem:
        unfinished.unlink(missing_ok=True)
        raise SetupError(f"The backup cannot be written ({problem.strerror}: {problem.filename}).") from problem
    elsewhere = "" if holds_files else f" The files in {settings.storage_url} are not in it: back them up there."
    return f"Wrote {target} ({target.stat().st_size / 2**20:.1f} MiB). It holds secrets: keep it safe.{elsewhere}"


def restore(settings: Settings, urls: ServerUrls, source: Path, *, replace: bool) -> str:
    """Loads a backup and brings it to the schema of this version; returns what to tell the operator.

    Raises:
        SetupError: it is no backup, it is newer than this program, or the target is not empty.
    """
    url, folder = urls.database_url, DataFolder(settings.data_dir)
    try:
        with tarfile.open(source) as archive, tempfile.TemporaryDirectory(dir=_root_of(folder)) as scratch:
            manifest = Manifest.read(_member(archive, MANIFEST))
            schema.refuse_newer(manifest.schema)
            archive.extractall(scratch, filter="data")
            _run("pg_restore", None, "--list", str(Path(scratch) / DUMP))
            asyncio.run(_make_room(url, replace=replace))
            _run("pg_restore", url, "--no-owner", "--no-acl", "--single-transaction", str(Path(scratch) / DUMP))
            if manifest.holds_files and settings.storage_url is None:
                _swap_in(Path(scratch) / FILES, folder.files)
            secret = (Path(scratch) / SECRET).read_text()
    except (tarfile.TarError, KeyError, TypeError, json.JSONDecodeError) as problem:
        raise SetupError(f"{source} is no backup that `studyhall backup` wrote, or it is damaged.") from problem
    advice = _keep_secret(settings, folder, secret)
    schema.upgrade(completed(settings, urls).database_url or "")
    return f"Restored {source} of {manifest.made_at}, made by Studyhall {manifest.studyhall}.{advice}"


def _keep_secret(settings: Settings, folder: DataFolder, secret: str) -> str:
    if settings.secret_key is None:
        unfinished = folder.secret_key.with_suffix(".unfinished")
        write_private(unfinished, f"{secret}\n")
        unfinished.replace(folder.secret_key)
        return ""
    if settings.secret_key.get_secret_value() == secret:
        return ""
    return (
        " STUDYHALL_SECRET_KEY differs from the secret of the backup, so sessions and stored keys cannot be read: add "
        "that secret (`tar xOf FILE secret.key`) to STUDYHALL_PREVIOUS_SECRET_KEYS."
    )


def _root_of(folder: DataFolder) -> Path:
    folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder.root


def _swap_in(new: Path, place: Path) -> None:
    old = place.with_name(f"{place.name}.{new_id()}.replaced")
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


async def _revision(url: str) -> str:
    connection = await _connect(url)
    try:
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        revision = None
    finally:
        await connection.close()
    if revision is None:
        raise SetupError("There is nothing to back up: the database has no Studyhall schema yet.")
    return str(revision)


async def _make_room(url: str, *, replace: bool) -> None:
    connection = await _connect(url)
    try:
        if await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"):
            if not replace:
                raise SetupError(
                    f"The database at {schema.address_of(url)} is not empty. Restore into a new folder "
                    "(`--data-dir NEW`), or throw away what is there with `--replace`."
                )
            await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    finally:
        await connection.close()


async def _connect(url: str) -> asyncpg.Connection:
    try:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        return await asyncpg.connect(plain, timeout=schema.CONNECT_SECONDS)
    except schema.REFUSALS as problem:
        raise schema.unreachable_database(url, problem) from problem


def _run(program: str, url: str | None, *options: str) -> None:
    """Runs a PostgreSQL tool; the password goes by its environment, since arguments can be read by everyone."""
    environment = dict(CHILD_ENVIRONMENT)
    target: list[str] = []
    if url is not None:
        parsed = make_url(url).set(drivername="postgresql")
        environment["PGPASSWORD"] = str(parsed.password or "")
        target = [f"--dbname={parsed._replace(password=None).render_as_string(hide_password=False)}"]
    command = [str(postgres_programs() / program), *target, *options]
    # The program is the wheel's and no shell reads its arguments.
    outcome = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if outcome.returncode != 0:
        raise SetupError(f"{program} failed: {outcome.stderr.strip() or outcome.returncode}")


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    stream = archive.extractfile(name)
    if stream is None:
        raise KeyError(name)
    return stream


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(text.encode()), 0o600, int(clock.now().timestamp())
    archive.addfile(entry, io.BytesIO(text.encode()))


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def _onto_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

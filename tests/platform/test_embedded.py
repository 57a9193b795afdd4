"""The embedded servers: made, found again, killed at any moment, refused where they must be."""

import asyncio
import contextlib
import fcntl
import json
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from studyhall.platform.embedded import DataFolder, EmbeddedServers, RunningServers, ServerUrls, SetupError, programs
from studyhall.platform.embedded.account import Account
from studyhall.platform.embedded.network import free_port, port_problem
from studyhall.platform.embedded.postgres import PostgresServer
from studyhall.platform.embedded.throwaway import throwaway_postgres, throwaway_valkey

AS_ROOT = os.geteuid() == 0
KEEP = """DO $$ BEGIN
    DROP TABLE IF EXISTS kept;
    CREATE TABLE kept AS SELECT 7 AS number;
END $$"""


@contextlib.contextmanager
def passable_folder() -> Iterator[Path]:
    """A folder that other accounts may pass through; those of pytest are closed to them."""
    made = Path(tempfile.mkdtemp(prefix="studyhall-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def place() -> Iterator[Path]:
    with passable_folder() as made:
        yield made


@pytest.fixture(scope="module")
def used_place() -> Iterator[Path]:
    """A place whose data folder was used before; one for all, since making a cluster takes a second."""
    with passable_folder() as made:
        with embedded(made):
            pass
        yield made


def embedded(place: Path) -> EmbeddedServers:
    return EmbeddedServers(place / "data", database_url=None, redis_url=None)


def query(url: str, sql: str) -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(ask())


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


SERVE = """
import sys, time, json
from pathlib import Path
from studyhall.platform.embedded import EmbeddedServers
servers = EmbeddedServers(Path(sys.argv[1]), database_url=None, redis_url=None)
with servers as urls:
    print(json.dumps([urls.database_url, *servers.pids().values()]), flush=True)
    time.sleep(120)
"""


@contextlib.contextmanager
def other_process(place: Path) -> Iterator[tuple[subprocess.Popen[str], str, list[int]]]:
    """Another process that runs the servers on the same folder."""
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(place / "data")], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        url, *pids = json.loads(process.stdout.readline())
        yield process, url, pids
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert eventually(lambda: all(gone(pid) for pid in pids))


def test_what_was_committed_is_there_after_a_restart(place: Path) -> None:
    with embedded(place) as urls:
        query(urls.database_url, KEEP)
        secret = DataFolder(place / "data").secret()
    with embedded(place) as urls:
        assert query(urls.database_url, "SELECT number FROM kept") == 7
        assert query(urls.database_url, "SHOW fsync") == "on"
        assert query(urls.database_url, "SELECT lower('ÄÖÉ')") == "äöé"
        query(urls.database_url, "CREATE EXTENSION vector")
    assert DataFolder(place / "data").secret() == secret


def test_kill_at_any_moment_ends_everything_and_loses_nothing(used_place: Path) -> None:
    with other_process(used_place) as (process, url, pids):
        query(url, KEEP)
        process.kill()
        assert eventually(lambda: all(gone(pid) for pid in pids))
    with embedded(used_place) as urls:
        assert query(urls.database_url, "SELECT number FROM kept") == 7


def test_a_server_killed_with_all_its_own_recovers(used_place: Path) -> None:
    with other_process(used_place) as (process, url, pids):
        query(url, KEEP)
        for pid in (process.pid, *pids):
            os.kill(pid, signal.SIGKILL)
        assert (used_place / "data/postgres/postmaster.pid").exists()
        with embedded(used_place) as urls:
            assert query(urls.database_url, "SELECT number FROM kept") == 7


def test_a_stale_claim_with_the_number_of_a_living_process_is_no_hindrance(used_place: Path) -> None:
    with embedded(used_place):
        claim = (used_place / "data/postgres/postmaster.pid").read_text()
    stale = used_place / "data/postgres/postmaster.pid"
    stale.write_text("\n".join([str(os.getppid()), *claim.splitlines()[1:]]))
    with embedded(used_place) as urls:
        assert query(urls.database_url, "SELECT 1") == 1


def test_a_leftover_of_a_crash_is_ended_first(used_place: Path) -> None:
    folder, account = DataFolder(used_place / "data"), Account.for_children("nobody")
    folder.prepare(account)
    leftover = PostgresServer(
        folder.postgres,
        account,
        password_file=folder.postgres_password,
        log=folder.log("postgres"),
        programs=folder.programs,
    )
    with leftover:
        with embedded(used_place) as urls:
            assert query(urls.database_url, "SELECT 1") == 1
        assert not leftover.running


def test_an_unfinished_cluster_is_made_anew(place: Path) -> None:
    (place / "data/postgres.unfinished").mkdir(parents=True)
    (place / "data").chmod(0o711)
    (place / "data/postgres.unfinished/PG_VERSION").write_text("18\n")
    with embedded(place) as urls:
        assert query(urls.database_url, "SELECT 1") == 1
    assert not (place / "data/postgres.unfinished").exists()


def test_a_lost_password_is_renewed(used_place: Path) -> None:
    with embedded(used_place) as urls:
        query(urls.database_url, KEEP)
    (used_place / "data/postgres.password").unlink()
    with embedded(used_place) as urls:
        assert query(urls.database_url, "SELECT number FROM kept") == 7


def test_the_password_guards_both_ways_in(used_place: Path) -> None:
    with embedded(used_place) as urls:
        password = (used_place / "data/postgres.password").read_text().strip()
        wrong = urls.database_url.replace(password, "wrong")
        with pytest.raises(asyncpg.InvalidPasswordError):
            query(wrong, "SELECT 1")
        port = urls.database_url.rsplit("port=", 1)[1]
        by_tcp = f"postgresql://studyhall:{password}@127.0.0.1:{port}/studyhall"
        assert str(query(by_tcp, "SELECT inet_server_addr()")) == "127.0.0.1"
        with pytest.raises(asyncpg.InvalidPasswordError):
            query(by_tcp.replace(password, "wrong"), "SELECT 1")


def test_secrets_are_readable_by_their_owner_alone(used_place: Path) -> None:
    with embedded(used_place):
        folder = DataFolder(used_place / "data")
        folder.secret()
        for path in (folder.secret_key, folder.postgres_password, folder.running, folder.lock):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        for path in (folder.postgres, folder.valkey, folder.files, folder.outbox, folder.logs):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700, path


def test_a_folder_in_use_is_refused_with_the_process_that_uses_it(used_place: Path) -> None:
    with (
        other_process(used_place) as (process, url, _),
        pytest.raises(SetupError, match=rf"in use by another Studyhall \(process {process.pid}\)"),
    ):
        embedded(used_place).__enter__()
    assert url


def test_a_second_process_finds_the_running_servers(used_place: Path) -> None:
    assert RunningServers.on(used_place / "data") is None
    with other_process(used_place) as (_, url, _):
        running = RunningServers.on(used_place / "data")
        assert running is not None
        with running as urls:
            assert urls.database_url == url
            assert query(urls.database_url, "SELECT 1") == 1


def test_a_lock_that_a_dying_fork_still_holds_is_waited_for(place: Path) -> None:
    folder = DataFolder(place)
    folder.lock.write_text("999999999\n")
    descriptor = os.open(folder.lock, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    holder = subprocess.Popen(["sleep", "0.3"], pass_fds=[descriptor])
    os.close(descriptor)
    with folder.locked():
        assert folder.owner() == os.getpid()
    holder.wait()


@pytest.mark.parametrize(("version", "age"), [("17", "older"), ("19", "newer")])
def test_a_database_of_another_version_is_refused(place: Path, version: str, age: str) -> None:
    (place / "data/postgres").mkdir(parents=True)
    (place / "data").chmod(0o711)
    (place / "data/postgres/PG_VERSION").write_text(f"{version}\n")
    with pytest.raises(SetupError, match=f"made by PostgreSQL {version}, {age} than the 18.*studyhall restore"):
        embedded(place).__enter__()


def test_nothing_is_started_where_both_addresses_are_given(place: Path) -> None:
    given = EmbeddedServers(place / "data", database_url="postgresql://db/x", redis_url="redis://cache/0")
    with given as urls:
        assert urls == ServerUrls("postgresql://db/x", "redis://cache/0")
        assert not (place / "data").exists()


def test_a_folder_that_cannot_be_made_is_refused(place: Path) -> None:
    (place / "data").write_text("a file stands here")
    with pytest.raises(SetupError, match=r"cannot be used .*--data-dir"):
        embedded(place).__enter__()


@pytest.mark.skipif(not AS_ROOT, reason="only root drops to another account")
def test_a_closed_parent_folder_is_named_and_left_closed(place: Path) -> None:
    closed = place / "home"
    closed.mkdir(mode=0o700)
    with pytest.raises(SetupError, match=rf"may not enter {closed}.*/var/lib/studyhall.*chmod o\+x {closed}"):
        EmbeddedServers(closed / "data", database_url=None, redis_url=None).__enter__()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="only root drops to another account")
def test_as_root_the_servers_run_as_an_unprivileged_account(used_place: Path) -> None:
    servers = embedded(used_place)
    with servers:
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid in servers.pids().values()}
    assert owners == {pwd.getpwnam("nobody").pw_uid}


@pytest.mark.skipif(not AS_ROOT, reason="only root drops to another account")
def test_accounts_that_cannot_serve_are_refused() -> None:
    with pytest.raises(SetupError, match=r"no account 'nosuchaccount'.*useradd"):
        Account.for_children("nosuchaccount")
    with pytest.raises(SetupError, match="must not be root"):
        Account.for_children("root")


def test_two_servers_that_start_at_once_agree_on_the_secret(place: Path) -> None:
    script = "import sys; from pathlib import Path; from studyhall.platform.embedded import DataFolder; "
    script += "print(DataFolder(Path(sys.argv[1])).secret())"
    makers = [
        subprocess.Popen([sys.executable, "-c", script, str(place)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    secrets = {maker.communicate()[0].strip() for maker in makers}
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 60
    assert [path.name for path in place.iterdir()] == ["secret.key"]


def test_a_large_log_is_put_aside(place: Path) -> None:
    folder = DataFolder(place)
    folder.logs.mkdir()
    (folder.logs / "postgres.log").write_bytes(b"x" * (10 * 2**20 + 1))
    assert not folder.log("postgres").exists()
    assert (folder.logs / "postgres.log.1").exists()


def test_valkey_wants_its_password_and_keeps_nothing(place: Path) -> None:
    async def settings(url: str) -> list[object]:
        async with Redis.from_url(url, decode_responses=True) as client:
            return [await client.config_get("maxmemory-policy"), await client.config_get("save")]

    async def without_password(url: str) -> None:
        async with Redis.from_url(f"redis://{url.rsplit('@', 1)[1]}") as client:
            await client.ping()

    with throwaway_valkey(place) as url:
        assert asyncio.run(settings(url)) == [{"maxmemory-policy": "allkeys-lru"}, {"save": ""}]
        with pytest.raises(AuthenticationError):
            asyncio.run(without_password(url))


def test_a_taken_port_is_seen() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        problem = port_problem("127.0.0.1", listener.getsockname()[1])
        assert problem is not None
        assert "in use" in str(problem)
    assert port_problem("127.0.0.1", free_port()) is None


@pytest.mark.skipif(not AS_ROOT, reason="only root drops to another account")
def test_programs_that_the_account_cannot_reach_are_copied(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = place / "venv"
    closed.mkdir(mode=0o700)
    original = programs.postgres_programs()
    package = original.parent.parent
    (closed / package.name).mkdir()
    (closed / package.name / original.parent.name).symlink_to(original.parent)
    (closed / f"{package.name}.libs").symlink_to(package.with_name(f"{package.name}.libs"))
    (closed / "valkey-server").symlink_to(programs.valkey_program())
    monkeypatch.setattr(
        programs, "postgres_programs", lambda _major: closed / package.name / original.parent.name / original.name
    )
    monkeypatch.setattr(Account, "barrier", lambda self, path: closed if closed in [path, *path.parents] else None)
    monkeypatch.setattr(programs, "valkey_program", lambda: closed / "valkey-server")
    with embedded(place) as urls:
        assert query(urls.database_url, "SELECT 1") == 1
    copied = sorted(path.name.rsplit("-", 1)[0] for path in (place / "data/programs").iterdir())
    assert copied == ["postgresql-18", "valkey"]


def test_a_throwaway_of_the_oldest_version_that_we_serve() -> None:
    with throwaway_postgres(major=16) as url:
        assert str(query(url, "SHOW server_version")).startswith("16.")
        assert query(url, "SELECT lower('ÄÖÉ')") == "äöé"

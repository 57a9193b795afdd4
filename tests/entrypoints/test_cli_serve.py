"""A real `studyhall serve`: started, used, refused, stopped, killed, restored."""

import asyncio
import json
import os
import signal
import threading
import time
from pathlib import Path

import asyncpg
import httpx2
import pytest

from studyhall.platform.embedded import EmbeddedServers, RunningServers

pytestmark = pytest.mark.slow


def query(data: Path, sql: str, *arguments: object) -> object:
    """Asks the database of the server that runs on the folder."""
    running = RunningServers.on(data)
    assert running is not None

    async def ask(url: str) -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql, *arguments)
        finally:
            await connection.close()

    with running as urls, asyncio.Runner() as runner:
        return runner.run(ask(urls.database_url))


def register(url: str, email: str) -> int:
    body = {"email": email, "password": "Correct-Horse-7", "name": "Ada"}
    return httpx2.post(f"{url}/api/v1/auth/register", json=body, timeout=30).status_code


def answers(server, deadline):
    """Whether it does, before the deadline."""
    while time.monotonic() < deadline:
        try:
            return httpx2.get(f"{server.url}/docs", timeout=20).status_code == 200
        except httpx2.ConnectError:
            time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def server(installation):
    return installation.serve()


def test_a_new_folder_answers_soon_with_docs_of_its_own(server):
    assert server.start_cpu_seconds < 9
    page = httpx2.get(f"{server.url}/docs")
    assert page.status_code == 200
    assert "://" not in page.text.replace(server.url, "").replace("http://www.w3.org", "")


def test_a_second_server_is_refused_by_folder_and_by_port(installation, server):
    outcome = installation.run("serve", "--port", "0", "--data-dir", "data")
    assert outcome.returncode == 2
    assert f"in use by another Studyhall (process {server.process.pid})" in outcome.stderr
    port = server.url.rsplit(":", 1)[1]
    outcome = installation.run("serve", "--port", port, "--data-dir", "other")
    assert outcome.returncode == 2
    assert f"Port {port} on 127.0.0.1 cannot be used" in outcome.stderr


def test_commands_work_beside_a_running_server(installation, server):
    assert "unchanged" in installation.run("migrate").stdout
    outcome = installation.run("doctor", COLUMNS="200")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    for part in ("database", "pgvector", "schema", "redis", "storage", "disk"):
        assert any(part in line and "works" in line for line in outcome.stdout.splitlines()), part


def test_the_first_administrator_can_sign_in(installation, server):
    outcome = installation.run("admin", "root@example.org", "--password-stdin", text="Correct-Horse-7\n")
    assert outcome.stdout.strip() == "Opened the account root@example.org, who now has the role Super Admin."
    body = {"email": "root@example.org", "password": "Correct-Horse-7"}
    assert httpx2.post(f"{server.url}/api/v1/auth/login", json=body).status_code == 200


def test_a_backup_of_a_running_server_restores_into_a_new_folder(installation, server):
    assert register(server.url, "kept@example.org") == 201
    (installation.data / "files/a").mkdir(exist_ok=True)
    (installation.data / "files/a/note").write_bytes(b"\0note")
    outcome = installation.run("backup", "all.tar")
    assert outcome.returncode == 0, outcome.stderr
    assert (installation.folder / "all.tar").stat().st_mode & 0o077 == 0
    outcome = installation.run("restore", "all.tar", "--data-dir", "restored")
    assert outcome.returncode == 0, outcome.stderr
    restored = installation.folder / "restored"
    assert (restored / "files/a/note").read_bytes() == b"\0note"
    assert (restored / "secret.key").read_text() == (installation.data / "secret.key").read_text()
    assert (restored / "secret.key").stat().st_mode & 0o077 == 0
    outcome = installation.run("restore", "all.tar", "--data-dir", "restored")
    assert outcome.returncode == 2
    assert "is not empty" in outcome.stderr
    assert installation.run("restore", "all.tar", "--data-dir", "restored", "--replace").returncode == 0
    with EmbeddedServers(restored, database_url=None, redis_url=None):
        assert query(restored, "SELECT count(*) FROM users WHERE email = 'kept@example.org'") == 1


def test_a_worker_that_dies_is_started_again(server):
    def is_worker(pid):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text().split()
        except FileNotFoundError:  # it ended since it was listed
            return False
        return int(stat[3]) == server.process.pid and stat[1] == "(python)"

    def workers():
        return [pid for pid in server.family()[1:] if is_worker(pid)]

    before = workers()
    assert len(before) == 2
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    # One look at a time: a dead one stays in the list until it is reaped.
    while len(now := workers()) < 2 or set(now) & set(before):
        assert time.monotonic() < deadline, f"{now} of {before}"
        time.sleep(0.1)
    assert answers(server, deadline)


def test_nothing_that_was_answered_is_lost_when_it_is_killed(installation, server, kill_everything):
    answered: list[str] = []
    stop = threading.Event()

    def write(writer: int) -> None:
        for number in range(10_000):
            email = f"writer{writer}.{number}@example.org"
            try:
                if register(server.url, email) == 201:
                    answered.append(email)
            except httpx2.HTTPError:
                return
            if stop.is_set():
                return

    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for writer in writers:
        writer.start()
    deadline = time.monotonic() + 20
    while len(answered) < 15 and time.monotonic() < deadline:
        time.sleep(0.01)
    kill_everything(server)
    stop.set()
    for writer in writers:
        writer.join()
    assert len(answered) >= 15
    again = installation.serve()
    assert again.start_cpu_seconds < 5
    found = query(installation.data, "SELECT count(*) FROM users WHERE email = ANY($1)", answered)
    assert found == len(answered)
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(timeout=10) == 0


def test_it_stops_in_order_and_is_refused_a_newer_database(installation):
    server = installation.serve("--no-job-worker")
    query(installation.data, "UPDATE alembic_version SET version_num = 'from_tomorrow' RETURNING 1")
    published = json.loads((installation.data / "running.json").read_text())
    assert published["pid"] == server.process.pid
    family = server.family()
    began = time.monotonic()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(timeout=10) == 0
    assert time.monotonic() - began < 3
    assert not any(Path(f"/proc/{pid}").exists() for pid in family)
    assert not (installation.data / "running.json").exists()
    assert RunningServers.on(installation.data) is None
    outcome = installation.run("serve", "--port", "0")
    assert outcome.returncode == 2
    assert "made by a newer Studyhall (schema from_tomorrow" in outcome.stderr
    outcome = installation.run("doctor", COLUMNS="200")
    assert outcome.returncode == 1
    assert "newer Studyhall" in outcome.stdout

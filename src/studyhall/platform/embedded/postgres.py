"""PostgreSQL under our own supervision: made once, started with us, ended with us, whole after a crash."""

import os
import secrets
import shutil
import signal
import time
from pathlib import Path
from typing import Self
from urllib.parse import quote

from studyhall.platform.embedded.account import Account
from studyhall.platform.embedded.errors import SetupError
from studyhall.platform.embedded.folder import write_private
from studyhall.platform.embedded.network import free_port
from studyhall.platform.embedded.process import ChildProcess, run
from studyhall.platform.embedded.programs import POSTGRES_MAJOR, reachable_postgres

ROLE = "studyhall"
DATABASE = "studyhall"
# Recovery after a crash replays the log since the last checkpoint, which may take a while on a slow disk.
START_SECONDS = 300
LEFTOVER_SECONDS = 30
LONGEST_SOCKET_PATH = 107
PORT_TRIES = 3

# From this version on PostgreSQL brings its own UTF-8 locale, the same on every machine.
BUILTIN_LOCALE_MAJOR = 17

DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_compression": "pglz",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "autovacuum_naptime": "30s",
}
THROWAWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
}
ALWAYS = {
    "jit": "off",
    "random_page_cost": "1.1",
    "max_connections": "200",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_parallel_workers_per_gather": "1",
    "huge_pages": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    # A statement may hold what a person wrote; the log shall not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _memory_settings() -> dict[str, str]:
    megabytes = _memory_bytes() // 2**20
    return {
        "shared_buffers": f"{min(512, max(64, megabytes // 8))}MB",
        "effective_cache_size": f"{max(256, megabytes // 2)}MB",
    }


class PostgresServer:
    """One PostgreSQL cluster in `folder`, with one role that owns one database.

    It listens on a unix socket inside `folder` and on a free port of 127.0.0.1, both behind a SCRAM password
    that is kept in `password_file`.
    """

    def __init__(
        self,
        folder: Path,
        account: Account,
        *,
        password_file: Path,
        log: Path,
        programs: Path,
        durable: bool = True,
        major: int = POSTGRES_MAJOR,
    ) -> None:
        self._folder = folder
        self._account = account
        self._password_file = password_file
        self._log = log
        self._programs = programs
        self._durable = durable
        self._major = major
        self._port = 0
        self._process: ChildProcess | None = None

    @property
    def url(self) -> str:
        """Through the unix socket when its path is short enough for the kernel, else through TCP."""
        return self._socket_url if self._has_socket else self.tcp_url

    @property
    def tcp_url(self) -> str:
        return f"postgresql://{ROLE}:{self._password}@127.0.0.1:{self._port}/{DATABASE}"

    @property
    def _socket_url(self) -> str:
        host = quote(str(self._folder), safe="/")
        return f"postgresql://{ROLE}:{self._password}@/{DATABASE}?host={host}&port={self._port}"

    @property
    def _has_socket(self) -> bool:
        return len(os.fsencode(self._folder / ".s.PGSQL.65535.lock")) <= LONGEST_SOCKET_PATH

    @property
    def _password(self) -> str:
        return self._password_file.read_text().strip()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.running

    def launch(self) -> None:
        """Makes the cluster when there is none, and starts it without waiting for its first answer."""
        binaries = reachable_postgres(self._account, self._programs, self._major)
        if self._folder.exists():
            self._refuse_other_version()
            self._end_leftovers()
            if not self._password_file.exists():
                self._renew_password(binaries)
        else:
            self._create(binaries)
        self._start(binaries)

    def _start(self, binaries: Path) -> None:
        self._port = free_port()
        settings = {
            **ALWAYS,
            **_memory_settings(),
            **(DURABLE if self._durable else THROWAWAY),
        }
        settings["listen_addresses"] = "127.0.0.1"
        settings["unix_socket_directories"] = str(self._folder) if self._has_socket else ""
        settings["unix_socket_permissions"] = "0700"
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command: list[str | Path] = [
            binaries / "postgres",
            "-D",
            self._folder,
            "-p",
            str(self._port),
            *options,
        ]
        self._process = ChildProcess(command, self._account, self._log, stop_signal=signal.SIGINT)

    def wait_until_ready(self) -> None:
        """Returns when it takes connections, after recovery where that is needed.

        Raises:
            SetupError: it ended, or did not become ready.
        """
        for _ in range(PORT_TRIES):
            if self._becomes_ready():
                return
            assert self._process is not None
            words = self._process.last_words()
            self.stop()
            if "could not create any TCP/IP sockets" not in words:
                break
            self._start(reachable_postgres(self._account, self._programs, self._major))
        raise SetupError(f"The embedded PostgreSQL did not start. Its log is {self._log}; it ends with:\n{words}")

    def _becomes_ready(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while self.running and time.monotonic() < deadline:
            lines = self._status_lines()
            if len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready":
                return True
            time.sleep(0.01)
        return False

    def _status_lines(self) -> list[str]:
        try:
            return (self._folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _refuse_other_version(self) -> None:
        found = (self._folder / "PG_VERSION").read_text().strip()
        if found == str(self._major):
            return
        age = "newer" if int(found.split(".")[0]) > self._major else "older"
        raise SetupError(
            f"The database in {self._folder} was made by PostgreSQL {found}, {age} than the {self._major} of this "
            "Studyhall. Take a dump with the Studyhall that made it (`studyhall backup FILE`) and load it into a new "
            "folder with this one (`studyhall restore FILE --data-dir NEW`)."
        )

    def _create(self, binaries: Path) -> None:
        """Makes the cluster beside its place and renames it, so that a crash half way leaves nothing behind."""
        unfinished = self._folder.with_name(f"{self._folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        self._account.give(unfinished)
        command: list[str | Path] = [binaries / "initdb", "-D", unfinished, "-U", ROLE, "--encoding=UTF8"]
        command += ["--no-instructions", "--auth=scram-sha-256", f"--pwfile={self._password_file}", *self._locale()]
        command += [] if self._durable else ["--no-sync"]
        self._keep_password(secrets.token_urlsafe(32))
        outcome = run(command, self._account)
        if outcome.returncode != 0:
            raise SetupError(f"The database could not be made in {unfinished}: {outcome.stderr.strip()}")
        self._in_single_user_mode(binaries, unfinished, f"CREATE DATABASE {DATABASE}")
        unfinished.rename(self._folder)

    def _locale(self) -> list[str]:
        if self._major >= BUILTIN_LOCALE_MAJOR:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C.UTF-8"]

    def _keep_password(self, password: str) -> None:
        write_private(self._password_file, f"{password}\n")
        self._account.give(self._password_file)

    def _renew_password(self, binaries: Path) -> None:
        """Sets a new password where the file with the old one was lost; nobody can connect meanwhile.

        The file comes last: a crash before it only means that the next start does the same again.
        """
        password = secrets.token_urlsafe(32)
        self._in_single_user_mode(binaries, self._folder, f"ALTER ROLE {ROLE} PASSWORD '{password}'")
        self._keep_password(password)

    def _in_single_user_mode(self, binaries: Path, folder: Path, statement: str) -> None:
        outcome = run(
            [binaries / "postgres", "--single", "-D", folder, "postgres"],
            self._account,
            f"{statement}\n",
        )
        if outcome.returncode != 0 or "ERROR" in outcome.stderr:
            raise SetupError(f"The database in {folder} could not be prepared: {outcome.stderr.strip()}")

    def _end_leftovers(self) -> None:
        """Ends what a crashed server left running here, and its claim when the process number is another's now.

        The lock on the data folder is ours, so every process of this cluster is a leftover.
        """
        claim = self._status_lines()
        deadline = time.monotonic() + LEFTOVER_SECONDS
        while leftovers := self._processes():
            late = time.monotonic() > deadline
            if late and time.monotonic() > deadline + 5:
                raise SetupError(
                    f"PostgreSQL of an earlier run still works in {self._folder} and does not stop (processes "
                    f"{', '.join(map(str, leftovers))}). End them with `kill -9` and start again."
                )
            for pid in leftovers:
                if late or (claim and str(pid) == claim[0]):
                    _signal(pid, signal.SIGQUIT if late else signal.SIGINT)
            time.sleep(0.05)
        if claim and _exists(int(claim[0])):
            (self._folder / "postmaster.pid").unlink(missing_ok=True)

    def _processes(self) -> list[int]:
        """Every process that works in the folder: PostgreSQL makes it the working directory of all its own."""
        found = []
        here = str(self._folder.resolve())
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if os.readlink(entry / "cwd") == here and os.readlink(entry / "exe").endswith("/postgres"):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def stop(self) -> None:
        """A fast shutdown: open transactions are rolled back, what was committed is kept."""
        if self._process is not None:
            self._process.stop()

    def __enter__(self) -> Self:
        self.launch()
        self.wait_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()

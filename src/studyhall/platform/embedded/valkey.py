"""Valkey (a Redis) under our own supervision, for what may be lost: cache, rate limits, socket fan-out."""

import secrets
import signal
import socket
import time
from pathlib import Path
from typing import Self

from studyhall.platform.embedded.account import Account
from studyhall.platform.embedded.errors import SetupError
from studyhall.platform.embedded.network import free_port
from studyhall.platform.embedded.process import ChildProcess
from studyhall.platform.embedded.programs import reachable_valkey

START_SECONDS = 15
PORT_TRIES = 3


class ValkeyServer:
    """One Valkey on a free port of 127.0.0.1 behind a password made for this run; it writes nothing to disk."""

    def __init__(
        self,
        folder: Path,
        account: Account,
        *,
        log: Path,
        programs: Path,
        megabytes: int = 64,
    ) -> None:
        self._folder = folder
        self._account = account
        self._log = log
        self._programs = programs
        self._megabytes = megabytes
        self._password = secrets.token_urlsafe(24)
        self._port = 0
        self._process: ChildProcess | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.running

    def launch(self) -> None:
        """Starts it without waiting for its first answer."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._account.give(self._folder)
        program = reachable_valkey(self._account, self._programs)
        self._port = free_port()
        self._process = ChildProcess([program, "-"], self._account, self._log, stop_signal=signal.SIGTERM)
        # Through standard input, since arguments can be read by everyone on the machine.
        self._process.tell(self._configuration())

    def wait_until_ready(self) -> None:
        """Returns at its first answer.

        Raises:
            SetupError: it ended, or stayed silent.
        """
        for _ in range(PORT_TRIES):
            if self._answers():
                return
            assert self._process is not None
            words = self._process.last_words()
            self.stop()
            if "in use" not in words:
                break
            self.launch()
        raise SetupError(f"The embedded Valkey did not start. Its log is {self._log}; it ends with:\n{words}")

    def _answers(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while self.running and time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self._port), timeout=1) as connection:
                    connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                    if connection.recv(64).startswith(b"+OK"):
                        return True
            except OSError:
                time.sleep(0.01)
        return False

    def _configuration(self) -> str:
        settings = {
            "bind": "127.0.0.1",
            "port": self._port,
            "requirepass": self._password,
            "dir": f'"{self._folder}"',
            "save": '""',
            "appendonly": "no",
            "maxmemory": f"{self._megabytes}mb",
            "maxmemory-policy": "allkeys-lru",
            "daemonize": "no",
            "loglevel": "warning",
            "logfile": '""',
        }
        return "".join(f"{name} {value}\n" for name, value in settings.items())

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()

    def __enter__(self) -> Self:
        self.launch()
        self.wait_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

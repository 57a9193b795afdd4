"""Both embedded servers over one data folder, and how a second process finds them."""

import json
import os
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from studyhall.platform.embedded.account import Account
from studyhall.platform.embedded.errors import SetupError
from studyhall.platform.embedded.folder import DataFolder, write_private
from studyhall.platform.embedded.postgres import PostgresServer
from studyhall.platform.embedded.valkey import ValkeyServer

ATTACH_SECONDS = 20


@dataclass(frozen=True, slots=True)
class ServerUrls:
    """Where the servers answer."""

    database_url: str
    redis_url: str


class EmbeddedServers:
    """Starts what has no address of its own, holds the data folder meanwhile, and stops it all at the end.

    Enter it from the main thread.

    Raises:
        SetupError: the folder is in use or cannot be used, or a server does not start.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        database_url: str | None,
        redis_url: str | None,
        account_name: str = "nobody",
    ) -> None:
        self.folder = DataFolder(data_dir)
        self._database_url = database_url
        self._redis_url = redis_url
        self._account_name = account_name
        self._servers: dict[str, PostgresServer | ValkeyServer] = {}
        self._open = ExitStack()

    def __enter__(self) -> ServerUrls:
        with self._open as stack:
            urls = self._start(stack)
            self._open = stack.pop_all()
        return urls

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _start(self, stack: ExitStack) -> ServerUrls:
        if self._database_url is not None and self._redis_url is not None:
            return ServerUrls(self._database_url, self._redis_url)
        account = Account.for_children(self._account_name)
        self.folder.prepare(account)
        stack.enter_context(self.folder.locked())
        self._launch(stack, account)
        for server in self._servers.values():
            server.wait_until_ready()
        postgres, valkey = self._servers.get("PostgreSQL"), self._servers.get("Valkey")
        urls = ServerUrls(
            postgres.url if postgres else self._database_url or "",
            valkey.url if valkey else self._redis_url or "",
        )
        stack.callback(self.folder.running.unlink, missing_ok=True)
        self._publish(urls)
        return urls

    def _launch(self, stack: ExitStack, account: Account) -> None:
        """Starts both before waiting for either."""
        if self._redis_url is None:
            valkey = ValkeyServer(
                self.folder.valkey,
                account,
                log=self.folder.log("valkey"),
                programs=self.folder.programs,
            )
            stack.callback(valkey.stop)
            self._servers["Valkey"] = valkey
            valkey.launch()
        if self._database_url is None:
            postgres = PostgresServer(
                self.folder.postgres,
                account,
                password_file=self.folder.postgres_password,
                log=self.folder.log("postgres"),
                programs=self.folder.programs,
            )
            stack.callback(postgres.stop)
            self._servers["PostgreSQL"] = postgres
            postgres.launch()

    def _publish(self, urls: ServerUrls) -> None:
        unfinished = self.folder.running.with_suffix(".unfinished")
        write_private(unfinished, json.dumps({"pid": os.getpid(), **asdict(urls)}))
        unfinished.replace(self.folder.running)

    def pids(self) -> dict[str, int]:
        """The process of each server that was started."""
        return {name: server.pid for name, server in self._servers.items()}

    def ended(self) -> str | None:
        """The name of a server that ended on its own, while both should run."""
        return next((name for name, server in self._servers.items() if not server.running), None)


class RunningServers:
    """The servers of another Studyhall process on the same data folder, used beside it."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = DataFolder(data_dir)

    def __enter__(self) -> ServerUrls:
        deadline = time.monotonic() + ATTACH_SECONDS
        while time.monotonic() < deadline:
            try:
                found = json.loads(self.folder.running.read_text())
            except FileNotFoundError:
                found = {}
            if found and found["pid"] == self.folder.owner():
                return ServerUrls(found["database_url"], found["redis_url"])
            time.sleep(0.05)
        raise SetupError(
            f"Another Studyhall (process {self.folder.owner() or 'unknown'}) holds {self.folder.root} but its database "
            "is not ready. Try again when it answers, or stop it."
        )

    def __exit__(self, *_: object) -> None:
        return

    @classmethod
    def on(cls, data_dir: Path) -> Self | None:
        """Those of `data_dir`, when a server holds it now."""
        return cls(data_dir) if DataFolder(data_dir).in_use() else None

"""Servers for one test run: quick, on nothing that lasts, gone afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studyhall.platform.embedded.account import Account
from studyhall.platform.embedded.postgres import PostgresServer
from studyhall.platform.embedded.programs import POSTGRES_MAJOR
from studyhall.platform.embedded.valkey import ValkeyServer

UNPRIVILEGED = "nobody"


@contextmanager
def _folder(directory: Path | None) -> Iterator[Path]:
    """`directory`, or a temporary one that other accounts may pass through, unlike those of pytest."""
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        yield directory
        return
    made = Path(tempfile.mkdtemp(prefix="studyhall-"))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def throwaway_postgres(directory: Path | None = None, major: int = POSTGRES_MAJOR) -> Iterator[str]:
    """A PostgreSQL that never waits for the disk, 18 or (`major`) 16; yields its address.

    Without `directory` it lives in a temporary folder that is removed at the end. Call it from the main thread.
    """
    with _folder(directory) as folder:
        account = Account.for_children(UNPRIVILEGED)
        server = PostgresServer(
            folder / "postgres",
            account,
            password_file=folder / "postgres.password",
            log=folder / "postgres.log",
            programs=folder / "programs",
            durable=False,
            major=major,
        )
        with server:
            yield server.url


@contextmanager
def throwaway_valkey(directory: Path | None = None) -> Iterator[str]:
    """A Valkey for one test run; yields its address. Call it from the main thread."""
    with _folder(directory) as folder:
        account = Account.for_children(UNPRIVILEGED)
        server = ValkeyServer(
            folder / "valkey",
            account,
            log=folder / "valkey.log",
            programs=folder / "programs",
        )
        with server:
            yield server.url

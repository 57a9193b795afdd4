"""The data folder: everything an installation keeps, used by one server at a time."""

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studyhall.platform.embedded.account import Account
from studyhall.platform.embedded.errors import SetupError

LARGEST_LOG_BYTES = 10 * 2**20
# A server that was just killed, or its forks that share the lock, may take a moment to end.
DYING_SECONDS = 0.5
LEFTOVER_SECONDS = 3
SECRET_BYTES = 48


class DataFolder:
    """Paths inside one data folder; the folder itself is made by `prepare`."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.abspath(root))
        self.postgres = self.root / "postgres"
        self.postgres_password = self.root / "postgres.password"
        self.valkey = self.root / "valkey"
        self.programs = self.root / "programs"
        self.files = self.root / "files"
        self.outbox = self.root / "outbox"
        self.logs = self.root / "logs"
        self.secret_key = self.root / "secret.key"
        self.lock = self.root / "lock"
        self.running = self.root / "running.json"

    def prepare(self, account: Account) -> None:
        """Makes the folders that are missing.

        Raises:
            SetupError: they cannot be made, or `account` may not enter them.
        """
        try:
            # The account of the databases only passes through; what is inside is closed to it, folder by folder.
            self.root.mkdir(mode=0o711 if account.drops_root else 0o700, parents=True, exist_ok=True)
            for folder in (self.files, self.outbox, self.logs):
                folder.mkdir(mode=0o700, exist_ok=True)
            (self.root / ".writable").touch()
            (self.root / ".writable").unlink()
        except OSError as problem:
            raise self._unusable(problem) from problem
        if barrier := account.barrier(self.root):
            raise SetupError(
                f"PostgreSQL refuses to run as root, so {account.name!r} runs it, who may not enter {barrier}. Choose "
                "a folder that everyone may pass through, e.g. `--data-dir /var/lib/studyhall`, or run Studyhall as an "
                f"ordinary user, or allow it with `chmod o+x {barrier}`."
            )

    def _unusable(self, problem: OSError) -> SetupError:
        return SetupError(
            f"The data folder {self.root} cannot be used ({problem.strerror}: {problem.filename}). "
            "Choose another with `--data-dir`, or give it to the account that runs Studyhall."
        )

    def secret(self) -> str:
        """The signing secret of this installation, made at the first call and kept. Raises SetupError."""
        try:
            if not self.secret_key.exists():
                self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._make_secret()
            return self.secret_key.read_text().strip()
        except OSError as problem:
            raise self._unusable(problem) from problem

    def _make_secret(self) -> None:
        unfinished = self.secret_key.with_name(f"secret.{os.getpid()}.unfinished")
        write_private(unfinished, f"{secrets.token_urlsafe(SECRET_BYTES)}\n")
        try:
            # A link is refused where the name exists, so of two servers that start at once one secret wins.
            os.link(unfinished, self.secret_key)
        except FileExistsError:
            return
        finally:
            unfinished.unlink()

    def log(self, name: str) -> Path:
        """The log file of a server; one that has grown large is put aside first."""
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > LARGEST_LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the folder for this process and what it forks.

        Raises:
            SetupError: another server holds it.
        """
        try:
            descriptor = os.open(self.lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as problem:
            raise self._unusable(problem) from problem
        try:
            self._acquire(descriptor)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(descriptor)

    def _acquire(self, descriptor: int) -> None:
        began = time.monotonic()
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                owner = self.owner()
                if time.monotonic() - began < (LEFTOVER_SECONDS if owner is None else DYING_SECONDS):
                    time.sleep(0.05)
                    continue
                raise SetupError(
                    f"The data folder {self.root} is in use by another Studyhall (process {owner or 'unknown'}). "
                    "Stop that one first, or choose another folder with `--data-dir`."
                ) from None
            else:
                return

    def owner(self) -> int | None:
        """The living process that wrote its number into the lock file last."""
        try:
            pid = int(self.lock.read_text())
            os.kill(pid, 0)
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return None
        except PermissionError:
            return pid
        return pid

    def in_use(self) -> bool:
        """Whether a server holds the folder now; one that we may not even look into is none that we could use."""
        try:
            descriptor = os.open(self.lock, os.O_RDWR)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(descriptor)

    def free_bytes(self) -> int:
        """Space left on the disk of the folder, or of the nearest one above it that exists."""
        place = self.root
        while not place.exists():
            place = place.parent
        return shutil.disk_usage(place).free


def write_private(path: Path, text: str) -> None:
    """Writes a new file that only we may read, and waits until the disk has it. An old one is replaced."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())

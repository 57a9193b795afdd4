"""Child processes that never outlive us, however we end."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from studyhall.platform.embedded.account import Account
from studyhall.platform.embedded.errors import SetupError

PR_SET_PDEATHSIG = 1
CHILD_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _libc() -> ctypes.CDLL:
    if not sys.platform.startswith("linux"):
        raise SetupError(
            "The embedded PostgreSQL and Valkey need Linux. Elsewhere set STUDYHALL_DATABASE_URL and "
            "STUDYHALL_REDIS_URL."
        )
    return ctypes.CDLL(None, use_errno=True)


def ending_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """What a child runs before its program: it asks for `death_signal` at the death of the thread that started it.

    The kernel forgets the wish at a change of user, so it is made after that (`subprocess` runs it then). The
    thread counts, not the process, so children must come from the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("start child processes from the main thread: they end with the thread that started them")
    prctl, parent = _libc().prctl, os.getpid()

    def before_program() -> None:
        prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return before_program


def end_with_parent(parent: int, death_signal: signal.Signals = signal.SIGKILL) -> None:
    """The same for a process that is already ours: ends it with `parent`, at once when that is gone already."""
    _libc().prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def run(command: Sequence[str | Path], account: Account, text: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a short command as `account` with `text` as its input; the caller reads its outcome."""
    return subprocess.run(  # noqa: S603 - our own commands, and no shell reads them
        [str(part) for part in command],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=CHILD_ENVIRONMENT,
        preexec_fn=ending_with_parent(signal.SIGKILL),
        start_new_session=True,
        **account.spawn_options(),
    )


class ChildProcess:
    """A server of ours in a session of its own, so that Ctrl-C reaches us alone and we stop it in order."""

    def __init__(
        self,
        command: Sequence[str | Path],
        account: Account,
        log: Path,
        *,
        stop_signal: signal.Signals,
    ) -> None:
        self.log = log
        self._log_start = log.stat().st_size if log.exists() else 0
        self._stop_signal = stop_signal
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - as above
                [str(part) for part in command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd="/",
                env=CHILD_ENVIRONMENT,
                preexec_fn=ending_with_parent(stop_signal),  # noqa: PLW1509 - calls one C function, takes no lock
                start_new_session=True,
                **account.spawn_options(),
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def tell(self, text: str) -> None:
        """Writes the whole standard input; a child that ended at once shows in `running` instead."""
        assert self._process.stdin is not None
        try:
            with self._process.stdin as stream:
                stream.write(text.encode())
        except BrokenPipeError:
            self._process.wait()

    def stop(self, patience: float = 10) -> None:
        """Asks to stop, waits `patience` seconds, then ends it."""
        if self.running:
            self._process.send_signal(self._stop_signal)
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def last_words(self, lines: int = 5) -> str:
        """The end of what it logged since it was started."""
        with self.log.open("rb") as stream:
            stream.seek(self._log_start)
            return "\n".join(stream.read().decode(errors="replace").splitlines()[-lines:])

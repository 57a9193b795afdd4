"""The processes beside the web server: a job worker that is restarted, and a watch over the embedded servers."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Protocol

from studyhall.platform.embedded import EmbeddedServers
from studyhall.platform.embedded.process import end_with_parent

WATCH_SECONDS = 0.2
STOP_SECONDS = 2
CALM_SECONDS = 30
LONGEST_PAUSE = 30


class Worker(Protocol):
    """A job worker's process, however it came to be."""

    @property
    def exitcode(self) -> int | None:
        """None while it runs; minus the number of the signal that ended it."""

    def terminate(self) -> None: ...

    def kill(self) -> None: ...

    def join(self, timeout: float | None = None) -> None:
        """Waits until it has ended, or until `timeout` seconds are over."""


def forked(target: Callable[[], None], name: str) -> Worker:
    """A child that shares our loaded code, in a session of its own, which ends with us however we end.

    Only while no other thread runs: a fork copies whatever locks they hold at that moment.
    """
    parent = os.getpid()

    def run() -> None:
        end_with_parent(parent)
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        target()

    process = multiprocessing.get_context("fork").Process(target=run, name=name, daemon=False)
    process.start()
    return process


class Started:
    """A job worker in an interpreter of its own; it reads the settings that we published.

    It ends with the thread that starts it, so this must be one that lives as long as we do.
    """

    def __init__(self) -> None:
        command = [sys.executable, "-m", "studyhall.entrypoints.cli", "worker", "--ends-with", str(os.getpid())]
        self._process = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own command

    @property
    def exitcode(self) -> int | None:
        return self._process.poll()

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()

    def join(self, timeout: float | None = None) -> None:
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return


class Companions:
    """Watches over what runs beside the web server, in a thread that lives as long as the process does."""

    def __init__(self, servers: EmbeddedServers, worker: Callable[[], None] | None, say: Callable[[str], None]) -> None:
        self._servers = servers
        self._worker = worker
        self._say = say
        self._process: Worker | None = None
        self._born = 0.0
        self._pause = 0.5
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="companions", daemon=True)
        self.broken: str | None = None
        self._announcement: tuple[tuple[str, int], Callable[[], None]] | None = None

    def announce(self, address: tuple[str, int], say: Callable[[], None]) -> None:
        """Calls `say` once, when `address` takes connections."""
        self._announcement = (address, say)

    def start(self) -> None:
        """From the main thread and before the web server, which runs threads of its own."""
        if self._worker is not None:
            self._born = time.monotonic()
            self._process = forked(self._worker, "studyhall-worker")
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Without waiting; safe in a signal handler."""
        self._stopping.set()
        if self._process is not None and self._process.exitcode is None:
            self._process.terminate()

    def stop(self) -> None:
        """Gives the worker a moment to hand back its jobs; what it does not hand back is found again later."""
        if not self._stopping.is_set():
            self.ask_to_stop()
        if self._process is not None:
            self._process.join(STOP_SECONDS)
        # Only now, since a worker that the thread started anew is killed by the kernel when the thread ends.
        self._thread.join()
        if self._process is not None and self._process.exitcode is None:
            self._process.kill()
            self._process.join()

    def _watch(self) -> None:
        while not self._stopping.wait(WATCH_SECONDS):
            self._announce_when_ready()
            self._revive_worker()
            self.broken = self._servers.ended()
            if self.broken is not None:
                self._say(f"The embedded {self.broken} ended unexpectedly; stopping. Start Studyhall again.")
                os.kill(os.getpid(), signal.SIGTERM)
                return

    def _announce_when_ready(self) -> None:
        if self._announcement is None:
            return
        address, say = self._announcement
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            return
        self._announcement = None
        say()

    def _revive_worker(self) -> None:
        if self._process is None or self._process.exitcode is None:
            return
        self._pause = 0.5 if time.monotonic() - self._born > CALM_SECONDS else min(self._pause * 2, LONGEST_PAUSE)
        self._say(f"The worker ended with code {self._process.exitcode}; a new one starts in {self._pause:g} s.")
        if not self._stopping.wait(self._pause):
            self._born = time.monotonic()
            self._process = Started()

"""The program as an operator runs it: a process of its own on a data folder of its own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "studyhall.entrypoints.cli"]
QUICK = {"STUDYHALL_BCRYPT_COST": "4", "STUDYHALL_RATE_LIMITS_ENABLED": "false"}
START_SECONDS = 60


class RunningServer:
    """A `studyhall serve` that answers."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self.process = process
        self.url = url
        # Wall-clock time says more about what else the machine does; `bench` measures that.
        self.start_cpu_seconds = sum(map(cpu_seconds, self.family()))

    def family(self) -> list[int]:
        """The process and all below it."""
        return [self.process.pid, *descendants(self.process.pid)]


class Program:
    """`studyhall` commands on one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._started: list[subprocess.Popen[str]] = []

    def environment(self, **settings: str) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("STUDYHALL_")}
        return {**ours, **QUICK, **settings}

    def run(self, *words: str, text: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
        """A command that ends by itself."""
        return subprocess.run(
            [*PROGRAM, *words],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=self.environment(**settings),
            timeout=60,
        )

    def serve(self, *options: str, **settings: str) -> RunningServer:
        """Starts the server on a free port and waits until it says where it answers."""
        log = self.folder / f"serve-{len(self._started)}.log"
        began = time.monotonic()
        with log.open("w") as output:
            process = subprocess.Popen(
                [*PROGRAM, "serve", "--port", "0", "--data-dir", str(self.data), *options],
                stdout=output,
                stderr=output,
                text=True,
                cwd=self.folder,
                env=self.environment(**settings),
            )
        self._started.append(process)
        while time.monotonic() < began + START_SECONDS:
            if found := re.search(r"answers at (http://\S+)", log.read_text()):
                return RunningServer(process, found[1])
            if process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"no server:\n{log.read_text()}")

    def end(self) -> None:
        for process in self._started:
            family = descendants(process.pid)
            process.kill()
            process.wait()
            assert eventually(lambda pids=family: all(map(gone, pids)))


@contextmanager
def program() -> Iterator[Program]:
    """On a folder that other accounts may pass through; those of pytest are closed to them."""
    folder = Path(tempfile.mkdtemp(prefix="studyhall-test-"))
    folder.chmod(0o711)
    made = Program(folder)
    try:
        yield made
    finally:
        made.end()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def installation() -> Iterator[Program]:
    """One for a whole module, since making a database takes a while."""
    with program() as made:
        yield made


@pytest.fixture
def new_installation() -> Iterator[Program]:
    with program() as made:
        yield made


def eventually(holds: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def gone(pid: int) -> bool:
    """Ended, though perhaps nobody has asked for its exit code yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def cpu_seconds(pid: int) -> float:
    """What the process and its ended children used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> list[int]:
    """Every process below `pid`."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found, open_ends = [], [pid]
    while open_ends:
        below = parents.get(open_ends.pop(), [])
        found += below
        open_ends += below
    return found


@pytest.fixture
def kill_everything() -> Callable[[RunningServer], None]:
    """`kill -9` of the parent alone; the rest must follow by itself."""

    def kill(server: RunningServer) -> None:
        family = server.family()
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        assert eventually(lambda: all(map(gone, family))), [pid for pid in family if not gone(pid)]

    return kill

"""Servers under measurement: started as real processes, their CPU and memory read from the kernel."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def _is_python(pid: int) -> bool:
    try:
        return "python" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()
    except OSError:
        return False


def cpu_seconds(pid: int) -> float:
    """User and system time of the Python processes under a process: the server, not its database."""
    total = 0
    for one in filter(_is_python, tree(pid)):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def resident_megabytes(pid: int) -> float:
    """Proportional resident memory (PSS) of the Python processes under a process: shared pages count once."""
    total = 0
    for one in filter(_is_python, tree(pid)):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


@contextmanager
def running(command: list[str], environment: Mapping[str, str], port: int, path: str) -> Iterator[tuple[int, float]]:
    """Start a program of this environment; yields its pid and the seconds until its first answer.

    Raises:
        RuntimeError: it ended or did not answer; with what it said.
    """
    started = time.perf_counter()
    said = tempfile.TemporaryFile()
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name(command[0])), *command[1:]],
        env={**os.environ, **environment},
        stdout=said,
        stderr=said,
        start_new_session=True,
    )
    try:
        _await_answer(process, port, path)
        yield process.pid, time.perf_counter() - started
    except RuntimeError as error:
        said.seek(0)
        raise RuntimeError(f"{error}; it said:\n{said.read()[-2000:].decode(errors='replace')}") from error
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _await_answer(process: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    import http.client

    for _ in range(1200):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", path)
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.025)
        finally:
            connection.close()
    raise RuntimeError("the server did not answer within 30 seconds")

"""Run all measurements: `python -m bench [--seconds S] [--students N]`."""

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import people, processes
from bench.load import Call, Outcome, closed_loop, paced
from studyhall.platform.embedded import EmbeddedServers
from studyhall.platform.embedded.network import free_port

HOT = {
    "courses": "/api/v1/courses",
    "dashboard": "/api/v1/dashboard",
    "plans": "/api/v1/planning/plans",
    "chapter": "/api/v1/chapters/{chapter_id}",
}
CONNECTIONS = 16
GRANIAN = ["granian", "--interface", "asgi", "--workers", "1", "--host", "127.0.0.1", "--log-level", "warning"]
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the report. Times in milliseconds, `cpu` in milliseconds of server CPU per request."""

    server: str
    read: str
    rate: float
    p50: float
    p95: float
    p99: float
    cpu: float
    statements: float
    body_bytes: int
    failures: int


@contextmanager
def _server(kind: str, environment: dict[str, str]) -> Iterator[tuple[int, int, float]]:
    port = free_port()
    commands = {
        "studyhall": ["studyhall", "serve", "--port", str(port)],
        "unguarded": [*GRANIAN, "--port", str(port), "bench.unguarded:app"],
        "bare": [*GRANIAN, "--port", str(port), "bench.bare:app"],
    }
    more = {"STUDYHALL_RATE_LIMITS_ENABLED": "false", "STUDYHALL_LOG_LEVEL": "critical"} if kind == "unguarded" else {}
    with processes.running(commands[kind], {**environment, **more}, port, "/health") as (pid, seconds):
        yield pid, port, seconds


def _measure(server: str, pid: int, port: int, read: str, calls: Sequence[Call], seconds: float) -> Figure:
    asyncio.run(closed_loop(port, calls, CONNECTIONS, min(1.0, seconds / 3)))  # warm: plans, pools, caches
    before = processes.cpu_seconds(pid)
    outcome = asyncio.run(closed_loop(port, calls, CONNECTIONS, seconds))
    spent = processes.cpu_seconds(pid) - before
    return _figure(server, read, outcome, spent)


def _figure(server: str, read: str, outcome: Outcome, cpu_seconds: float) -> Figure:
    counted = outcome.statements
    return Figure(
        server,
        read,
        round(outcome.rate, 1),
        round(outcome.percentile(0.5), 2),
        round(outcome.percentile(0.95), 2),
        round(outcome.percentile(0.99), 2),
        round(1000 * cpu_seconds / max(1, outcome.requests), 3),
        round(sum(counted) / len(counted), 2) if counted else 0.0,
        outcome.body_bytes,
        outcome.failures,
    )


def _hot_reads(environment: dict[str, str], students: list[people.Student], seconds: float) -> list[Figure]:
    figures = []
    user = students[0]
    for kind in ("bare", "unguarded", "studyhall"):
        with _server(kind, {**environment, "BENCH_USER": user.id, "BENCH_CHAPTER": user.chapter_id}) as (pid, port, _):
            for read, path in HOT.items():
                callers = students if kind == "studyhall" else [user]
                calls = [Call.make(read, "GET", one.path(path), one.token) for one in callers]
                figures.append(_measure(kind, pid, port, read, calls, seconds))
    return figures


def _mixed(environment: dict[str, str], students: list[people.Student], seconds: float, rate: float) -> Figure:
    """A student's minute: five reads to one write."""
    calls = []
    for one in students:
        calls += [Call.make(read, "GET", one.path(path), one.token) for read, path in HOT.items()]
        calls.append(Call.make("me", "GET", "/api/v1/auth/me", one.token))
        body = json.dumps({"semester": "Fall 2026"}).encode()
        calls.append(Call.make("edit", "PUT", f"/api/v1/courses/{one.course_ids[0]}", one.token, body))
    with _server("studyhall", environment) as (pid, port, _):
        before = processes.cpu_seconds(pid)
        outcome = asyncio.run(paced(port, calls, 64, seconds, rate))
        return _figure("studyhall", f"mixed {rate:.0f}/s", outcome, processes.cpu_seconds(pid) - before)


def _start_and_memory(folder: Path) -> dict[str, float]:
    """Seconds to the first answer on a fresh folder and after it, and idle memory of server and worker."""
    told = {}
    for name in ("first answer, fresh folder (s)", "first answer, later (s)"):
        port = free_port()
        command = ["studyhall", "serve", "--port", str(port), "--data-dir", str(folder)]
        with processes.running(command, {}, port, "/health") as (pid, seconds):
            told[name] = round(seconds, 2)
            time.sleep(3)
            told["server and worker, idle (MB, PSS)"] = round(processes.resident_megabytes(pid), 1)
    return told


def _ratios(figures: list[Figure]) -> dict[str, float]:
    by = {(one.server, one.read): one for one in figures}
    told = {}
    for read in HOT:
        bare = by["bare", read]
        for kind in ("unguarded", "studyhall"):
            told[f"{read}: {kind} / bare, CPU"] = round(bare.cpu / by[kind, read].cpu, 2)
            told[f"{read}: {kind} / bare, rate"] = round(by[kind, read].rate / bare.rate, 2)
    return told


def _print(figures: list[Figure], told: dict[str, float]) -> None:
    console = Console()
    table = Table(title="Studyhall, measured here")
    for column in ("server", "read", "req/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "SQL", "bytes", "failed"):
        table.add_column(column, justify="left" if column in ("server", "read") else "right")
    for one in figures:
        table.add_row(*(str(getattr(one, name)) for name in Figure.__slots__))
    console.print(table)
    for name, value in told.items():
        console.print(f"{name}: {value}")


def main() -> None:
    """Measure, print, and keep the figures in `bench/results/latest.json`."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="length of each measurement")
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--rate", type=float, default=500.0, help="requests a second of the mixed load")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="studyhall-bench-") as scratch:
        os.chmod(scratch, 0o711)
        told = _start_and_memory(Path(scratch) / "fresh")
        with EmbeddedServers(Path(scratch) / "load", database_url=None, redis_url=None) as urls:
            environment = {
                "STUDYHALL_DATA_DIR": f"{scratch}/load",
                "STUDYHALL_DATABASE_URL": urls.database_url,
                "STUDYHALL_REDIS_URL": urls.redis_url,
                "STUDYHALL_SECRET_KEY": "a secret for measurements, nothing more",
                "STUDYHALL_BCRYPT_COST": "4",
                "STUDYHALL_EMBEDDED_WORKER": "false",
                "STUDYHALL_RATE_LIMITS": json.dumps(
                    dict.fromkeys(("read", "write", "anonymous", "register", "sign_on"), "1000000000/minute")
                ),
            }
            with _server("studyhall", environment) as (_, port, _seconds):
                students = people.enrol(port, chosen.students)
            figures = _hot_reads(environment, students, chosen.seconds)
            figures.append(_mixed(environment, students, chosen.seconds * 2, chosen.rate))
    told |= _ratios(figures)
    _print(figures, told)
    _keep(figures, told, chosen)


def _keep(figures: list[Figure], told: dict[str, float], chosen: argparse.Namespace) -> None:
    rows: list[dict[str, Any]] = [{name: getattr(one, name) for name in Figure.__slots__} for one in figures]
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    report = {"machine": machine, "options": vars(chosen), "figures": rows, "told": told}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""What the domains declare is wired, once, and says what it is."""

import ast
import importlib
import json
import pkgutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from studyhall import domains
from studyhall.entrypoints import wiring
from studyhall.entrypoints.cli import contracts
from studyhall.entrypoints.wiring import facts, ports
from studyhall.platform.jobs import Job, Periodic
from studyhall.platform.realtime import Message

WIRED_JOBS = [*wiring.JOBS, *(periodic.job for periodic in wiring.PERIODIC)]


def _modules(kind: str) -> Iterator[ModuleType]:
    """The modules of that kind (`jobs`, `realtime`) of every domain, packages with all that is in them."""
    for domain in pkgutil.iter_modules(domains.__path__):
        package = importlib.import_module(f"{domains.__name__}.{domain.name}")
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if f".{kind}." in f"{found.name}.":
                yield importlib.import_module(found.name)


def _declared(kind: str, sort: type[Any] | tuple[type[Any], ...]) -> list[Any]:
    return [one for module in _modules(kind) for one in vars(module).values() if isinstance(one, sort)]


def test_jobs_have_names_of_their_own() -> None:
    """Queued rows find their job by its name."""
    names = Counter(job.name for job in WIRED_JOBS)
    assert [name for name, times in names.items() if times > 1] == []


def test_jobs_say_what_they_do() -> None:
    assert [job.name for job in WIRED_JOBS if not (job.handler.__doc__ or "").strip()] == []


def test_every_job_of_a_domain_is_wired() -> None:
    """Else it would be queued and never run."""
    wired = {job.name for job in WIRED_JOBS}
    declared = {one.job.name if isinstance(one, Periodic) else one.name for one in _declared("jobs", (Job, Periodic))}
    assert declared and declared - wired == set()


def test_every_message_of_a_domain_is_wired_and_told_to_clients(tmp_path: Path) -> None:
    declared = {(message.channel, message.event) for message in _declared("realtime", Message)}
    wired = {(message.channel, message.event) for message in wiring.MESSAGES}
    assert declared and declared == wired
    assert len(wired) == len(wiring.MESSAGES), "two messages share channel and name"
    contracts.write(tmp_path)
    channels = json.loads((tmp_path / "realtime.json").read_text())["channels"]
    assert {(channel, event) for channel, described in channels.items() for event in described["server_sends"]} == wired


def _repeated(source: str) -> list[str]:
    """Keys that stand twice in one dictionary: the later one would silently take the place of the earlier."""
    dictionaries = [one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.Dict)]
    counted = [Counter(ast.unparse(key) for key in one.keys if key is not None) for one in dictionaries]
    return [key for keys in counted for key, times in keys.items() if times > 1]


def test_each_fact_and_each_port_stands_once() -> None:
    for module in (facts, ports):
        assert module.__file__ is not None
        assert _repeated(Path(module.__file__).read_text()) == []
    assert _repeated("x = {a.b: [1], a.c: [2], a.b: [3]}") == ["a.b"]

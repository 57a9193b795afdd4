"""Make the data set and measure: `python -m bench.scale [--users 20000] [--sessions 2000000] [--sample 300]`."""

import argparse
import asyncio
import json
import os
import platform
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import processes
from bench.scale.calls import reads
from bench.scale.fill import dangling, fill, forget_scans, large_scans
from bench.scale.measure import CONNECTIONS, Measurement, Row, special, told
from bench.scale.people import Person, everybody
from bench.scale.writes import WRITES
from studyhall.entrypoints import rebuild, wiring
from studyhall.entrypoints.cli import schema
from studyhall.platform import clock
from studyhall.platform.embedded import EmbeddedServers, ServerUrls
from studyhall.platform.embedded.network import free_port
from studyhall.platform.settings import Settings
from studyhall.platform.web.limits import LIMITS

SECRET = "a secret for measurements, nothing more"
REBUILT = 25
RESULTS = Path(__file__).parents[1] / "results" / "scale.json"


@dataclass(frozen=True, slots=True)
class Installation:
    """A filled installation: its folder, where its servers answer, and who lives there."""

    folder: Path
    urls: ServerUrls
    people: Sequence[Person]

    @property
    def environment(self) -> dict[str, str]:
        return {
            "STUDYHALL_DATA_DIR": str(self.folder),
            "STUDYHALL_DATABASE_URL": self.urls.database_url,
            "STUDYHALL_REDIS_URL": self.urls.redis_url,
            "STUDYHALL_SECRET_KEY": SECRET,
            "STUDYHALL_EMBEDDED_WORKER": "false",
            "STUDYHALL_LOG_LEVEL": "error",
            "STUDYHALL_RATE_LIMITS": json.dumps(dict.fromkeys(LIMITS, "1000000000/minute")),
        }


def main() -> None:
    """Fill, check, measure, print, keep. With `--keep FOLDER` the data set stays there and is found by the next run."""
    parser = argparse.ArgumentParser(prog="bench.scale", description=__doc__)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--sessions", type=int, default=2_000_000)
    parser.add_argument("--sample", type=int, default=300, help="people who send each request")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help="measure only what has this in its name, and keep no results")
    parser.add_argument("--keep", type=Path, help="a folder for the data set; it is made once and used again")
    parser.add_argument("--note", default="", help="said in the results, e.g. what else ran on the machine")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = chosen.keep
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="studyhall-scale-"))) / "data"
            os.chmod(folder.parent, 0o711)
        urls = stack.enter_context(EmbeddedServers(folder, database_url=None, redis_url=None))
        installation, filled = _prepare(folder, urls, chosen)
        asyncio.run(forget_scans(urls.database_url))
        rows, left_out = _measure(installation, chosen)
        scans = asyncio.run(large_scans(urls.database_url))
    print(told(rows))
    print("large tables read from end to end:", scans or "none")
    if not chosen.only:
        _keep(rows, {"left out": left_out, "scans": scans, "data": filled}, chosen)


def _prepare(folder: Path, urls: ServerUrls, chosen: argparse.Namespace) -> tuple[Installation, dict[str, Any]]:
    """The installation, filled now or by an earlier run, and what was found in it."""
    written = folder / "scale.json"
    if written.exists():
        kept: dict[str, Any] = json.loads(written.read_text())
        now = clock.now().fromisoformat(kept["now"])
        return Installation(folder, urls, list(everybody(kept["users"], kept["sessions"], kept["seed"], now))), kept
    schema.upgrade(urls.database_url)
    now = clock.now().replace(microsecond=0)
    people = list(everybody(chosen.users, chosen.sessions, chosen.seed, now))
    found: dict[str, Any] = {"now": now.isoformat()}
    found |= {"users": chosen.users, "sessions": chosen.sessions, "seed": chosen.seed}
    found["rows"] = asyncio.run(fill(urls.database_url, iter(people)))
    installation = Installation(folder, urls, people)
    found["dangling"] = asyncio.run(dangling(urls.database_url))
    found["rebuild differences"] = asyncio.run(_rebuild(installation))
    if found["dangling"] or found["rebuild differences"]:
        raise RuntimeError(f"the data set is wrong: {found['dangling']} {found['rebuild differences']}")
    written.write_text(json.dumps(found))
    return installation, found


async def _rebuild(installation: Installation) -> list[str]:
    """What the rebuild finds wrong in some people; nothing, when the generator counts like the rules."""
    settings = Settings(
        data_dir=installation.folder,
        database_url=installation.urls.database_url,
        redis_url=installation.urls.redis_url,
        secret_key=SECRET,
    )
    differences: list[str] = []
    some = random.Random(1).sample(range(len(installation.people)), min(REBUILT, len(installation.people)))
    async with wiring.open_resources(settings) as resources:
        for number in {*some, 0, 1}:
            async with resources.unit_of_work() as uow:
                differences += await rebuild.of_person(uow, installation.people[number].id)
    return differences


def _measure(installation: Installation, chosen: argparse.Namespace) -> tuple[list[Row], dict[str, str]]:
    people = installation.people
    catalogue = reads()
    numbers = random.Random(chosen.seed).sample(range(2, len(people)), min(chosen.sample, len(people) - 2))
    port, rows = free_port(), []
    command = ["studyhall", "serve", "--port", str(port)]
    with processes.running(command, installation.environment, port, "/health"):
        measurement = Measurement(
            port, installation.urls.redis_url, SECRET, [people[number] for number in numbers], special(people)
        )
        for measured in (*catalogue.measured, *WRITES):
            if chosen.only in measured.name:
                rows.append(measurement.measure(measured))
                print(f"  {rows[-1].p95:8.1f} ms  {measured.name} {rows[-1].flags or ''}", flush=True)
    return rows, catalogue.left_out


def _keep(rows: Sequence[Row], more: dict[str, Any], chosen: argparse.Namespace) -> None:
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load average": os.getloadavg()}
    report = {
        "at": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()),
        "note": chosen.note,
        "machine": machine,
        "options": {"sample": chosen.sample, "connections": CONNECTIONS},
        "flagged": [row.name for row in rows if row.flags],
        **more,
        "requests": [asdict(row) for row in sorted(rows, key=lambda one: -one.p95)],
    }
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""Whether anything is lost or doubled when two devices send what they kept offline: `python -m bench.replay`.

Two devices of one person kept a week of sessions, some at the same time, one by a clock that is an hour off. Both send
at once over the real API, and answers get lost on the way: then a device sends again with the same Idempotency-Key, and
sometimes twice at once. At the end every session is there once, or was shown as a clash with one that is.
"""

import argparse
import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx2

from bench.installation import installation
from studyhall.entrypoints import http, rebuild
from studyhall.platform import clock
from studyhall.platform.resources import Resources

RESULTS = Path(__file__).parent / "results" / "replay.json"
PASSWORD = "Correct-Horse-7"
SLOT, LOST, DOUBLED = timedelta(minutes=10), 0.3, 0.1


@dataclass
class Device:
    """One with a queue; `off` is by how much its clock is ahead.

    Attributes:
        queue: beginning and end of each session, in real time.
        answers: the last answer to each.
    """

    name: str
    client: httpx2.AsyncClient
    off: timedelta
    queue: list[tuple[datetime, datetime]]
    random: Random
    answers: list[httpx2.Response] = field(default_factory=list)
    sent: int = 0

    async def send_all(self) -> None:
        """In order, each until an answer has come through."""
        for place, (begin, end) in enumerate(self.queue):
            body = {
                "started_at": (begin + self.off).isoformat(),
                "ended_at": (end + self.off).isoformat(),
                "source": "timer",
            }
            while True:
                times = 2 if self.random.random() < DOUBLED else 1
                answers = await asyncio.gather(*(self._send(body, f"{self.name}-{place}") for _ in range(times)))
                if self.random.random() >= LOST:
                    break
            self.answers.append(answers[-1])

    async def _send(self, body: dict[str, Any], key: str) -> httpx2.Response:
        self.sent += 1
        headers = {"Idempotency-Key": key, "X-Client-Time": (clock.now() + self.off).isoformat()}
        return await self.client.post("/api/v1/study-sessions", json=body, headers=headers)


def queues(count: int, random: Random, now: datetime) -> tuple[list[tuple[datetime, datetime]], ...]:
    """Sessions of a week for two devices; in some stretches both kept one."""
    first, second = list[tuple[datetime, datetime]](), list[tuple[datetime, datetime]]()
    begin = now - timedelta(days=6, hours=23)
    for _ in range(count):
        length = SLOT if random.random() < 0.1 else timedelta(seconds=random.randint(60, 540))
        device = first if random.random() < 0.5 else second
        device.append((begin, begin + length))
        if random.random() < 0.05:  # the other device ran at the same time
            other = second if device is first else first
            other.append((begin + length / 3, begin + length))
        begin += SLOT
    return first, second


async def measure(resources: Resources, count: int, seed: int) -> dict[str, Any]:
    """Send, and look at what is there. Raises when anything is lost or doubled."""
    random, now = Random(seed), clock.now().replace(microsecond=0)
    transport = httpx2.ASGITransport(http.build(resources.settings, resources))
    async with httpx2.AsyncClient(transport=transport, base_url="http://bench", timeout=60) as client:
        account = {"email": "replay@example.org", "password": PASSWORD, "name": "Two Devices"}
        made = (await client.post("/api/v1/auth/register", json=account)).json()["data"]
        client.headers["Authorization"] = f"Bearer {made['tokens']['access_token']}"
        begun = time.perf_counter()
        kept = queues(count, random, now)
        offs = timedelta(0), timedelta(hours=1)
        devices = [
            Device(f"device-{n}", client, off, queue, Random(seed + n))
            for n, (off, queue) in enumerate(zip(offs, kept, strict=True))
        ]
        await asyncio.gather(*(device.send_all() for device in devices))
        seconds = time.perf_counter() - begun
        async with resources.unit_of_work() as uow:
            differences = list(await rebuild.of_person(uow, made["user"]["id"]))
        everything = (await client.get("/api/v1/study-sessions/analytics/comprehensive")).json()["data"]
    return {**_checked(devices, everything, differences), "seconds": round(seconds, 1)}


def _checked(devices: list[Device], everything: dict[str, Any], differences: list[str]) -> dict[str, Any]:
    outcomes: Counter[str] = Counter()
    logged, ids, clashes, there = 0, set[str](), list[tuple[datetime, datetime]](), list[tuple[datetime, datetime]]()
    for device in devices:
        for (begin, end), answer in zip(device.queue, device.answers, strict=True):
            body = answer.json()
            outcomes[str(answer.status_code) if answer.status_code == 201 else body["error_code"]] += 1
            if answer.status_code != 201:
                clashes.append((begin, end))
                continue
            there.append((begin, end))
            session = body["data"]["session"]
            off = abs(datetime.fromisoformat(session["started_at"]) - begin)
            if session["id"] in ids or off > timedelta(seconds=2):
                raise RuntimeError(f"doubled or at another time: {begin} became {session}")
            ids.add(session["id"])
            logged += session["duration_seconds"]
            if abs(session["duration_seconds"] - (end - begin).total_seconds()) > 2:
                raise RuntimeError(f"shortened: {begin} to {end} became {session}")
    if outcomes.keys() - {"201", "SESSION_OVERLAPS"}:
        raise RuntimeError(f"refused for another reason than a clash: {outcomes}")
    for begin, end in clashes:
        if not any(begin < other_end and other_begin < end for other_begin, other_end in there):
            raise RuntimeError(f"shown as a clash with nothing: {begin} to {end}")
    if (everything["total_seconds"], everything["total_sessions"]) != (logged, outcomes["201"]) or differences:
        raise RuntimeError(f"lost or doubled: {everything} is not {logged} of {outcomes}; {differences}")
    return {
        "queued": sum(outcomes.values()),
        "requests": sum(device.sent for device in devices),
        "logged": outcomes["201"],
        "shown as clashes": outcomes["SESSION_OVERLAPS"],
        "lost": 0,
        "doubled": 0,
        "seconds studied": logged,
        "differences of a rebuild": len(differences),
    }


async def _alone(count: int, seed: int) -> dict[str, Any]:
    async with installation() as resources:
        return await measure(resources, count, seed)


def main() -> None:
    """Send, print, keep."""
    parser = argparse.ArgumentParser(prog="bench.replay", description=__doc__)
    parser.add_argument("--sessions", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    found = asyncio.run(_alone(chosen.sessions, chosen.seed))
    print(json.dumps(found, indent=2))
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()

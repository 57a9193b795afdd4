"""How long the boards take with 100,000 people on them: `python -m bench.leaderboards [people]`.

A database of its own, filled by SQL; requests go through the app in this process, as different people of all ranks, one
after another. The last figure is how soon a session that ended shows: the board is asked right after the answer.
"""

import asyncio
import json
import os
import platform
import sys
import time
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID

import httpx2
from rich.console import Console

from bench.installation import installation
from studyhall.domains.identity import public as identity
from studyhall.entrypoints import http
from studyhall.platform import clock
from studyhall.platform.resources import Resources

RESULTS = Path(__file__).parent / "results" / "leaderboards.json"
ASKING = 60
BOARDS = {
    "around me": "/leaderboards/global",
    "top": "/leaderboards/global?page=1",
    "deep page": "/leaderboards/global?page=2000",
    "weekly, around me": "/leaderboards/global?period=weekly",
    "friends": "/leaderboards/friends",
}
# Seconds fall off as they do among people: few study very much. Half of them studied this week.
FILL = (
    """INSERT INTO users (id, email, username, first_name, created_at, updated_at)
    SELECT gen_random_uuid(), 'p' || n || '@example.org', 'p' || n, 'Person ' || n, now(), now()
    FROM generate_series(1, $1::int) n""",
    """INSERT INTO user_preferences (user_id, leaderboard_opt_in, created_at, updated_at)
    SELECT id, true, now(), now() FROM users ON CONFLICT (user_id) DO UPDATE SET leaderboard_opt_in = true""",
    """INSERT INTO board_standings (user_id, period, starts_on, seconds, is_listed, created_at)
    SELECT id, 'all_time', DATE '1970-01-01', 60 + (-ln(random()) * 200000)::bigint, true, now() FROM users""",
    """INSERT INTO board_standings (user_id, period, starts_on, seconds, is_listed, created_at)
    SELECT id, 'weekly', $1::date, 60 + (-ln(random()) * 20000)::bigint, true, now() FROM users WHERE random() < 0.5
    ON CONFLICT DO NOTHING""",
)


async def fill(resources: Resources, people: int) -> None:
    today = clock.now().date()
    arguments: list[list[Any]] = [[people], [], [], [today - timedelta(days=today.weekday())]]
    async with resources.database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        for statement, values in zip(FILL, arguments, strict=True):
            await driver.execute(statement, *values)
        await driver.execute("VACUUM ANALYZE")


async def sign_in(client: httpx2.AsyncClient, number: int) -> tuple[UUID, dict[str, str]]:
    body = {"email": f"asks{number}@example.org", "password": "Correct-Horse-7", "name": f"Asks {number}"}
    answer = (await client.post("/auth/register", json=body)).json()["data"]
    return UUID(answer["user"]["id"]), {"Authorization": f"Bearer {answer['tokens']['access_token']}"}


async def timed(client: httpx2.AsyncClient, path: str, headers: dict[str, str]) -> tuple[float, Any]:
    begun = time.perf_counter()
    answer = await client.get(path, headers=headers)
    spent = (time.perf_counter() - begun) * 1000
    assert answer.status_code == 200, answer.text
    return spent, answer.json()["data"]


async def measured(people: int) -> dict[str, Any]:
    async with installation() as resources:
        app = http.build(resources.settings, resources)
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://bench/api/v1", timeout=60) as client:
            asking = [await sign_in(client, number) for number in range(ASKING)]
            await fill(resources, people)
            figures: dict[str, Any] = {"people": people}
            for name, path in BOARDS.items():
                await timed(client, path, asking[0][1])
                times = [(await timed(client, path, headers))[0] for _, headers in asking for _ in range(3)]
                figures[name] = {"p50_ms": round(median(times), 1), "p95_ms": round(quantiles(times, n=20)[-1], 1)}
            figures["shows after a session, ms"] = await _soon(client, resources, *asking[0])
            return figures


async def _soon(client: httpx2.AsyncClient, resources: Resources, user_id: UUID, headers: dict[str, str]) -> float:
    """From the answer to a session that was told to the board that has it."""
    async with resources.unit_of_work() as uow:
        await identity.change_preferences(uow, user_id, {"leaderboard_opt_in": True})
    _, before = await timed(client, BOARDS["around me"], headers)
    end = clock.now() - timedelta(minutes=1)
    body = {"started_at": (end - timedelta(hours=2)).isoformat(), "ended_at": end.isoformat()}
    told = await client.post("/study-sessions", json=body, headers=headers)
    assert told.status_code == 201, told.text
    spent, after = await timed(client, BOARDS["around me"], headers)
    assert before != after, "the session does not show"
    return round(spent, 1)


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    told = asyncio.run(measured(people))
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)}
    RESULTS.write_text(json.dumps({"machine": machine, "boards": told}, indent=2) + "\n")
    Console().print(told, machine)


if __name__ == "__main__":
    main()

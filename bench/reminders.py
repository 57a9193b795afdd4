"""Reminders measured: how fast very many are queued, and whether a year tells everybody everything once.

`python -m bench.reminders [--people N] [--days N] [--minutes N] [--every-zone]`

The year goes through the real sweep, job table, letters and a real SMTP server, with a moved clock. One person lives in
each group of zones whose clocks agree through the whole year (`--every-zone`: one in each zone). Some move, some
workers die in the middle of a mail, and twice nobody works for six hours. Minutes in which nothing is due are left out;
in all others every schedule ticks as it does in a worker. With `--minutes` it stops in time, and tells the days that it
got through.
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.parser import BytesHeaderParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr
from rich.console import Console

from studyhall.domains.identity import public as identity
from studyhall.domains.mails.jobs import settle_mails
from studyhall.domains.reminders.jobs import sweep, tell
from studyhall.domains.reminders.service import sweeping
from studyhall.entrypoints import wiring
from studyhall.entrypoints.cli import schema
from studyhall.platform import clock
from studyhall.platform.clients.mail import HandOver, Mail, OutgoingMail
from studyhall.platform.embedded.throwaway import throwaway_postgres, throwaway_valkey
from studyhall.platform.jobs import Periodic, drain
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Environment, Settings

RESULTS = Path(__file__).parent / "results" / "reminders.json"
PERIODIC: Sequence[Periodic] = (sweep, settle_mails)
MINUTE = timedelta(minutes=1)
AT_ONCE = 6
START = datetime(2027, 3, 8, tzinfo=UTC)
KINDS = ("morning_plan", "reminder", "weekly_report")

_PEOPLE = """
WITH wanted AS MATERIALIZED (
  SELECT zone, n FROM unnest($1::text[]) WITH ORDINALITY AS wanted (zone, n)
), made AS (
  INSERT INTO users (id, email, username, first_name, last_name, email_verified_at, created_at, updated_at)
  SELECT gen_random_uuid(), 'p' || n || '@example.org', 'p' || n, 'P', 'N', now(), now(), now() FROM wanted
  RETURNING id, username
), known AS MATERIALIZED (
  SELECT id, zone, n FROM made JOIN wanted ON username = 'p' || n
), chosen AS (
  INSERT INTO user_preferences (user_id, timezone, created_at, updated_at) SELECT id, zone, now(), now() FROM known
)
SELECT id, zone FROM known ORDER BY n
"""
_SCHEDULES = """
INSERT INTO reminder_schedules (user_id, kind, next_due_at, is_stale)
SELECT id, kind, $1, true FROM users, unnest($2::text[]) AS kind
"""
# A plan on every second day: every morning has something new to tell, and every second evening a plan is missing.
_PLANS = """
WITH course AS (
  INSERT INTO courses (id, owner_id, name, code, credits, created_at, updated_at)
  SELECT gen_random_uuid(), id, 'Botany', 'B1', 3, now(), now() FROM users RETURNING id, owner_id
)
INSERT INTO study_plans (id, user_id, course_id, topic, date, start_time, planned_duration, priority,
                         study_type, status, created_at, updated_at)
SELECT gen_random_uuid(), owner_id, id, 'Mosses', day::date, '17:30', 90, 'high', 'review', 'pending', now(),
       now()
FROM course, generate_series($1::date, $2::date, interval '2 days') AS day
"""


class Killed(BaseException):
    """The worker's process ends here."""


@dataclass
class Post:
    """What the mail server was given: how often each Message-ID came."""

    taken: Counter[str] = field(default_factory=Counter)
    port: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        message = BytesHeaderParser().parsebytes(content)
        self.taken[str(message["Message-ID"]).strip("<>").split("@")[0]] += 1
        return "250 OK"


@contextlib.asynccontextmanager
async def post_office() -> AsyncIterator[Post]:
    """A mail server in this process until the block ends."""
    post = Post()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(post, hostname="mail.test"), "127.0.0.1", 0)
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()


@dataclass
class Mortal:
    """The real mail client, in whose hands a worker dies now and then: before the mail is handed over, or while."""

    mail: Mail
    every: int
    calls: int = 0
    deaths_before: int = 0
    deaths_while: int = 0

    async def send(self, mail: OutgoingMail, hand_over: HandOver | None = None) -> None:
        self.calls += 1
        if self.calls % self.every == 0:
            self.deaths_before += 1
            raise Killed
        if self.calls % self.every == self.every // 2:
            self.deaths_while += 1
            assert hand_over is not None
            await hand_over()
            raise Killed
        await self.mail.send(mail, hand_over)

    async def check(self) -> None:
        await self.mail.check()


@contextlib.asynccontextmanager
async def installation(port: int) -> AsyncIterator[Resources]:
    """An empty one, with its database, and mail to that port."""
    with throwaway_postgres() as server, throwaway_valkey() as redis, tempfile.TemporaryDirectory() as folder:
        await asyncio.to_thread(schema.upgrade, server)
        settings = Settings(
            environment=Environment.TEST,
            data_dir=Path(folder),
            database_url=server,
            redis_url=redis,
            secret_key=SecretStr("a secret for measurements, nothing more than that"),
            mail_url=f"smtp://127.0.0.1:{port}?starttls=never",
            public_url="https://studyhall.test",
            log_level="critical",
        )
        async with wiring.open_resources(settings) as resources:
            yield resources


async def _people(resources: Resources, zones: Sequence[str], now: datetime) -> list[tuple[UUID, str]]:
    async with resources.unit_of_work() as uow:
        connection = await uow.connection()
        await connection.execute("SET LOCAL statement_timeout = '10min'")  # the filling is not what is measured
        rows = await connection.fetch(_PEOPLE, list(zones))
        await connection.execute(_SCHEDULES, now, list(KINDS))
        return [(row["id"], row["zone"]) for row in rows]


async def queueing(people: int) -> dict[str, float]:
    """Seconds in which so many people who are due in one minute are queued, from planned to job row."""
    async with post_office() as post, installation(post.port) as resources:
        with clock.frozen_at(START):
            await _people(resources, ["Europe/Berlin"] * people, START)
            begun = time.perf_counter()
            await _sweep(resources)
            planned = time.perf_counter() - begun
        with clock.frozen_at(datetime(2027, 3, 9, 6, tzinfo=UTC)):
            async with resources.unit_of_work() as uow:
                # Only the mornings: the evening before is no part of this minute.
                await (await uow.connection()).execute("DELETE FROM reminder_schedules WHERE kind <> 'morning_plan'")
                together = "UPDATE reminder_schedules SET period = '2027-03-09', next_due_at = $1"
                await (await uow.connection()).execute(together, clock.now())
            begun = time.perf_counter()
            await _sweep(resources)
            queued = time.perf_counter() - begun
            async with resources.unit_of_work() as uow:
                counted = "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1"
                jobs = await (await uow.connection()).fetchval(counted, tell.name)
        assert jobs == people, f"{jobs} jobs for {people} people"
        rate = await _sending(resources, post, 300)
    return {
        "people": people,
        "planned_seconds": round(planned, 1),
        "queued_seconds": round(queued, 1),
        "queued_per_second": round(people / queued),
        **rate,
    }


async def _sweep(resources: Resources) -> None:
    while True:
        async with resources.unit_of_work() as uow:
            if not await sweeping.sweep(uow, tell):
                return


async def _sending(resources: Resources, post: Post, most: int) -> dict[str, float]:
    """Told and mailed people per second, one at a time, letters and SMTP included."""
    async with resources.unit_of_work() as uow:
        connection = await uow.connection()
        await connection.execute(
            "DELETE FROM pgqueuer WHERE id NOT IN (SELECT id FROM pgqueuer ORDER BY id LIMIT $1)", most
        )
    begun = time.perf_counter()
    with clock.frozen_at(datetime(2027, 3, 9, 6, tzinfo=UTC)):
        await drain(resources, wiring.JOBS)
    seconds = time.perf_counter() - begun
    assert sum(post.taken.values()) == most
    return {"mailed": most, "mailed_per_second": round(most / seconds)}


def groups_of_zones(year: int) -> list[str]:
    """One zone of each group whose clocks agree at every quarter hour of the year."""
    found: dict[tuple[Any, ...], str] = {}
    moments = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hours) for hours in range(0, 366 * 24, 3)]
    for name in sorted(clock.known_zones()):
        zone = clock.zone(name)
        changes: list[tuple[int, Any]] = []
        for number, moment in enumerate(moments):
            offset = moment.astimezone(zone).utcoffset()
            if not changes or changes[-1][1] != offset:
                changes.append((number, offset))
        found.setdefault(tuple(changes), name)
    return sorted(found.values())


MOVES = ("Pacific/Kiritimati", "America/New_York", "Asia/Kathmandu", "Pacific/Pago_Pago", "Europe/London")


def _silent(line: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Pace:
    """How the time passes.

    Attributes:
        every: of so many mails one kills its worker before it is handed over, and another one while it is.
        at_once: jobs that a worker runs side by side.
        minutes: after so many it stops at the end of the simulated day; None for never.
        report: hears of each day.
    """

    every: int = 397
    at_once: int = AT_ONCE
    minutes: float | None = None
    report: Callable[[str], None] = _silent


async def simulate(
    resources: Resources, post: Post, zones: Sequence[str], days: int, start: datetime, pace: Pace
) -> dict[str, Any]:
    """Let the time pass in an empty installation, and hold what the mail server got against what was due."""
    resources.mail = mortal = Mortal(resources.mail, pace.every)
    people = await _people(resources, zones, start)
    async with resources.unit_of_work() as uow:
        first = start.date() - timedelta(days=2)
        await (await uow.connection()).execute(_PLANS, first, first + timedelta(days=days + 8))
    begun = time.perf_counter()
    runs = moves = day = 0
    now = start
    while day < days and (pace.minutes is None or time.perf_counter() - begun < pace.minutes * 60):
        if day in (days // 3, 2 * days // 3):
            now += timedelta(hours=6)  # nobody works
        day, until = day + 1, start + timedelta(days=day + 1)
        runs, now = runs + await _pass(resources, now, until, pace.at_once), until
        if day % 5 == 0:
            moves += await _move(resources, people[day % 7 :: 11], MOVES[day // 5 % len(MOVES)], now)
        seconds = time.perf_counter() - begun
        pace.report(f"day {day} of {days}: {runs} runs, {sum(post.taken.values())} mails, {seconds:.0f} s")
    seconds = time.perf_counter() - begun
    return await _verdict(resources, post, people, start, now) | {
        "zones": len(zones),
        "days": day,
        "days_wanted": days,
        "job_runs": runs,
        "zone_moves": moves,
        "workers_died_before_handing_over": mortal.deaths_before,
        "workers_died_while_handing_over": mortal.deaths_while,
        "seconds": round(seconds),
        "job_runs_per_second": round(runs / seconds),
    }


async def year(zones: Sequence[str], days: int, start: datetime, minutes: float | None) -> dict[str, Any]:
    """The simulation in an installation of its own."""
    async with post_office() as post, installation(post.port) as resources:
        pace = Pace(minutes=minutes, report=Console(stderr=True).print)
        return await simulate(resources, post, zones, days, start, pace)


_NEXT_DUE = """
SELECT least(
  (SELECT min(next_due_at) FROM reminder_schedules),
  (SELECT min((headers->>'run_at')::timestamptz) FROM pgqueuer WHERE status = 'queued' AND entrypoint = ANY($1)))
"""
_NAMES = [job.name for job in (*wiring.JOBS, *(entry.job for entry in PERIODIC))]


async def _pass(resources: Resources, now: datetime, until: datetime, at_once: int) -> int:
    """Work through every minute up to then in which something is due, with a new worker for each that dies; answers
    the runs."""
    runs = 0
    while now < until:
        async with resources.unit_of_work() as uow:
            due = await (await uow.connection()).fetchval(_NEXT_DUE, _NAMES)
        if due is None or due > until:
            return runs
        whole = due.replace(second=0, microsecond=0)
        minute = max(now + MINUTE, whole if whole == due else whole + MINUTE)
        now = minute
        try:
            with clock.frozen_at(minute - MINUTE):
                runs += len(await drain(resources, wiring.JOBS, minute, periodic=PERIODIC, at_once=at_once))
        except Killed:
            now = minute - MINUTE  # the next worker finds the same minute
    return runs


async def _move(resources: Resources, people: Sequence[tuple[UUID, str]], zone: str, now: datetime) -> int:
    for user_id, _ in people:
        with clock.frozen_at(now):
            async with resources.unit_of_work() as uow:
                await identity.change_preferences(uow, user_id, {"timezone": zone})
    return len(people)


async def _verdict(
    resources: Resources, post: Post, people: Sequence[tuple[UUID, str]], start: datetime, end: datetime
) -> dict[str, Any]:
    async with resources.unit_of_work() as uow:
        connection = await uow.connection()
        told = await connection.fetch("SELECT user_id, kind, period, status, note FROM reminder_deliveries")
        mails = await connection.fetch("SELECT id, user_id, email_type, status, dedupe_key FROM email_logs")
    periods: dict[tuple[UUID, str], list[date]] = defaultdict(list)
    for row in told:
        periods[row["user_id"], row["kind"]].append(row["period"])
    gaps = 0
    for (_, kind), found in periods.items():
        step = timedelta(days=7 if kind == "weekly_report" else 1)
        found.sort()
        gaps += sum(after - before != step for before, after in pairwise(found))
    by_id = {str(row["id"]): row for row in mails}
    sent = Counter(row["status"] for row in mails)
    expected_days = (end - start).days
    return {
        "deliveries": dict(Counter(f"{row['kind']}: {row['status']}" for row in told)),
        "skipped_because": dict(Counter(row["note"] for row in told if row["status"] == "skipped")),
        "days_without_a_row_between_others": gaps,
        "people_with_too_few_mornings": sum(
            len(periods[user_id, "morning_plan"]) < expected_days - 2 for user_id, _ in people
        ),
        "mails": dict(sent),
        "mails_received": sum(post.taken.values()),
        "received_twice": sum(times > 1 for times in post.taken.values()),
        "sent_but_not_received": sum(post.taken[key] != 1 for key, row in by_id.items() if row["status"] == "sent"),
        "received_but_not_known": sum(key not in by_id for key in post.taken),
        "one_occasion_twice": len(mails) - len({row["dedupe_key"] for row in mails}),
    }


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(prog="bench.reminders", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000, help="due in one minute")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--start", type=datetime.fromisoformat, default=START)
    parser.add_argument("--minutes", type=float, help="stop the simulation after so many; the days done are told")
    parser.add_argument("--every-zone", action="store_true")
    chosen = parser.parse_args()
    start = chosen.start.replace(tzinfo=UTC)
    zones = sorted(clock.known_zones()) if chosen.every_zone else groups_of_zones(start.year)
    report: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    report["machine"] = {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}
    if chosen.people:
        report["queueing"] = asyncio.run(queueing(chosen.people))
    if chosen.days:
        found = asyncio.run(year(zones, chosen.days, start, chosen.minutes))
        report.setdefault("simulations", {})[f"{start:%Y-%m-%d}, {found['days']} days"] = found
    Console().print_json(json.dumps(report))
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()

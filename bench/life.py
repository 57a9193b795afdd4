"""A random life of one person who studies: sessions, edits, deletions, plans, days off, resets, moves between zones.

Every act goes through the use cases that the API calls, in a unit of work of its own, with the clock moved on. What is
refused changes nothing. The measurement of the rebuild lives many of these; the test suite a few short ones.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from studyhall.domains.identity import public as identity
from studyhall.domains.planning import service as planning
from studyhall.domains.streaks import service as streaks
from studyhall.domains.study import service as study
from studyhall.domains.study.service import Entry
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import AppError
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

ZONES = ["Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Niue", "UTC"]

Act = Callable[[UnitOfWork], Awaitable[None]]


class Life:
    """One person's; `done` and `refused` count the acts by name."""

    def __init__(self, resources: Resources, user_id: UUID, course_id: UUID, seed: int, now: datetime) -> None:
        self.resources, self.course_id, self.random, self.now = resources, course_id, Random(seed), now
        self.actor = Actor(user_id, time_zone="UTC")
        self.sessions: list[UUID] = []
        self.plans: list[UUID] = []
        self.deleted: list[tuple[str, UUID]] = []
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    async def step(self) -> None:
        """One act, a while after the one before."""
        acts: list[Act] = [
            self.by_timer, self.by_timer, self.by_hand, self.by_hand, self.offline, self.edit, self.edit, self.delete,
            self.restore, self.plan, self.complete, self.complete, self.delete_plan, self.reset, self.days_off,
            self.move, self.check,
        ]  # fmt: skip
        act = self.random.choice(acts)
        # Short steps for many acts on one day, long ones for missed days, freezes and broken chains.
        self.now += timedelta(minutes=self.random.choice((20, 90, 300, 700, 1_500, 3_200)) * self.random.random())
        with clock.frozen_at(self.now):
            try:
                async with self.resources.unit_of_work() as uow:
                    await act(uow)
            except AppError:
                self.refused[act.__name__] += 1
            else:
                self.done[act.__name__] += 1

    def _some(self, ids: list[UUID]) -> UUID:
        return self.random.choice(ids[-30:]) if ids else new_id()

    def _ago(self, most_minutes: int) -> datetime:
        return self.now - timedelta(minutes=most_minutes * self.random.random())

    async def by_timer(self, uow: UnitOfWork) -> None:
        """A timer, sometimes paused, sometimes silent for too long."""
        begin = self._ago(400)
        with clock.frozen_at(begin):
            row = await study.start(uow, self.actor, course_id=self.course_id, plan_id=None, notes=None)
        if self.random.random() < 0.4:
            with clock.frozen_at(begin + (self.now - begin) * self.random.random()):
                await study.pause(uow, self.actor, row.id)
        if self.random.random() < 0.5:
            await study.resume(uow, self.actor, None)
        said = self.random.choice([None, True])
        ended = await study.end(uow, self.actor, None, was_studying=said, notes=None)
        if ended.row is not None:
            self.sessions.append(ended.row.id)

    async def by_hand(self, uow: UnitOfWork) -> None:
        """Entered afterwards; too long, too old or in the future now and then."""
        end = self._ago(2_400) + timedelta(minutes=10)
        await self._enter(uow, Entry(end - timedelta(seconds=self.random.randint(-5, 40_000)), ended_at=end))

    async def offline(self, uow: UnitOfWork) -> None:
        """Kept by a clock that is off, up to a bit more than a week ago."""
        off = timedelta(seconds=self.random.choice((0, 30, 3_600, -3_600, 90_000)))
        end = self._ago(11_000) + off
        begin = end - timedelta(seconds=self.random.randint(1, 9_000))
        await self._enter(uow, Entry(begin, ended_at=end, source="timer", sent_at=self.now + off))

    async def _enter(self, uow: UnitOfWork, entry: Entry) -> None:
        plan_id = self._some(self.plans) if self.plans and self.random.random() < 0.2 else None
        entered = await study.enter(uow, self.actor, replace(entry, plan_id=plan_id))
        self.sessions.append(entered.row.id)

    async def edit(self, uow: UnitOfWork) -> None:
        """Either end of a session moves, or only its notes."""
        session_id = self._some(self.sessions)
        row = await study.one(uow, self.actor, session_id)
        by = timedelta(minutes=self.random.randint(-200, 90))
        changes: list[dict[str, Any]] = [
            {"started_at": row.started_at + by},
            {"ended_at": (row.ended_at or row.started_at) + by},
            {"notes": "other words", "course_id": None},
        ]
        await study.change(uow, self.actor, session_id, self.random.choice(changes))

    async def delete(self, uow: UnitOfWork) -> None:
        session_id = self._some(self.sessions)
        await study.delete(uow, self.actor, session_id)
        self.deleted.append(("session", session_id))

    async def restore(self, uow: UnitOfWork) -> None:
        """Take a deletion back, of a session or of a plan."""
        if not self.deleted:
            return
        kind, one = self.deleted.pop(self.random.randrange(len(self.deleted)))
        if kind == "session":
            await study.restore(uow, self.actor.user_id, one)
        else:
            await planning.restore(uow, self.actor.user_id, one)

    def _today(self) -> date:
        return clock.today_in(self.actor.time_zone, self.actor.day_start_hour)

    async def plan(self, uow: UnitOfWork) -> None:
        fields = {
            "course_id": self.course_id, "topic": "Heaps", "description": None, "priority": "high",
            "date": clock.today_in(self.actor.time_zone), "start_time": time(self.random.randrange(24)),
            "planned_duration": 60, "study_type": "review",
        }  # fmt: skip
        row, _, _ = await planning.create(uow, self.actor, fields)
        self.plans.append(row.id)

    async def complete(self, uow: UnitOfWork) -> None:
        await planning.complete(uow, self.actor, self._some(self.plans), self.random.choice((None, 30, 75)), None)

    async def delete_plan(self, uow: UnitOfWork) -> None:
        plan_id = self._some(self.plans)
        await planning.delete(uow, self.actor, plan_id)
        self.deleted.append(("plan", plan_id))

    async def reset(self, uow: UnitOfWork) -> None:
        await streaks.reset(uow, self.actor, self.actor.user_id)

    async def days_off(self, uow: UnitOfWork) -> None:
        days = {self._today() + timedelta(days=self.random.randint(-1, 9)) for _ in range(self.random.randint(0, 4))}
        await streaks.plan_holidays(uow, self.actor, days)

    async def move(self, uow: UnitOfWork) -> None:
        """To another zone, with another hour at which the day begins."""
        zone, hour = self.random.choice(ZONES), self.random.choice((0, 0, 3, 6, 23))
        await identity.change_preferences(uow, self.actor.user_id, {"timezone": zone, "day_start_hour": hour})
        self.actor = replace(self.actor, time_zone=zone, day_start_hour=hour)

    async def check(self, uow: UnitOfWork) -> None:
        await streaks.update(uow, self.actor)

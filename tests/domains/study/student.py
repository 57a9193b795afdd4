"""Somebody who studies through the API while the clock is moved around him."""

import re
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import TextClause

from studyhall.platform import clock
from studyhall.platform.resources import Resources

SHORTEST_TOKEN = timedelta(minutes=20)


class Clock:
    """Stands still until it is told to move."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def set(self, moment: datetime) -> None:
        self._stack.enter_context(clock.frozen_at(moment))

    def move(self, by: timedelta) -> None:
        self.set(clock.now() + by)


class Student:
    """A signed-in person; every call answers `data`, or fails the test."""

    def __init__(self, person: Any, resources: Resources, time: Clock) -> None:
        self.person, self.resources, self.time = person, resources, time
        self._signed_in_at = clock.now()

    @property
    def id(self) -> UUID:
        found: UUID = self.person.id
        return found

    async def _call(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        if clock.now() - self._signed_in_at > SHORTEST_TOKEN:
            await self._sign_in()
        headers = {"Idempotency-Key": key} if key else {}
        return await self.person.client.request(method, f"/api/v1{path}", json=body, headers=headers)

    async def _sign_in(self) -> None:
        body = {"email": self.person.email, "password": self.person.password}
        answer = await self.person.client.post("/api/v1/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        token = answer.json()["data"]["tokens"]["access_token"]
        self.person.client.headers["Authorization"] = f"Bearer {token}"
        self._signed_in_at = clock.now()

    async def send(
        self, method: str, path: str, body: Any = None, *, expect: int = 200, key: str | None = None
    ) -> dict[str, Any]:
        answer = await self._call(method, path, body, key)
        assert answer.status_code == expect, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data

    async def get(self, path: str) -> dict[str, Any]:
        return await self.send("GET", path)

    async def post(self, path: str, body: Any = None, *, expect: int = 200, key: str | None = None) -> dict[str, Any]:
        return await self.send("POST", path, body, expect=expect, key=key)

    async def refused(self, method: str, path: str, body: Any = None, *, status: int) -> dict[str, Any]:
        answer = await self._call(method, path, body)
        assert answer.status_code == status, answer.text
        failure: dict[str, Any] = answer.json()
        assert failure["success"] is False
        return failure

    async def statements(self, method: str, path: str, body: Any = None) -> int:
        """How many SQL statements one request costs, as the server tells it."""
        answer = await self._call(method, path, body)
        assert answer.status_code < 300, answer.text
        told = re.fullmatch(r'sql;desc="(\d+)"', answer.headers["Server-Timing"])
        assert told is not None, answer.headers
        assert int(told[1]) > 0, "nobody is recognised without a statement, so nothing was counted"
        return int(told[1])

    async def wait(self, *, beating: bool = False, **by: float) -> None:
        """Let time pass, with a heartbeat at its end if asked for."""
        self.time.move(timedelta(**by))
        if beating:
            await self.post("/study-sessions/current/heartbeat")

    async def study(self, *, minutes: int) -> dict[str, Any]:
        """One session of at most 15 minutes by the timer; answers it."""
        await self.post("/study-sessions/start", expect=201)
        await self.wait(minutes=minutes)
        ended = await self.post("/study-sessions/current/end", {"was_studying": True})
        session: dict[str, Any] = ended["session"]
        return session

    async def create_course(self, name: str, code: str) -> str:
        course = await self.post("/courses", {"name": name, "code": code, "semester": "Fall 2026"}, expect=201)
        return str(course["course"]["id"])

    async def move_to(self, time_zone: str) -> None:
        await self.send("PUT", "/settings/preferences", {"timezone": time_zone})

    async def hide(self) -> None:
        await self.send("PUT", "/settings/preferences", {"profile_visibility": "private"})

    async def notification_titles(self) -> list[str]:
        """Titles of achievements, newest first."""
        rows = await self.get("/notifications?type=achievement")
        return [row["title"] for row in rows["notifications"]]

    async def execute(self, statement: TextClause) -> None:
        """SQL past the API; `:user` is this person."""
        async with self.resources.unit_of_work() as uow:
            await uow.session.execute(statement, {"user": self.id})


class Students(Protocol):
    async def __call__(self, at: datetime, *, time_zone: str = "UTC", day_start_hour: int = 0) -> Student:
        """Sets the clock and signs somebody in."""
        ...

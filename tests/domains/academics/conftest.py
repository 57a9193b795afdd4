"""Students with courses and timetables."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from studyhall.platform import clock

API = "/api/v1"


class Student:
    """A signed-in person; `data` of a call, or the test fails."""

    def __init__(self, person: Any) -> None:
        self.person = person

    async def call(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        answer = await self.person.client.request(method, API + path, **options)
        assert answer.status_code == status, answer.text
        return answer.json().get("data") if status < 400 else answer.json()

    async def course(self, name: str = "Data Structures & Algorithms", code: str = "CS201", **more: Any) -> str:
        body = {"name": name, "code": code, "semester": "Spring 2025", **more}
        found = await self.call("POST", "/courses", 201, json=body)
        made: str = found["course"]["id"]
        return made

    async def take_in(self, content: str | bytes | Path, status: int = 201, **fields: str) -> Any:
        """Import a file."""
        sent = content.read_bytes() if isinstance(content, Path) else content
        raw = sent.encode() if isinstance(sent, str) else sent
        files = {"file": ("timetable.ics", raw, "text/calendar")}
        return await self.call("POST", "/timetable/import", status, files=files, data=fields)

    async def confirm(self, upload_id: str, status: int = 200, **wishes: Any) -> Any:
        return await self.call("POST", f"/timetable/uploads/{upload_id}/confirm", status, json=wishes)


@pytest.fixture
def in_term() -> Iterator[datetime]:
    """Thursday, 20 March 2025, ten days before the clocks change in Berlin."""
    moment = datetime(2025, 3, 20, 9, tzinfo=UTC)
    with clock.frozen_at(moment):
        yield moment


@pytest.fixture
def student(person: Any, in_term: datetime) -> Any:
    """`mira = await student(timezone="Europe/Berlin")`."""

    async def make(**fields: Any) -> Student:
        return Student(await person(**{"timezone": "Europe/Berlin", **fields}))

    return make

"""Students with courses and results."""

from typing import Any
from uuid import UUID

import pytest

from studyhall.platform.database import start_counting

PERFORMANCE = "/api/v1/performance"


class Learner:
    """A signed-in person; every call answers `data`, or fails the test."""

    def __init__(self, person: Any) -> None:
        self.person = person

    @property
    def id(self) -> UUID:
        found: UUID = self.person.id
        return found

    async def send(self, method: str, path: str, *, expect: int = 200, **options: Any) -> dict[str, Any]:
        answer = await self.person.client.request(method, f"/api/v1{path}", **options)
        assert answer.status_code == expect, answer.text
        body: dict[str, Any] = answer.json()
        return body["data"] if expect < 400 else body

    async def get(self, path: str, *, expect: int = 200, **query: Any) -> dict[str, Any]:
        return await self.send("GET", path, expect=expect, params=query)

    async def course(self, name: str = "Data Structures & Algorithms", code: str = "CS201", **fields: Any) -> str:
        body = {"name": name, "code": code, "credits": 4, "semester": "Fall 2024", **fields}
        return str((await self.send("POST", "/courses", json=body, expect=201))["course"]["id"])

    async def score(self, course_id: str, score: Any, *, expect: int = 201, **fields: Any) -> dict[str, Any]:
        body = {
            "course_id": course_id, "assessment_type": "quiz", "score": score, "max_score": 100,
            "date": "2024-10-15", **fields,
        }  # fmt: skip
        answer = await self.send("POST", "/performance/results", json=body, expect=expect)
        return answer["result"] if expect < 400 else answer

    async def results(self, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get("/performance/results", **query))["results"]
        return found

    async def upload(
        self, content: bytes | str, *, name: str = "results.csv", expect: int = 201, **form: Any
    ) -> dict[str, Any]:
        raw = content.encode() if isinstance(content, str) else content
        files = {"file": (name, raw, "text/csv")}
        return await self.send("POST", "/performance/results/bulk", files=files, data=form, expect=expect)

    async def what_if(self, *, expect: int = 200, **body: Any) -> dict[str, Any]:
        return await self.send("POST", "/performance/what-if", json=body, expect=expect)

    async def grading(self, *, expect: int = 200, **body: Any) -> dict[str, Any]:
        return await self.send("PUT", "/performance/grading", json=body, expect=expect)

    async def statements(self, method: str, path: str, **options: Any) -> int:
        """How many SQL statements one request costs."""
        counter = start_counting()
        answer = await self.person.client.request(method, f"/api/v1{path}", **options)
        assert answer.status_code < 300, answer.text
        return counter[0]


@pytest.fixture
def learner(person: Any) -> Any:
    """`mira = await learner(name="Mira Okafor")`."""

    async def make(**fields: Any) -> Learner:
        return Learner(await person(**fields))

    return make

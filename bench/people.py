"""The people of the measurement: accounts with courses, plans and a running week, made through the API."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx2

PASSWORD = "Correct-Horse-7"
COURSES, PLANS = 8, 12
PARAGRAPH = "A *tree* on $n$ vertices has `n - 1` edges, and between any two of them leads one path. " * 5


@dataclass(frozen=True, slots=True)
class Student:
    """A signed-in account."""

    id: str
    token: str
    course_ids: tuple[str, ...]
    chapter_id: str

    def path(self, template: str) -> str:
        """The path of a hot read as this student asks it."""
        return template.format(chapter_id=self.chapter_id)


def enrol(port: int, count: int) -> list[Student]:
    """Make that many students, each with courses and plans. Raises on the first refusal."""
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=30) as client:
        return [_student(client, number) for number in range(count)]


def _student(client: httpx2.Client, number: int) -> Student:
    account = {"name": f"Student {number}", "email": f"student{number}@example.org", "password": PASSWORD}
    data = _post(client, "/auth/register", account, None)
    token = data["tokens"]["access_token"]
    courses = []
    for place in range(COURSES):
        body = {"name": f"Course {place} of {number}", "code": f"C{place}", "credits": 3, "semester": "Fall 2026"}
        courses.append(_post(client, "/courses", body, token)["course"]["id"])
    lines = [f"## Section {place}\n\n{PARAGRAPH}" for place in range(20)]
    chapter = {"title": "Trees", "markdown": "\n\n".join(lines)}
    chapter_id = _post(client, f"/courses/{courses[0]}/chapters", chapter, token)["chapter"]["id"]
    for place in range(PLANS):
        body = {
            "course_id": courses[place % COURSES],
            "topic": f"Topic {place}",
            "date": (date.today() + timedelta(days=1 if place % 2 else 0)).isoformat(),
            "start_time": f"{8 + place % 12:02d}:00",
            "planned_duration": 45,
            "priority": "medium",
            "study_type": "review",
        }
        _post(client, "/planning/plans", body, token)
    return Student(data["user"]["id"], token, tuple(courses), chapter_id)


def _post(client: httpx2.Client, path: str, body: dict[str, Any], token: str | None) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = client.post(path, content=json.dumps(body), headers={"Content-Type": "application/json", **headers})
    answer.raise_for_status()
    return answer.json()["data"]

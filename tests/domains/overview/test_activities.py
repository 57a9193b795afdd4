"""What somebody did last."""

from datetime import timedelta
from typing import Any

from studyhall.platform import clock


async def _ask(someone: Any, method: str, path: str, **more: Any) -> Any:
    answer = await someone.client.request(method, f"/api/v1{path}", **more)
    assert answer.status_code < 300, answer.text
    return answer.json()["data"]


async def _busy(person: Any) -> Any:
    mira = await person(timezone="UTC")
    made = await _ask(mira, "POST", "/courses", json={"name": "Trees", "code": "CS201", "credits": 3, "semester": "S1"})
    course = made["course"]["id"]
    now = clock.now()
    session = {"course_id": course, "started_at": (now - timedelta(minutes=90)).isoformat(),
               "ended_at": (now - timedelta(minutes=60)).isoformat()}  # fmt: skip
    await _ask(mira, "POST", "/study-sessions", json=session)
    task = {"course_id": course, "title": "Essay", "due_date": (now + timedelta(days=1)).isoformat(), "priority": "low"}
    assignment = (await _ask(mira, "POST", "/assignments", json=task))["assignment"]["id"]
    await _ask(mira, "PATCH", f"/assignments/{assignment}/complete")
    result = {"course_id": course, "assessment_type": "quiz", "assessment_name": "Quiz 1", "score": 8, "max_score": 10,
              "date": now.date().isoformat(), "semester": "S1"}  # fmt: skip
    await _ask(mira, "POST", "/performance/results", json=result)
    return mira


async def test_what_was_done_stands_newest_first(person: Any) -> None:
    mira = await _busy(person)
    found = (await _ask(mira, "GET", "/dashboard/activities"))["activities"]
    assert [one["type"] for one in found] == ["result_added", "assignment_completed", "study_session"]
    assert [one["description"] for one in found] == ["Added a result: Quiz 1", "Completed Essay", "Studied Trees"]
    assert found[2]["metadata"]["duration"] == 30
    assert {one["metadata"]["course"] for one in found} == {"CS201"}


async def test_it_is_bounded_costs_one_statement_and_is_nobody_elses(person: Any) -> None:
    mira, stranger = await _busy(person), await person()
    answer = await mira.client.get("/api/v1/dashboard/activities?limit=2")
    assert len(answer.json()["data"]["activities"]) == 2
    assert 'sql;desc="2"' in answer.headers["Server-Timing"], "one for the session, one for the list"
    assert (await _ask(stranger, "GET", "/dashboard/activities"))["activities"] == []
    assert (await mira.client.get("/api/v1/dashboard/activities?limit=51")).status_code == 422

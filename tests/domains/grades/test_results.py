"""Results through HTTP: the examples of the specification, bad input, other people, undo, cost."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from studyhall.domains.grades import privacy
from studyhall.platform.resources import Resources
from tests.conftest import Committed
from tests.domains.grades.conftest import PERFORMANCE, Learner

MIDTERM = {
    "assessment_type": "midterm",
    "assessment_name": "Midterm Exam",
    "score": 85,
    "max_score": 100,
    "grade": "B+",
    "weight": 30.00,
    "semester": "Fall 2024",
    "date": "2024-10-15",
    "notes": "Good performance overall",
}


async def test_the_examples_of_the_specification(learner: Any) -> None:
    mira = await learner()
    course = await mira.course()
    answer = await mira.person.client.post(f"{PERFORMANCE}/results", json={"course_id": course, **MIDTERM})
    assert answer.status_code == 201
    assert answer.json()["message"] == "Result added successfully"
    result = answer.json()["data"]["result"]
    assert {name: result[name] for name in MIDTERM} == MIDTERM
    assert result["course"] == {"id": course, "name": "Data Structures & Algorithms", "code": "CS201"}
    assert result["percentage"] == 85
    assert result["created_at"].endswith("Z")
    assert b'"score":85,' in answer.content

    listed = await mira.get("/performance/results", course_id=course, semester="Fall 2024")
    assert listed == {
        "results": [result],
        "pagination": {"total": 1, "per_page": 20, "current_page": 1, "last_page": 1},
    }
    one = await mira.get(f"/performance/results/{result['id']}")
    assert one["result"] == result

    body = {"score": 90, "grade": "A-", "notes": "Updated after regrade"}
    changed = await mira.person.client.put(f"{PERFORMANCE}/results/{result['id']}", json=body)
    assert changed.json()["message"] == "Result updated successfully"
    after = changed.json()["data"]["result"]
    assert (after["score"], after["percentage"], after["grade"], after["weight"]) == (90, 90, "A-", 30)

    gone = await mira.person.client.delete(f"{PERFORMANCE}/results/{result['id']}")
    assert (gone.status_code, gone.json()["message"]) == (200, "Result deleted successfully")
    assert await mira.results() == []
    await mira.send("POST", f"/undo/{gone.json()['data']['undo_token']}")
    assert [one["score"] for one in await mira.results()] == [90]


async def test_what_is_left_out_follows_from_the_course_and_the_scale(learner: Any) -> None:
    mira = await learner()
    result = await mira.score(await mira.course(), "17.5", max_score=20)
    assert (result["semester"], result["grade"], result["percentage"]) == ("Fall 2024", "B+", 87.5)
    assert (result["score"], result["weight"], result["notes"], result["is_dropped"]) == (17.5, None, None, False)


async def test_decimals_are_exact(learner: Any) -> None:
    mira = await learner()
    course = await mira.course()
    third = await mira.score(course, 33.33333, max_score=99.99999, weight=33.33)
    assert (third["score"], third["max_score"], third["weight"]) == (33.33333, 99.99999, 33.33)
    assert third["percentage"] == 33.33
    assert (await mira.score(course, 0.1, max_score=0.3))["percentage"] == 33.33
    assert (await mira.score(course, 2, max_score=3))["percentage"] == 66.67


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"score": 100.01}, "score"),
        ({"score": -1}, "score"),
        ({"score": "many"}, "score"),
        ({"score": 1.123456}, "score"),
        ({"score": None}, "score"),
        ({"max_score": 0}, "max_score"),
        ({"max_score": -5}, "max_score"),
        ({"max_score": 1e7}, "max_score"),
        ({"weight": 100.01}, "weight"),
        ({"weight": -1}, "weight"),
        ({"weight": 1.234}, "weight"),
        ({"date": "2024-02-30"}, "date"),
        ({"date": "0001-01-01"}, "date"),
        ({"date": "15.10.2024"}, "date"),
        ({"date": None}, "date"),
        ({"assessment_type": "guess"}, "assessment_type"),
        ({"grade": "Excellent"}, "grade"),
        ({"semester": "x" * 101}, "semester"),
        ({"assessment_name": ""}, "assessment_name"),
        ({"course_id": "crs_001"}, "course_id"),
        ({"percentage": 100}, "percentage"),
    ],
)
async def test_bad_fields_are_named_and_nothing_is_made(learner: Any, change: dict[str, Any], field: str) -> None:
    mira = await learner()
    body = {"course_id": await mira.course(), **MIDTERM, **change}
    refused = await mira.send("POST", "/performance/results", json=body, expect=422)
    assert list(refused["errors"]) == [field]
    assert await mira.results() == []


async def test_a_change_must_leave_a_good_result(learner: Any) -> None:
    mira = await learner()
    result = await mira.score(await mira.course(), 80, weight=30)
    path = f"/performance/results/{result['id']}"
    for body, field in [({"max_score": 79}, "score"), ({"score": 101}, "score"), ({"date": None}, "date"),
                        ({"weight": 101}, "weight"), ({"semester": ""}, "semester")]:  # fmt: skip
        refused = await mira.send("PUT", path, json=body, expect=422)
        assert list(refused["errors"]) == [field]
    assert (await mira.get(path))["result"] == result
    assert (await mira.send("PUT", path, json={"grade": None, "weight": None}))["result"]["grade"] == "B-"


async def test_weights_of_one_taking_stay_within_the_whole(learner: Any) -> None:
    mira = await learner()
    course = await mira.course()
    first = await mira.score(course, 80, weight=60)
    await mira.score(course, 80, weight=40)
    refused = await mira.score(course, 80, weight=0.01, expect=422)
    assert list(refused["errors"]) == ["weight"]
    await mira.score(course, 80, weight=100, semester="Spring 2025")
    dropped = await mira.score(course, 10, weight=50, is_dropped=True)
    await mira.send("PUT", f"/performance/results/{dropped['id']}", json={"is_dropped": False}, expect=422)
    await mira.send("PUT", f"/performance/results/{first['id']}", json={"weight": 60.01}, expect=422)
    await mira.send("PUT", f"/performance/results/{first['id']}", json={"weight": 59.99})
    token = (await mira.send("DELETE", f"/performance/results/{first['id']}"))["undo_token"]
    await mira.score(course, 90, weight=60)
    await mira.send("POST", f"/undo/{token}", expect=422)


async def test_a_dropped_quiz_may_weigh_more_than_is_left(learner: Any) -> None:
    mira = await learner()
    course = await mira.course()
    await mira.grading(courses=[{"course_id": course, "drop_lowest": {"quiz": 1}}])
    await mira.score(course, 80, weight=80, assessment_type="final")
    await mira.score(course, 80, weight=20)
    await mira.score(course, 90, weight=20)
    await mira.score(course, 90, weight=1, expect=422)


async def test_filters_and_pages(learner: Any) -> None:
    mira = await learner()
    one, other = await mira.course(), await mira.course("Logic", "PH1", semester="Spring 2025")
    for day in (1, 2, 3):
        await mira.score(one, 50 + day, date=f"2024-10-0{day}")
    await mira.score(other, 99, assessment_type="final", date="2025-05-01")
    scores = [result["score"] for result in await mira.results()]
    assert scores == [99, 53, 52, 51]
    assert [r["score"] for r in await mira.results(semester="Spring 2025")] == [99]
    assert [r["score"] for r in await mira.results(assessment_type="FINAL")] == [99]
    assert [r["score"] for r in await mira.results(from_date="2024-10-02", to_date="2024-10-03")] == [53, 52]
    page = await mira.get("/performance/results", course_id=one, page=2, per_page=2)
    assert ([r["score"] for r in page["results"]], page["pagination"]["last_page"]) == ([51], 2)
    await mira.get("/performance/results", from_date="2024-10-02", to_date="2024-10-01", expect=422)
    await mira.get("/performance/results", from_date="2024-02-30", expect=422)


async def test_other_people_see_and_change_nothing(learner: Any, client: Any) -> None:
    mira, nova = await learner(), await learner()
    course = await mira.course()
    result = await mira.score(course, 80)
    path = f"/performance/results/{result['id']}"
    for method in ("GET", "DELETE"):
        assert (await nova.send(method, path, expect=404))["error_code"] == "RESULT_NOT_FOUND"
    await nova.send("PUT", path, json={"score": 1}, expect=404)
    await nova.score(course, 80, expect=404)
    await nova.what_if(course_id=course, target_average=80, expect=404)
    await nova.grading(courses=[{"course_id": course, "credits": 1}], expect=422)
    assert await nova.results(course_id=course) == []
    assert (await nova.get("/performance/subjects"))["subjects"] == []
    await mira.send("GET", f"/performance/results/{uuid4()}", expect=404)
    for method, inner in [("GET", "results"), ("POST", "results"), ("POST", "results/bulk"), ("GET", "gpa-trend"),
                          ("GET", "subjects"), ("POST", "what-if"), ("GET", "grading")]:  # fmt: skip
        assert (await client.request(method, f"{PERFORMANCE}/{inner}")).status_code == 401


async def test_the_cost_does_not_grow(learner: Any) -> None:
    mira = await learner()
    course = await mira.course()
    counted = []
    for number in (1, 2):
        while len(await mira.results(per_page=100)) < (1 if number == 1 else 25):
            await mira.score(course, 80)
        costs = [
            await mira.statements("GET", f"/performance/{path}")
            for path in ("results?per_page=100", "gpa-trend", "subjects", "grading")
        ]
        body = {"course_id": course, "target_average": 90, "remaining": [{"name": "Final"}]}
        costs.append(await mira.statements("POST", "/performance/what-if", json=body))
        new = {"course_id": course, **MIDTERM, "weight": 1}
        costs.append(await mira.statements("POST", "/performance/results", json=new))
        counted.append(costs)
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 10


async def test_weights_hold_when_two_come_at_once(committed: Committed) -> None:
    mira = Learner(await committed.person())
    course = await mira.course()
    body = {"course_id": course, **MIDTERM, "weight": 60}
    answers = await asyncio.gather(*(mira.person.client.post(f"{PERFORMANCE}/results", json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]


async def test_course_statistics_tell_the_average(learner: Any) -> None:
    mira = await learner()
    course = await mira.course()
    assert (await mira.get(f"/courses/{course}"))["course"]["statistics"] == {
        "total_study_hours": 0, "average_grade": None, "results_count": 0,
        "chapters_count": 0, "chapters_completed": 0, "progress_percentage": 0,
    }  # fmt: skip
    await mira.score(course, 80, weight=30)
    await mira.score(course, 90, weight=60)
    statistics = (await mira.get(f"/courses/{course}"))["course"]["statistics"]
    assert (statistics["average_grade"], statistics["results_count"]) == (86.67, 2)


async def test_everything_leaves_with_the_person(learner: Any, resources: Resources) -> None:
    mira, nova = await learner(), await learner()
    for one in (mira, nova):
        course = await one.course()
        await one.score(course, 80)
        await one.grading(courses=[{"course_id": course, "credits": 2}])
    async with resources.unit_of_work() as uow:
        told = {name: [row async for row in rows] for name, rows in privacy.export(uow, mira.id).items()}
        await privacy.erase(uow, mira.id)
    assert {name: len(rows) for name, rows in told.items()} == {
        "academic_results": 1, "course_gradings": 1, "grading_preferences": 1,
    }  # fmt: skip
    assert all(row["user_id"] == mira.id for rows in told.values() for row in rows)
    assert (await mira.results(), len(await nova.results())) == ([], 1)

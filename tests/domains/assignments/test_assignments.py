"""Assignments: the examples of the specification, time passing, clock changes, strangers and nonsense."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from studyhall.domains.assignments import jobs, privacy, public
from studyhall.domains.assignments.events import AssignmentChanged, AssignmentCompleted, AssignmentOverdue
from studyhall.platform import clock
from studyhall.platform.errors import NotFound
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from tests.domains.academics.conftest import Student

ESSAY = {
    "title": "Advanced problem solving (sorting)",
    "description": "Implement merge sort and quick sort algorithms",
    "due_date": "2024-12-28 23:59:00",
    "priority": "high",
}
MONDAY = datetime(2024, 12, 23, 15, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Iterator[ExitStack]:
    """Monday, 23 December 2024; `now.enter_context(clock.frozen_at(…))` moves on."""
    with ExitStack() as stack:
        stack.enter_context(clock.frozen_at(MONDAY))
        yield stack


@pytest.fixture
async def mira(person: Any) -> Student:
    made = Student(await person(timezone="Europe/Berlin"))
    made.person.extra["course"] = await made.course(color="orange")
    return made


async def assign(student: Student, **changed: Any) -> dict[str, Any]:
    body = {"course_id": student.person.extra["course"], **ESSAY, **changed}
    made: dict[str, Any] = (await student.call("POST", "/assignments", 201, json=body))["assignment"]
    return made


def _heard(resources: Resources, kind: type[Any]) -> list[Any]:
    heard: list[Any] = []

    async def hear(_uow: UnitOfWork, event: Any) -> None:
        heard.append(event)

    resources.subscribers = {**resources.subscribers, kind: [*resources.subscribers.get(kind, ()), hear]}
    return heard


async def sign_in(student: Student) -> None:
    body = {"email": student.person.email, "password": student.person.password}
    tokens = (await student.call("POST", "/auth/login", json=body))["tokens"]
    student.person.client.headers["Authorization"] = f"Bearer {tokens['access_token']}"


async def _mark(resources: Resources) -> None:
    """One run of the hourly job, as a worker runs it."""
    await jobs.mark_overdue.job.handler(JobRun(1, "assignments.mark_overdue", 1, 3, resources))


async def test_the_example_of_the_specification(mira: Student) -> None:
    made = await assign(mira)
    assert made["course"] == {
        "id": mira.person.extra["course"], "name": "Data Structures & Algorithms", "code": "CS201", "color": "orange",
    }  # fmt: skip
    assert made["due_date"] == "2024-12-28T22:59:00Z"
    assert (made["priority"], made["status"], made["completed_at"]) == ("high", "pending", None)
    assert made["days_until_due"] == 5
    listed = await mira.call("GET", "/assignments")
    assert listed["assignments"] == [made]
    assert listed["pagination"]["total"] == 1
    path = f"/assignments/{made['id']}"
    assert (await mira.call("GET", path))["assignment"] == made

    change = {"title": "Updated Assignment Title", "due_date": "2024-12-30 23:59:00", "priority": "medium"}
    changed = (await mira.call("PUT", path, json=change))["assignment"]
    assert (changed["title"], changed["due_date"]) == (change["title"], "2024-12-30T22:59:00Z")
    assert (changed["priority"], changed["description"]) == ("medium", ESSAY["description"])

    done = (await mira.call("PATCH", f"{path}/complete"))["assignment"]
    assert (done["status"], done["completed_at"]) == ("completed", "2024-12-23T15:30:00Z")
    deleted = await mira.person.client.delete(f"/api/v1{path}")
    assert (deleted.status_code, deleted.json()["message"]) == (200, "Assignment deleted successfully")
    await mira.call("GET", path, 404)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2025-06-01 12:00:00", "2025-06-01T10:00:00Z"),
        ("2025-06-01T12:00", "2025-06-01T10:00:00Z"),
        ("2025-06-01T12:00:00Z", "2025-06-01T12:00:00Z"),
        ("2025-06-01T12:00:00-05:00", "2025-06-01T17:00:00Z"),
        ("2025-03-30 01:59:59", "2025-03-30T00:59:59Z"),
        ("2025-03-30 03:00:00", "2025-03-30T01:00:00Z"),
        ("2025-10-26T02:30:00+02:00", "2025-10-26T00:30:00Z"),
        ("2025-10-26T02:30:00+01:00", "2025-10-26T01:30:00Z"),
    ],
)
async def test_a_time_without_an_offset_is_the_persons_own(mira: Student, sent: str, stored: str) -> None:
    assert (await assign(mira, due_date=sent))["due_date"] == stored


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("2025-03-30 02:30:00", "does not exist"),
        ("2025-10-26 02:30:00", "comes twice"),
        ("2024-12-23 16:30:00", "future"),
        ("2024-12-22 23:59:00", "future"),
        ("2025-02-30 12:00:00", ""),
        ("2025-06-01 24:30:00", ""),
        ("2025-06-01", ""),
        ("1767225600", ""),
        (1767225600, ""),
        ("9999-12-31T23:59:59-14:00", ""),
        ("tomorrow", ""),
        (None, ""),
    ],
)
async def test_a_due_date_that_is_no_moment_ahead_is_refused(mira: Student, sent: Any, reason: str) -> None:
    kept = await assign(mira)
    body = {"course_id": mira.person.extra["course"], **ESSAY, "due_date": sent}
    for method, path in (("POST", "/assignments"), ("PUT", f"/assignments/{kept['id']}")):
        refused = await mira.call(method, path, 422, json=body)
        assert list(refused["errors"]) == ["due_date"]
        assert reason in refused["errors"]["due_date"][0]
    assert (await mira.call("GET", "/assignments"))["assignments"] == [kept]


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "  "},
        {"title": "x" * 256},
        {"title": "a\x00b"},
        {"title": None},
        {"priority": "urgent"},
        {"description": "x" * 10_001},
        {"course_id": "crs_001"},
        {"status": "completed"},
        {"status": "overdue"},
        {"grade": 5},
    ],
)
async def test_an_assignment_that_makes_no_sense_is_refused_and_nothing_changes(
    mira: Student, wrong: dict[str, Any]
) -> None:
    made = await assign(mira)
    body = {"course_id": mira.person.extra["course"], **ESSAY, **wrong}
    refused = await mira.call("POST", "/assignments", 422, json=body)
    assert refused["error_code"] == "VALIDATION_ERROR"
    await mira.call("PUT", f"/assignments/{made['id']}", 422, json=wrong)
    assert (await mira.call("GET", "/assignments"))["assignments"] == [made]


@pytest.mark.parametrize("query", ["status=done", "course_id=7", "upcoming=perhaps", "per_page=1000", "page=0"])
async def test_a_question_that_makes_no_sense_is_refused(mira: Student, query: str) -> None:
    await mira.call("GET", f"/assignments?{query}", 422)


async def test_filters_and_the_order_of_due_dates(mira: Student, now: ExitStack) -> None:
    late = await assign(mira, title="late", due_date="2024-12-24 10:00:00")
    second = await assign(mira, title="second", due_date="2024-12-27 10:00:00")
    first = await assign(mira, title="first", due_date="2024-12-26 10:00:00")
    done = await assign(mira, title="done", due_date="2024-12-29 10:00:00")
    begun = await assign(mira, title="begun", due_date="2024-12-25 10:00:00")
    mira.person.extra["course"] = other = await mira.course("Physics", "PH1")
    await assign(mira, title="physics", due_date="2025-01-05 10:00:00")
    await mira.call("PATCH", f"/assignments/{done['id']}/complete")
    await mira.call("PUT", f"/assignments/{begun['id']}", json={"status": "in-progress"})

    async def titles(query: str) -> list[str]:
        return [one["title"] for one in (await mira.call("GET", f"/assignments?{query}"))["assignments"]]

    assert await titles("") == ["late", "begun", "first", "second", "done", "physics"]
    assert await titles("per_page=2&page=2") == ["first", "second"]
    now.enter_context(clock.frozen_at(datetime(2024, 12, 25, 12, tzinfo=UTC)))
    await sign_in(mira)
    assert await titles("status=overdue") == ["late", "begun"]
    assert await titles("status=pending") == ["first", "second", "physics"]
    assert await titles("status=in-progress") == []
    assert await titles("status=completed") == ["done"]
    assert await titles("upcoming=true") == ["first", "second", "physics"]
    assert await titles(f"course_id={other}") == ["physics"]
    assert await titles(f"course_id={uuid4()}") == []
    shown = (await mira.call("GET", f"/assignments/{late['id']}"))["assignment"]
    assert (shown["status"], shown["days_until_due"]) == ("overdue", -1)
    assert second["id"] != first["id"]


async def test_overdue_is_true_at_once_and_told_once(mira: Student, resources: Resources, now: ExitStack) -> None:
    heard = _heard(resources, AssignmentOverdue)
    made = await assign(mira, due_date="2024-12-24 10:00:00")
    begun = await assign(mira, title="Begun", due_date="2024-12-24 10:00:00")
    done = await assign(mira, title="Done", due_date="2024-12-24 10:00:00")
    gone = await assign(mira, title="Gone", due_date="2024-12-24 10:00:00")
    await mira.call("PUT", f"/assignments/{begun['id']}", json={"status": "in_progress"})
    await mira.call("PATCH", f"/assignments/{done['id']}/complete")
    await mira.call("DELETE", f"/assignments/{gone['id']}")
    path = f"/assignments/{made['id']}"

    async def bell() -> list[str]:
        found = await mira.call("GET", "/notifications?type=assignment")
        return sorted(one["title"] for one in found["notifications"])

    now.enter_context(clock.frozen_at(datetime(2024, 12, 24, 9, 0, tzinfo=UTC)))
    await sign_in(mira)
    await _mark(resources)
    assert (await mira.call("GET", path))["assignment"]["status"] == "pending"  # its last second
    now.enter_context(clock.frozen_at(datetime(2024, 12, 24, 9, 0, 1, tzinfo=UTC)))
    assert (await mira.call("GET", path))["assignment"]["status"] == "overdue"
    assert await bell() == []
    for _ in range(2):
        await _mark(resources)
    titles = [f"Overdue: {ESSAY['title']}", "Overdue: Begun"]
    assert await bell() == sorted(titles)
    assert sorted(str(event.assignment_id) for event in heard) == sorted([made["id"], begun["id"]])
    assert (await mira.call("GET", f"/assignments/{done['id']}"))["assignment"]["status"] == "completed"

    moved = (await mira.call("PUT", path, json={"due_date": "2024-12-25 10:00:00"}))["assignment"]
    assert moved["status"] == "pending"
    now.enter_context(clock.frozen_at(datetime(2024, 12, 25, 12, tzinfo=UTC)))
    await sign_in(mira)
    await _mark(resources)
    assert len(await bell()) == 3


async def test_more_overdue_ones_than_a_batch(mira: Student, resources: Resources, now: ExitStack) -> None:
    heard = _heard(resources, AssignmentOverdue)
    for number in range(7):
        await assign(mira, title=f"Sheet {number}", due_date="2024-12-24 10:00:00")
    now.enter_context(clock.frozen_at(datetime(2024, 12, 24, 12, tzinfo=UTC)))
    before, jobs.BATCH = jobs.BATCH, 3
    try:
        await _mark(resources)
    finally:
        jobs.BATCH = before
    assert len(heard) == 7


async def test_completing_is_announced_once_and_can_be_opened_again(mira: Student, resources: Resources) -> None:
    heard, changes = _heard(resources, AssignmentCompleted), _heard(resources, AssignmentChanged)
    made = await assign(mira)
    path = f"/assignments/{made['id']}"
    first = await mira.call("PATCH", f"{path}/complete")
    assert (await mira.call("PATCH", f"{path}/complete"))["assignment"] == first["assignment"]
    (event,) = heard
    assert (event.user_id, str(event.assignment_id), event.title) == (mira.person.id, made["id"], ESSAY["title"])
    assert (event.due_date, event.completed_at) == (datetime(2024, 12, 28, 22, 59, tzinfo=UTC), MONDAY)
    same = (await mira.call("PUT", path, json={"title": ESSAY["title"]}))["assignment"]
    assert (same["status"], changes) == ("completed", [])
    opened = (await mira.call("PUT", path, json={"status": "pending"}))["assignment"]
    assert (opened["status"], opened["completed_at"]) == ("pending", None)
    assert len(changes) == 1


async def test_a_deletion_can_be_taken_back(mira: Student, person: Any) -> None:
    made = await assign(mira)
    token = (await mira.call("DELETE", f"/assignments/{made['id']}"))["undo_token"]
    assert (await mira.call("GET", "/assignments"))["assignments"] == []
    await Student(await person()).call("POST", f"/undo/{token}", 404)
    await mira.call("POST", f"/undo/{token}")
    (back,) = (await mira.call("GET", "/assignments"))["assignments"]
    assert back["id"] == made["id"]


async def test_a_stranger_finds_nothing(mira: Student, person: Any, client: Any) -> None:
    made = await assign(mira)
    eve = Student(await person())
    path = f"/assignments/{made['id']}"
    await eve.call("GET", path, 404)
    await eve.call("PUT", path, 404, json={"title": "Mine now"})
    await eve.call("PATCH", f"{path}/complete", 404)
    await eve.call("DELETE", path, 404)
    body = {"course_id": mira.person.extra["course"], **ESSAY}
    await eve.call("POST", "/assignments", 404, json=body)
    eve.person.extra["course"] = await eve.course()
    hers = await assign(eve)
    await eve.call("PUT", f"/assignments/{hers['id']}", 404, json={"course_id": mira.person.extra["course"]})
    assert (await eve.call("GET", "/assignments"))["assignments"] == [hers]
    assert (await mira.call("GET", path))["assignment"] == made
    for method, place in (("GET", ""), ("POST", ""), ("GET", "/x"), ("PUT", "/x"), ("DELETE", "/x")):
        assert (await client.request(method, f"/api/v1/assignments{place}")).status_code == 401


async def test_the_number_of_statements_does_not_grow(mira: Student) -> None:
    async def cost(path: str) -> int:
        answer = await mira.person.client.get(f"/api/v1{path}")
        assert answer.status_code == 200
        return int(answer.headers["server-timing"].partition('desc="')[2].rstrip('"'))

    made = await assign(mira)
    paths = ["/assignments", "/assignments?status=pending&upcoming=true", f"/assignments/{made['id']}", "/dashboard"]
    before = [await cost(path) for path in paths]
    for number in range(12):
        mira.person.extra["course"] = await mira.course(f"Course {number}", f"C{number}")
        await assign(mira, title=f"Sheet {number}")
    assert [await cost(path) for path in paths] == before
    assert max(before) <= 10


async def test_the_dashboard_shows_what_is_due_at_once(mira: Student, now: ExitStack) -> None:
    async def shown() -> tuple[int, list[str]]:
        board = await mira.call("GET", "/dashboard")
        assert board["stats"] == await mira.call("GET", "/dashboard/stats")
        return board["stats"]["assignments_due"], [one["title"] for one in board["assignments"]]

    assert await shown() == (0, [])
    made = await assign(mira, due_date="2024-12-24 00:30:00")
    assert await shown() == (1, [ESSAY["title"]])
    (due,) = (await mira.call("GET", "/dashboard"))["assignments"]
    listed = (await mira.call("GET", "/assignments"))["assignments"][0]
    assert due == {name: listed[name] for name in due}
    assert due["days_until_due"] == 1
    for number in range(6):
        await assign(mira, title=f"Sheet {number}", due_date=f"2024-12-{31 - number} 10:00:00")
    assert (await shown())[0] == 7
    assert (await shown())[1][:3] == [ESSAY["title"], "Sheet 5", "Sheet 4"]
    assert len((await shown())[1]) == 5
    await mira.call("PATCH", f"/assignments/{made['id']}/complete")
    assert (await shown())[0] == 6
    token = (await mira.call("DELETE", f"/assignments/{listed['id']}"))["undo_token"]
    await mira.call("POST", f"/undo/{token}")
    assert (await shown())[0] == 6


async def test_other_domains_see_what_is_due(mira: Student, person: Any, uow: UnitOfWork) -> None:
    made = await assign(mira)
    await assign(mira, title="Later", due_date="2025-02-01 10:00:00")
    leo = Student(await person())
    span = MONDAY, MONDAY + timedelta(days=7)
    (brief,) = await public.due_between(uow, mira.person.id, *span)
    assert (str(brief.id), brief.status, brief.due_date) == (
        made["id"], "pending", datetime(2024, 12, 28, 22, 59, tzinfo=UTC),
    )  # fmt: skip
    exactly = brief.due_date, brief.due_date + timedelta(seconds=1)
    assert await public.due_between(uow, mira.person.id, *exactly) == [brief]
    assert await public.due_between(uow, mira.person.id, MONDAY, brief.due_date) == []
    everybody = await public.due_of_people(uow, {mira.person.id: span, leo.person.id: span})
    assert everybody == {mira.person.id: [brief], leo.person.id: []}
    assert await public.due_of_people(uow, {}) == {}
    assert await public.counts_due(uow, [mira.person.id, leo.person.id]) == {mira.person.id: 2, leo.person.id: 0}
    assert await public.require_own(uow, mira.person.id, brief.id) == brief
    with pytest.raises(NotFound):
        await public.require_own(uow, leo.person.id, UUID(made["id"]))


async def test_everything_is_handed_over_and_erased(mira: Student, uow: UnitOfWork) -> None:
    made = await assign(mira, notes="Ask Tom")
    await mira.call("DELETE", f"/assignments/{made['id']}")
    rows = [row async for row in privacy.export(uow, mira.person.id)["assignments"]]
    assert [(str(row["id"]), row["notes"]) for row in rows] == [(made["id"], "Ask Tom")]
    await privacy.erase(uow, mira.person.id)
    assert [row async for row in privacy.export(uow, mira.person.id)["assignments"]] == []


async def test_completions_at_once_are_one(committed: Any) -> None:
    heard = _heard(committed.resources, AssignmentCompleted)
    mira = Student(await committed.person(timezone="Europe/Berlin"))
    mira.person.extra["course"] = await mira.course()
    made = await assign(mira)
    path = f"/api/v1/assignments/{made['id']}/complete"
    answers = await asyncio.gather(*(mira.person.client.patch(path) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len(heard) == 1


async def test_two_workers_tell_once(committed: Any, now: ExitStack) -> None:
    heard = _heard(committed.resources, AssignmentOverdue)
    mira = Student(await committed.person(timezone="Europe/Berlin"))
    mira.person.extra["course"] = await mira.course()
    for number in range(4):
        await assign(mira, title=f"Sheet {number}", due_date="2024-12-24 10:00:00")
    now.enter_context(clock.frozen_at(datetime(2024, 12, 24, 12, tzinfo=UTC)))
    await asyncio.gather(*(_mark(committed.resources) for _ in range(2)))
    assert len(heard) == 4

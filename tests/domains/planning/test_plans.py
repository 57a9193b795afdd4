"""Study plans: the examples of the specification, conflicts, midnight, time passing, strangers and nonsense."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from studyhall.domains.courses import public as courses
from studyhall.domains.planning import privacy, public, queries, service
from studyhall.domains.planning.events import PlanCompleted, PlanDeleted
from studyhall.domains.planning.queries import PlanFilter
from studyhall.domains.planning.schemas import PlanList, PlanOut, PlansSummary
from studyhall.platform import clock, database
from studyhall.platform.auth import Actor
from studyhall.platform.errors import NotFound
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import Envelope, ListQuery
from tests.domains.academics.conftest import Student

PLAN = {
    "topic": "Binary Search Trees",
    "description": "Study BST operations and implementations",
    "date": "2025-03-24",
    "start_time": "09:00",
    "planned_duration": 120,
    "priority": "high",
    "study_type": "new-material",
}
LECTURE = {"day_of_week": 1, "start_time": "10:00", "end_time": "11:30", "location": "Room 301"}
THURSDAY = datetime(2025, 3, 20, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Iterator[ExitStack]:
    """Thursday, 20 March 2025; `now.enter_context(clock.frozen_at(…))` moves on."""
    with ExitStack() as stack:
        stack.enter_context(clock.frozen_at(THURSDAY))
        yield stack


@pytest.fixture
async def mira(person: Any) -> Student:
    made = Student(await person(timezone="Europe/Berlin"))
    made.person.extra["course"] = await made.course(color="orange")
    return made


async def plan(student: Student, **changed: Any) -> dict[str, Any]:
    body = {"course_id": student.person.extra["course"], **PLAN, **changed}
    made: dict[str, Any] = await student.call("POST", "/planning/plans", 201, json=body)
    return made


def _heard(resources: Resources, kind: type[Any]) -> list[Any]:
    """What is announced from now on, beside what follows from it."""
    heard: list[Any] = []

    async def hear(_uow: UnitOfWork, event: Any) -> None:
        heard.append(event)

    resources.subscribers = {**resources.subscribers, kind: [*resources.subscribers.get(kind, ()), hear]}
    return heard


async def test_the_example_of_the_specification(mira: Student) -> None:
    made = await plan(mira)
    assert made["conflicts"] == []
    told = made["plan"]
    assert told["course"] == {
        "id": mira.person.extra["course"], "name": "Data Structures & Algorithms", "code": "CS201", "color": "orange",
    }  # fmt: skip
    assert (told["date"], told["start_time"], told["planned_duration"]) == ("2025-03-24", "09:00:00", 120)
    assert (told["priority"], told["study_type"], told["status"]) == ("high", "new_material", "pending")
    assert (told["actual_duration"], told["completed_at"]) == (None, None)
    found = await mira.call("GET", "/planning/plans?date=2025-03-24")
    assert found["plans"] == [told]
    assert found["summary"] == {
        "total_plans": 1, "pending": 1, "in_progress": 0, "completed": 0, "missed": 0, "total_planned_minutes": 120,
    }  # fmt: skip
    assert (await mira.call("GET", f"/planning/plans/{told['id']}"))["plan"] == told


async def test_classes_and_plans_at_the_same_time_are_told_and_do_not_block(mira: Student) -> None:
    lecture = {"course_id": mira.person.extra["course"], **LECTURE}
    await mira.call("POST", "/timetable", 201, json={"semester": "Spring 2025", "classes": [lecture]})
    body = {"date": "2025-03-24", "start_time": "10:00", "duration": 120}
    found = await mira.call("POST", "/planning/plans/check-conflicts", json=body)
    assert found["has_conflicts"] is True
    (conflict,) = found["conflicts"]
    told = {name: conflict[name] for name in ("type", "course_name", "start_time", "end_time", "location")}
    assert told == {
        "type": "class", "course_name": "Data Structures & Algorithms", "start_time": "10:00:00",
        "end_time": "11:30:00", "location": "Room 301",
    }  # fmt: skip
    first = await plan(mira, start_time="11:30")
    assert first["conflicts"] == []
    second = await plan(mira, start_time="11:00")
    assert [one["type"] for one in second["conflicts"]] == ["class", "plan"]
    assert second["conflicts"][1]["id"] == first["plan"]["id"]
    itself = {**body, "start_time": "11:30", "plan_id": first["plan"]["id"]}
    found = await mira.call("POST", "/planning/plans/check-conflicts", json=itself)
    assert [one["id"] for one in found["conflicts"]] == [second["plan"]["id"]]


async def test_conflicts_across_midnight_and_a_clock_change(mira: Student) -> None:
    late = await plan(mira, date="2025-03-29", start_time="23:00", planned_duration=180)
    body = {"date": "2025-03-30", "start_time": "01:30", "duration": 30}
    found = await mira.call("POST", "/planning/plans/check-conflicts", json=body)
    assert [one["id"] for one in found["conflicts"]] == [late["plan"]["id"]]
    # 23:00 and three hours end at 02:00, which is 03:00 in that night.
    body = {"date": "2025-03-30", "start_time": "03:00", "duration": 30}
    assert (await mira.call("POST", "/planning/plans/check-conflicts", json=body))["has_conflicts"] is False
    body = {"date": "2025-03-28", "start_time": "23:30", "duration": 1440}
    assert (await mira.call("POST", "/planning/plans/check-conflicts", json=body))["has_conflicts"] is True


async def test_a_day_off_in_the_timetable_is_no_conflict(mira: Student) -> None:
    lines = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART;TZID=Europe/Berlin:20250324T090000"]
    lines += ["DTEND;TZID=Europe/Berlin:20250324T170000", "SUMMARY:Public Holiday", "END:VEVENT", "END:VCALENDAR"]
    await mira.confirm((await mira.take_in("\r\n".join(lines)))["upload"]["id"])
    assert (await plan(mira))["conflicts"] == []


async def test_today_is_the_persons_own_day(person: Any, mira: Student, now: ExitStack) -> None:
    now.enter_context(clock.frozen_at(datetime(2025, 3, 20, 23, 30, tzinfo=UTC)))
    auckland = Student(await person(timezone="Pacific/Auckland"))
    auckland.person.extra["course"] = await auckland.course()
    refused = await auckland.call(
        "POST", "/planning/plans", 422,
        json={"course_id": auckland.person.extra["course"], **PLAN, "date": "2025-03-20"},
    )  # fmt: skip
    assert refused["errors"] == {"date": ["The date must be today or later."]}
    made = await plan(auckland, date="2025-03-21", start_time="00:15")
    assert (await auckland.call("GET", "/planning/plans"))["plans"] == [made["plan"]]


async def test_a_plan_is_missed_once_its_day_is_over_and_pending_again_when_moved(
    mira: Student, now: ExitStack
) -> None:
    made = (await plan(mira, date="2025-03-20", start_time="23:30", planned_duration=60))["plan"]
    path = f"/planning/plans/{made['id']}"

    async def seen() -> tuple[str, list[str]]:
        listed = await mira.call("GET", "/planning/plans?date=2025-03-20&status=missed")
        return (await mira.call("GET", path))["plan"]["status"], [one["id"] for one in listed["plans"]]

    now.enter_context(clock.frozen_at(datetime(2025, 3, 21, 22, 59, tzinfo=UTC)))
    await sign_in(mira)
    assert await seen() == ("pending", [])
    now.enter_context(clock.frozen_at(datetime(2025, 3, 21, 23, 1, tzinfo=UTC)))
    assert await seen() == ("missed", [made["id"]])
    summary = (await mira.call("GET", "/planning/plans?from_date=2025-03-01"))["summary"]
    assert (summary["missed"], summary["pending"]) == (1, 0)
    moved = (await mira.call("PUT", path, json={"date": "2025-03-22"}))["plan"]
    assert (moved["status"], moved["date"]) == ("pending", "2025-03-22")
    await mira.call("PUT", path, 422, json={"date": "2025-03-21"})


async def sign_in(student: Student) -> None:
    body = {"email": student.person.email, "password": student.person.password}
    tokens = (await student.call("POST", "/auth/login", json=body))["tokens"]
    student.person.client.headers["Authorization"] = f"Bearer {tokens['access_token']}"


async def test_completing_is_announced_once(mira: Student, resources: Resources) -> None:
    heard = _heard(resources, PlanCompleted)
    made = (await plan(mira, date="2025-03-20"))["plan"]
    path = f"/planning/plans/{made['id']}"
    body = {"actual_duration": 115, "notes": "Completed all BST operations"}
    done = (await mira.call("PATCH", f"{path}/complete", json=body))["plan"]
    assert (done["status"], done["actual_duration"], done["notes"]) == ("completed", 115, body["notes"])
    assert done["completed_at"] == "2025-03-20T09:00:00Z"
    assert (await mira.call("PATCH", f"{path}/complete", json=body))["plan"] == done
    assert (await mira.call("PATCH", f"{path}/complete"))["plan"] == done
    refused = await mira.call("PATCH", f"{path}/complete", 409, json={"actual_duration": 90})
    assert refused["error_code"] == "PLAN_COMPLETED"
    (event,) = heard
    assert (event.user_id, str(event.plan_id), event.actual_minutes) == (mira.person.id, made["id"], 115)
    assert (event.starts_at, event.happened_on) == (datetime(2025, 3, 20, 8, tzinfo=UTC), date(2025, 3, 20))
    await mira.call("PUT", path, 409, json={"date": "2025-03-25"})
    await mira.call("PUT", path, json={"notes": "Again in a week", "date": "2025-03-20"})


async def test_a_plan_is_changed_deleted_and_brought_back(mira: Student, resources: Resources) -> None:
    heard = _heard(resources, PlanDeleted)
    made = (await plan(mira))["plan"]
    path = f"/planning/plans/{made['id']}"
    change = {"topic": "Binary Search Trees Advanced", "planned_duration": 150, "status": "in-progress"}
    changed = (await mira.call("PUT", path, json=change))["plan"]
    assert (changed["topic"], changed["planned_duration"], changed["status"]) == (change["topic"], 150, "in_progress")
    assert changed["priority"] == "high"
    listed = await mira.call("GET", "/planning/plans?date=2025-03-24&status=in-progress")
    assert [one["id"] for one in listed["plans"]] == [made["id"]]
    token = (await mira.call("DELETE", path))["undo_token"]
    assert [event.was_completed for event in heard] == [False]
    await mira.call("GET", path, 404)
    assert (await mira.call("GET", "/planning/plans?date=2025-03-24"))["summary"]["total_plans"] == 0
    await mira.call("POST", f"/undo/{token}")
    assert (await mira.call("GET", path))["plan"]["topic"] == change["topic"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"planned_duration": 14},
        {"planned_duration": 481},
        {"planned_duration": 60.5},
        {"planned_duration": "long"},
        {"date": "2025-03-19"},
        {"date": "2025-02-30"},
        {"date": "9999-12-31"},
        {"start_time": "24:00"},
        {"start_time": "9"},
        {"priority": "urgent"},
        {"study_type": "sleep"},
        {"topic": ""},
        {"topic": "   "},
        {"topic": "x" * 256},
        {"topic": "a\x00b"},
        {"topic": None},
        {"course_id": "crs_001"},
        {"status": "completed"},
    ],
)
async def test_a_plan_that_makes_no_sense_is_refused_and_nothing_changes(mira: Student, wrong: dict[str, Any]) -> None:
    body = {"course_id": mira.person.extra["course"], **PLAN, **wrong}
    refused = await mira.call("POST", "/planning/plans", 422, json=body)
    assert refused["error_code"] == "VALIDATION_ERROR"
    made = (await plan(mira))["plan"]
    await mira.call("PUT", f"/planning/plans/{made['id']}", 422, json=wrong)
    found = (await mira.call("GET", "/planning/plans?from_date=2025-01-01"))["plans"]
    assert found == [made]


@pytest.mark.parametrize(
    "query",
    [
        "date=yesterday",
        "date=2025-02-30",
        "date=2025-03-24&from_date=2025-03-20",
        "from_date=2025-03-24&to_date=2025-03-20",
        "status=done",
        "course_id=7",
        "per_page=1000",
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(mira: Student, query: str) -> None:
    await mira.call("GET", f"/planning/plans?{query}", 422)


async def test_a_stranger_finds_nothing(mira: Student, person: Any) -> None:
    made = (await plan(mira))["plan"]
    eve = Student(await person())
    path = f"/planning/plans/{made['id']}"
    await eve.call("GET", path, 404)
    await eve.call("PUT", path, 404, json={"topic": "Mine now"})
    await eve.call("PATCH", f"{path}/complete", 404)
    await eve.call("DELETE", path, 404)
    await eve.call("POST", "/planning/plans", 404, json={"course_id": mira.person.extra["course"], **PLAN})
    own = await eve.course()
    eve.person.extra["course"] = own
    hers = (await plan(eve))["plan"]
    await eve.call("PUT", f"/planning/plans/{hers['id']}", 404, json={"course_id": mira.person.extra["course"]})
    assert (await eve.call("GET", "/planning/plans?from_date=2025-01-01"))["plans"] == [hers]
    assert (await mira.call("GET", path))["plan"] == made
    await mira.call("GET", f"/planning/plans/{uuid4()}", 404)


async def _some_plans(mira: Student, count: int) -> None:
    for number in range(count):
        day = date(2025, 3, 20) + timedelta(days=number % 4)
        await plan(mira, date=day.isoformat(), start_time=f"{8 + number % 3:02}:00", topic=f'Topic "{number}" ü')


async def test_the_straight_path_and_the_ordinary_one_agree(
    mira: Student, resources: Resources, now: ExitStack
) -> None:
    await _some_plans(mira, 9)
    listed = (await mira.call("GET", "/planning/plans?from_date=2025-03-20"))["plans"]
    await mira.call("PATCH", f"/planning/plans/{listed[0]['id']}/complete", json={"actual_duration": 50})
    now.enter_context(clock.frozen_at(datetime(2025, 3, 21, 12, tzinfo=UTC)))
    today = date(2025, 3, 21)
    wishes = (
        PlanFilter(None, None),
        PlanFilter(date(2025, 3, 20), date(2025, 3, 21)),
        PlanFilter(date(2025, 3, 22), None),
        PlanFilter(None, date(2024, 1, 1)),
    )
    async with resources.unit_of_work() as uow:
        known = await courses.briefs(uow, mira.person.id, {UUID(mira.person.extra["course"])})
        for wanted in wishes:
            for listing in (ListQuery(0, 20), ListQuery(3, 3), ListQuery(60, 20)):
                body = await queries.plans_as_json(uow, mira.person.id, wanted, today, listing)
                page = await queries.page_of_plans(uow, mira.person.id, wanted, today, listing)
                summary = await queries.summary(uow, mira.person.id, wanted, today)
                plans = [PlanOut.of(row, known[row.course_id], today) for row in page.rows]
                expected = PlanList(
                    plans=plans, summary=PlansSummary.model_validate(summary), pagination=page.pagination
                )
                assert Envelope[PlanList].model_validate_json(body).data == expected


async def test_the_number_of_statements_does_not_grow(mira: Student, resources: Resources) -> None:
    actor = Actor(mira.person.id, time_zone="Europe/Berlin")
    wanted = PlanFilter(date(2025, 3, 1), None)

    async def cost(read: Callable[[UnitOfWork], Awaitable[object]]) -> int:
        counter = database.start_counting()
        async with resources.unit_of_work() as uow:
            await read(uow)
        return counter[0]

    async def costs() -> list[int]:
        return [
            await cost(lambda uow: service.listed_as_json(uow, actor, wanted, ListQuery(0, 20))),
            await cost(lambda uow: service.listed(uow, actor, wanted, ListQuery(0, 20))),
            await cost(lambda uow: service.conflicts_at(uow, actor, date(2025, 3, 24), time(9), 480)),
        ]

    await mira.call("POST", "/timetable", 201, json={"semester": "Spring", "classes": [{"title": "Choir", **LECTURE}]})
    await plan(mira)
    before = await costs()
    await _some_plans(mira, 12)
    assert await costs() == before
    assert before[0] == 1
    assert max(before) <= 10


async def test_other_domains_see_plans_of_a_day_and_only_own_ones(mira: Student, uow: UnitOfWork) -> None:
    made = (await plan(mira, date="2025-03-20"))["plan"]
    (brief,) = await public.plans_of_day(uow, mira.person.id, date(2025, 3, 20), "Europe/Berlin")
    assert (str(brief.id), brief.status, brief.starts_at) == (
        made["id"],
        "pending",
        datetime(2025, 3, 20, 8, tzinfo=UTC),
    )
    assert await public.plans_of_day(uow, mira.person.id, date(2025, 3, 21), "Europe/Berlin") == []
    assert (await public.require_own(uow, mira.person.id, UUID(made["id"]))).course_id == brief.course_id
    with pytest.raises(NotFound):
        await public.require_own(uow, uuid4(), UUID(made["id"]))


async def test_everything_is_handed_over_and_erased(mira: Student, uow: UnitOfWork) -> None:
    made = (await plan(mira))["plan"]
    await mira.call("DELETE", f"/planning/plans/{made['id']}")
    rows = [row async for row in privacy.export(uow, mira.person.id)["study_plans"]]
    assert [(str(row["id"]), row["topic"]) for row in rows] == [(made["id"], PLAN["topic"])]
    await privacy.erase(uow, mira.person.id)
    assert [row async for row in privacy.export(uow, mira.person.id)["study_plans"]] == []


async def test_two_completions_at_once_pay_once(committed: Any) -> None:
    heard = _heard(committed.resources, PlanCompleted)
    mira = Student(await committed.person(timezone="Europe/Berlin"))
    mira.person.extra["course"] = await mira.course()
    made = (await plan(mira))["plan"]
    path = f"/api/v1/planning/plans/{made['id']}/complete"
    body = {"actual_duration": 30}
    answers = await asyncio.gather(*(mira.person.client.patch(path, json=body) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len(heard) == 1

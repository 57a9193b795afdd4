"""Timetables by hand: the examples of the specification, exceptions, strangers and nonsense."""

from collections.abc import Awaitable, Callable
from datetime import date, time
from typing import Any
from uuid import UUID, uuid4

import pytest

from studyhall.domains.academics import privacy, public
from studyhall.domains.academics.service import timetables
from studyhall.platform import clock, database
from studyhall.platform.auth import Actor
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

LECTURE = {
    "day_of_week": 1,
    "start_time": "10:00",
    "end_time": "11:30",
    "location": "Room 301",
    "class_type": "lecture",
    "instructor": "Dr. Sarah Johnson",
}
BERLIN = clock.zone("Europe/Berlin")
FIELDS = {
    "day_of_week": 1,
    "start_time": time(10),
    "end_time": time(11),
    "location": None,
    "class_type": "lecture",
    "instructor": None,
    "notes": None,
    "first_date": None,
    "last_date": None,
    "every_weeks": 1,
}


async def _with_lecture(student: Any, **more: Any) -> tuple[Any, str, dict[str, Any]]:
    mira = await student()
    course = await mira.course(color="orange")
    body = {
        "semester": "Fall 2024",
        "academic_year": "2024-2025",
        "classes": [{"course_id": course, **LECTURE, **more}],
    }
    timetable = (await mira.call("POST", "/timetable", 201, json=body))["timetable"]
    return mira, course, timetable


async def _dates(resources: Resources, mira: Any, first: date, last: date) -> list[str]:
    async with resources.unit_of_work() as uow:
        found = await public.classes_between(uow, mira.person.id, first, last, BERLIN)
    return [f"{one.date} {one.start_time:%H:%M}" for one in found]


async def test_the_example_of_the_specification(student: Any) -> None:
    mira, course, timetable = await _with_lecture(student)
    assert (await mira.call("GET", "/timetable"))["timetable"] == timetable
    (lecture,) = timetable["classes"]
    assert timetable["semester"] == "Fall 2024"
    assert timetable["is_active"] is True
    assert lecture["course"] == {
        "id": course, "name": "Data Structures & Algorithms", "code": "CS201", "color": "orange",
    }  # fmt: skip
    told = {name: lecture[name] for name in ("day_of_week", "day_name", "start_time", "end_time", "location")}
    assert told == {
        "day_of_week": 1, "day_name": "Monday", "start_time": "10:00:00", "end_time": "11:30:00",
        "location": "Room 301",
    }  # fmt: skip
    assert (lecture["class_type"], lecture["instructor"]) == ("lecture", "Dr. Sarah Johnson")


async def test_there_may_be_no_timetable_yet(student: Any) -> None:
    mira = await student()
    assert await mira.call("GET", "/timetable") == {"timetable": None}
    assert await mira.call("GET", "/timetable?semester=Fall 1999") == {"timetable": None}
    await mira.call("POST", "/timetable/classes", 404, json={"title": "Choir", **LECTURE})
    await mira.call("PUT", "/timetable/exceptions", 404, json={"holidays": []})


async def test_the_same_semester_is_replaced_and_another_one_becomes_active(student: Any) -> None:
    mira, _course, timetable = await _with_lecture(student)
    body = {"semester": "Fall 2024", "academic_year": "2024-2025", "classes": [{"title": "Choir", **LECTURE}]}
    replaced = (await mira.call("POST", "/timetable", 200, json=body))["timetable"]
    assert replaced["id"] == timetable["id"]
    assert [one["title"] for one in replaced["classes"]] == ["Choir"]
    other = (await mira.call("POST", "/timetable", 201, json={"semester": "Spring 2025"}))["timetable"]
    assert (await mira.call("GET", "/timetable"))["timetable"]["id"] == other["id"]
    old = (await mira.call("GET", "/timetable?semester=Fall 2024"))["timetable"]
    assert (old["id"], old["is_active"]) == (timetable["id"], False)


async def test_a_class_is_added_changed_deleted_and_brought_back(student: Any) -> None:
    mira, course, _ = await _with_lecture(student)
    lab = {"course_id": course, **LECTURE, "class_type": "Lab", "day_of_week": 3}
    made = (await mira.call("POST", "/timetable/classes", 201, json=lab))["class"]
    assert made["class_type"] == "lab"
    change = {"location": "Room 305", "instructor": "Prof. New Instructor"}
    changed = (await mira.call("PUT", f"/timetable/classes/{made['id']}", json=change))["class"]
    assert changed == {**made, **change}
    assert changed["course"]["id"] == course
    token = (await mira.call("DELETE", f"/timetable/classes/{made['id']}"))["undo_token"]
    assert len((await mira.call("GET", "/timetable"))["timetable"]["classes"]) == 1
    await mira.call("PUT", f"/timetable/classes/{made['id']}", 404, json=change)
    await mira.call("POST", f"/undo/{token}")
    assert len((await mira.call("GET", "/timetable"))["timetable"]["classes"]) == 2


async def test_a_weekly_class_is_right_on_both_sides_of_a_clock_change(student: Any, resources: Resources) -> None:
    mira, _, _ = await _with_lecture(student)
    async with resources.unit_of_work() as uow:
        found = await public.classes_between(uow, mira.person.id, date(2025, 3, 24), date(2025, 4, 6), BERLIN)
    assert [one.starts_at.isoformat() for one in found] == ["2025-03-24T09:00:00+00:00", "2025-03-31T08:00:00+00:00"]
    assert {one.course_name for one in found} == {"Data Structures & Algorithms"}
    assert {f"{one.start_time}" for one in found} == {"10:00:00"}


async def test_every_other_week_between_two_dates(student: Any, resources: Resources) -> None:
    span = {"first_date": "2025-03-03", "last_date": "2025-04-14", "every_weeks": 2}
    mira, _, _ = await _with_lecture(student, **span)
    days = [day.split()[0] for day in await _dates(resources, mira, date(2025, 1, 1), date(2025, 6, 1))]
    assert days == ["2025-03-03", "2025-03-17", "2025-03-31", "2025-04-14"]


async def test_holidays_and_single_changes(student: Any, resources: Resources) -> None:
    mira, _, timetable = await _with_lecture(student)
    class_id = timetable["classes"][0]["id"]
    body = {
        "holidays": [{"first_date": "2025-04-07", "last_date": "2025-04-20", "title": "Easter"}],
        "changes": [
            {"class_id": class_id, "date": "2025-03-24", "is_cancelled": True},
            {"class_id": class_id, "date": "2025-03-31", "moved_to": "2025-04-02", "start_time": "14:00"},
            {"class_id": class_id, "date": "2025-04-14", "moved_to": "2025-04-15"},
        ],
    }
    saved = (await mira.call("PUT", "/timetable/exceptions", json=body))["timetable"]
    assert [one["kind"] for one in saved["exceptions"]] == ["cancelled", "moved", "holiday", "moved"]
    span = date(2025, 3, 17), date(2025, 4, 27)
    assert await _dates(resources, mira, *span) == [
        "2025-03-17 10:00", "2025-04-02 14:00", "2025-04-15 10:00", "2025-04-21 10:00",
    ]  # fmt: skip
    assert await _dates(resources, mira, date(2025, 4, 2), date(2025, 4, 2)) == ["2025-04-02 14:00"]
    await mira.call("PUT", "/timetable/exceptions", json={"changes": []})
    kept = (await mira.call("GET", "/timetable"))["timetable"]["exceptions"]
    assert [one["kind"] for one in kept] == ["holiday"]


async def test_a_class_on_another_weekday_keeps_its_weeks_and_forgets_stale_changes(
    student: Any, resources: Resources
) -> None:
    mira, _, timetable = await _with_lecture(student, first_date="2025-03-03", last_date="2025-03-24")
    class_id = timetable["classes"][0]["id"]
    change = {"class_id": class_id, "date": "2025-03-10", "is_cancelled": True}
    await mira.call("PUT", "/timetable/exceptions", json={"changes": [change]})
    await mira.call("PUT", f"/timetable/classes/{class_id}", json={"day_of_week": 3, "end_time": "12:00"})
    assert (await mira.call("GET", "/timetable"))["timetable"]["exceptions"] == []
    days = await _dates(resources, mira, date(2025, 1, 1), date(2025, 6, 1))
    assert days == [f"2025-03-{day:02} 10:00" for day in (5, 12, 19, 26)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"day_of_week": 7},
        {"day_of_week": "Monday"},
        {"start_time": "25:00"},
        {"end_time": "10:00"},
        {"end_time": "09:00"},
        {"class_type": "party"},
        {"location": "x" * 256},
        {"first_date": "2025-02-30"},
        {"first_date": "2025-03-10", "last_date": "2025-03-03"},
        {"first_date": "9999-12-31"},
        {"every_weeks": 2},
        {"course_id": None, "title": None},
        {"colour": "blue"},
    ],
)
async def test_a_class_that_makes_no_sense_is_refused_and_nothing_changes(student: Any, wrong: dict[str, Any]) -> None:
    mira, course, timetable = await _with_lecture(student)
    body = {"course_id": course, **LECTURE, **wrong}
    refused = await mira.call("POST", "/timetable/classes", 422, json=body)
    assert refused["error_code"] == "VALIDATION_ERROR"
    await mira.call("POST", "/timetable", 422, json={"semester": "Fall 2024", "classes": [body]})
    assert (await mira.call("GET", "/timetable"))["timetable"] == timetable


async def test_exceptions_that_make_no_sense_are_refused(student: Any) -> None:
    mira, _, timetable = await _with_lecture(student)
    class_id = timetable["classes"][0]["id"]
    for change, status in (
        ({"class_id": class_id, "date": "2025-03-25", "is_cancelled": True}, 422),
        ({"class_id": class_id, "date": "2025-03-24"}, 422),
        ({"class_id": class_id, "date": "2025-03-24", "is_cancelled": True, "moved_to": "2025-03-25"}, 422),
        ({"class_id": str(uuid4()), "date": "2025-03-24", "is_cancelled": True}, 404),
    ):
        await mira.call("PUT", "/timetable/exceptions", status, json={"changes": [change]})
    twice = {"class_id": class_id, "date": "2025-03-24", "is_cancelled": True}
    await mira.call("PUT", "/timetable/exceptions", 422, json={"changes": [twice, twice]})
    assert (await mira.call("GET", "/timetable"))["timetable"] == timetable


async def test_a_stranger_finds_nothing(student: Any) -> None:
    mira, course, timetable = await _with_lecture(student)
    eve = await student()
    class_id = timetable["classes"][0]["id"]
    await eve.call("PUT", f"/timetable/classes/{class_id}", 404, json={"location": "Mine now"})
    await eve.call("DELETE", f"/timetable/classes/{class_id}", 404)
    body = {"semester": "Fall 2024", "classes": [{"course_id": course, **LECTURE}]}
    await eve.call("POST", "/timetable", 404, json=body)
    own = {"semester": "Fall 2024", "classes": [{"title": "Choir", **LECTURE}]}
    await eve.call("POST", "/timetable", 201, json=own)
    change = {"class_id": class_id, "date": "2025-03-24", "is_cancelled": True}
    await eve.call("PUT", "/timetable/exceptions", 404, json={"changes": [change]})
    mine = (await eve.call("GET", "/timetable"))["timetable"]["classes"][0]["id"]
    await eve.call("PUT", f"/timetable/classes/{mine}", 404, json={"course_id": course})
    assert (await mira.call("GET", "/timetable"))["timetable"] == timetable


async def test_without_a_token_there_is_nothing(client: Any) -> None:
    for method, path in (
        ("GET", "/timetable"), ("POST", "/timetable"), ("POST", "/timetable/import"), ("GET", "/timetable/uploads"),
        ("GET", f"/timetable/uploads/{uuid4()}"), ("PUT", "/timetable/exceptions"),
        ("DELETE", f"/timetable/classes/{uuid4()}"),
    ):  # fmt: skip
        answer = await client.request(method, f"/api/v1{path}")
        assert answer.status_code == 401, (method, path)


async def test_the_number_of_statements_does_not_grow(student: Any, resources: Resources) -> None:
    mira, course, _ = await _with_lecture(student)
    actor = Actor(mira.person.id, time_zone="Europe/Berlin")

    async def cost(read: Callable[[UnitOfWork], Awaitable[object]]) -> int:
        counter = database.start_counting()
        async with resources.unit_of_work() as uow:
            await read(uow)
        return counter[0]

    async def costs() -> list[int]:
        days = date(2025, 3, 17), date(2025, 4, 27)
        classes = [{"course_id": UUID(course), "title": f"Class {n}", **FIELDS} for n in range(amount)]
        return [
            await cost(lambda uow: public.classes_between(uow, mira.person.id, *days, BERLIN)),
            await cost(lambda uow: timetables.get(uow, actor, None)),
            await cost(lambda uow: timetables.save(uow, actor, "Fall 2024", "2024-2025", classes, is_active=True)),
        ]

    amount = 1
    before = await costs()
    amount = 60
    assert await costs() == before
    assert max(before) <= 14  # a savepoint and its release among them, which only tests have


async def test_everything_is_handed_over_and_erased(student: Any, uow: UnitOfWork) -> None:
    mira, _, timetable = await _with_lecture(student)
    class_id = timetable["classes"][0]["id"]
    change = {"class_id": class_id, "date": "2025-03-24", "is_cancelled": True}
    await mira.call("PUT", "/timetable/exceptions", json={"changes": [change]})
    await mira.call("POST", "/timetable/import", 201, data={"text": "Physics,Monday,10:00-11:00"})

    async def held() -> dict[str, int]:
        streams = privacy.export(uow, mira.person.id)
        return {name: len([row async for row in rows]) for name, rows in streams.items()}

    assert await held() == {
        "timetables": 1, "timetable_classes": 1, "timetable_exceptions": 1, "timetable_uploads": 1,
    }  # fmt: skip
    await privacy.erase(uow, mira.person.id)
    assert set((await held()).values()) == {0}

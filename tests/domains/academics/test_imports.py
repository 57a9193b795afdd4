"""Imports: from a file to a difference, corrected and accepted, and from there into the days."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from studyhall.domains.academics import public
from studyhall.domains.calendars.public import decode, read_calendar
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from tests.domains.academics.conftest import Student
from tests.domains.calendars.texts import REAL_FILES, calendar, event, needs_real_files, timed

WHOLE = date(2024, 1, 1), date(2026, 12, 31)
WEEKS = ("20250317", "20250324", "20250331", "20250407")
LECTURES = [timed(day, "0900", "1100", summary=f"CS201 - Data Structures (Lec) {n}") for n, day in enumerate(WEEKS, 1)]
TUESDAYS = ("20250318", "20250325", "20250401")
LABS = [timed(day, "1400", "1600", summary="OS - Operating Systems (LAB)") for day in TUESDAYS]
FILE = calendar(*LECTURES, *LABS, timed("20250418", "0900", "1700", summary="Public Holiday"))


async def taking_place(resources: Resources, mira: Student, zone: str = "Europe/Berlin") -> set[tuple[Any, ...]]:
    async with resources.unit_of_work() as uow:
        found = await public.classes_between(uow, mira.person.id, *WHOLE, clock.zone(zone))
    assert len(found) == len({(one.starts_at, one.ends_at, one.title) for one in found})
    return {(one.starts_at, one.ends_at, one.title) for one in found}


async def test_from_a_file_to_a_difference_to_a_timetable(student: Any, resources: Resources) -> None:
    mira = await student()
    course = await mira.course()
    upload = (await mira.take_in(FILE, semester="Spring 2025"))["upload"]
    assert await mira.call("GET", "/timetable") == {"timetable": None}
    assert upload["status"] == "waiting"
    assert upload["summary"] == {"added": 3, "changed": 0, "unchanged": 0, "removed": 0}
    assert upload["requires_manual_review"] is True
    rows = {row["title"]: row for row in upload["difference"]}
    known, lab = rows["CS201 - Data Structures"], rows["OS - Operating Systems"]
    assert (known["course"]["id"], known["course_match"], known["needs_review"]) == (course, "code", False)
    assert (lab["course"], lab["needs_review"], lab["reasons"]) == (None, True, ["course_unmatched"])
    assert rows["Public Holiday"]["reasons"] == ["kind_assumed"]
    assert (await mira.call("GET", f"/timetable/uploads/{upload['id']}"))["upload"] == upload

    done = await mira.confirm(upload["id"], create_missing_courses=True)
    assert done["summary"] == {"added": 3, "changed": 0, "removed": 0}
    assert [(one["code"], one["name"]) for one in done["created_courses"]] == [("OS", "Operating Systems")]
    timetable = (await mira.call("GET", "/timetable"))["timetable"]
    assert timetable == done["timetable"]
    assert (timetable["semester"], timetable["is_active"]) == ("Spring 2025", True)
    lecture = next(one for one in timetable["classes"] if one["course"] and one["course"]["id"] == course)
    assert (lecture["is_weekly"], lecture["first_date"], lecture["last_date"]) == (True, "2025-03-17", "2025-04-07")
    assert {one["title"] for one in lecture["labels"]} == {f"CS201 - Data Structures (Lec) {n}" for n in (1, 2, 3, 4)}
    starts = sorted(start for start, _, title in await taking_place(resources, mira) if title.startswith("CS201"))
    assert [start.hour for start in starts] == [8, 8, 7, 7]


async def test_a_second_import_changes_nothing_and_a_moved_room_is_one_change(student: Any) -> None:
    mira = await student()
    first = (await mira.take_in(FILE))["upload"]
    await mira.confirm(first["id"])
    before = (await mira.call("GET", "/timetable"))["timetable"]
    again = (await mira.take_in(FILE.replace("one@example.org", "other@example.org")))["upload"]
    assert again["summary"] == {"added": 0, "changed": 0, "unchanged": 3, "removed": 0}
    assert again["requires_manual_review"] is False
    done = await mira.confirm(again["id"])
    assert done["summary"] == {"added": 0, "changed": 0, "removed": 0}
    assert done["timetable"]["classes"] == before["classes"]

    moved = FILE.replace("SUMMARY:OS - ", "LOCATION:Hall 7\r\nSUMMARY:OS - ")
    change = (await mira.take_in(moved))["upload"]
    assert change["summary"] == {"added": 0, "changed": 1, "unchanged": 2, "removed": 0}
    (row,) = [row for row in change["difference"] if row["change"] == "changed"]
    assert (row["changed_fields"], row["before"]["location"], row["after"]["location"]) == (
        ["location"],
        None,
        "Hall 7",
    )
    done = await mira.confirm(change["id"])
    ids = {one["id"] for one in before["classes"]}
    assert {one["id"] for one in done["timetable"]["classes"]} == ids


async def test_what_i_changed_by_hand_survives_and_what_is_missing_goes(student: Any) -> None:
    mira = await student()
    await mira.confirm((await mira.take_in(FILE))["upload"]["id"])
    classes = (await mira.call("GET", "/timetable"))["timetable"]["classes"]
    lecture = next(one for one in classes if one["title"].startswith("CS201"))
    await mira.call("PUT", f"/timetable/classes/{lecture['id']}", json={"location": "Room 9", "title": "My favourite"})
    upload = (await mira.take_in(calendar(*LECTURES)))["upload"]
    assert upload["summary"] == {"added": 0, "changed": 0, "unchanged": 1, "removed": 2}
    done = await mira.confirm(upload["id"])
    (kept,) = done["timetable"]["classes"]
    assert (kept["id"], kept["location"], kept["title"]) == (lecture["id"], "Room 9", "My favourite")


async def test_rows_are_corrected(student: Any) -> None:
    mira = await student()
    maths = await mira.course("Maths", "M1")
    upload = (await mira.take_in(FILE))["upload"]
    rows = {row["title"]: row["row_id"] for row in upload["difference"]}
    corrections = [
        {"row_id": rows["CS201 - Data Structures"], "course_id": maths, "class_type": "seminar", "title": "Mine"},
        {"row_id": rows["OS - Operating Systems"], "create_course": True},
        {"row_id": rows["Public Holiday"], "drop": True},
    ]
    done = await mira.confirm(upload["id"], corrections=corrections)
    classes = {one["title"]: one for one in done["timetable"]["classes"]}
    assert set(classes) == {"Mine", "OS - Operating Systems"}
    assert (classes["Mine"]["course"]["id"], classes["Mine"]["class_type"]) == (maths, "seminar")
    assert classes["OS - Operating Systems"]["course"]["code"] == "OS"
    again = (await mira.take_in(FILE))["upload"]
    assert again["summary"] == {"added": 1, "changed": 0, "unchanged": 2, "removed": 0}
    kept = (await mira.take_in(calendar(LECTURES[0])))["upload"]
    removed = [row["row_id"] for row in kept["difference"] if row["change"] == "removed"]
    done = await mira.confirm(kept["id"], corrections=[{"row_id": removed[0], "drop": True}])
    assert len(done["timetable"]["classes"]) == 2


async def test_wrong_corrections_change_nothing(student: Any) -> None:
    mira, eve = await student(), await student()
    foreign = await eve.course()
    upload = (await mira.take_in(FILE))["upload"]
    for status, correction in (
        (422, {"row_id": "99"}),
        (422, {"row_id": "1", "class_type": "party"}),
        (404, {"row_id": "1", "course_id": foreign}),
    ):
        await mira.confirm(upload["id"], status, corrections=[correction])
    await mira.confirm(upload["id"], 422, corrections=[{"row_id": "1"}, {"row_id": "1"}])
    assert await mira.call("GET", "/timetable") == {"timetable": None}
    await mira.confirm(upload["id"])


async def test_a_difference_is_accepted_once_and_only_while_it_is_true(student: Any) -> None:
    mira = await student()
    first = (await mira.take_in(FILE))["upload"]
    second = (await mira.take_in(FILE))["upload"]
    refused = await mira.confirm(first["id"], 409)
    assert refused["error_code"] == "UPLOAD_NOT_WAITING"
    await mira.confirm(second["id"])
    await mira.confirm(second["id"], 409)
    third = (await mira.take_in(calendar(*LECTURES)))["upload"]
    lab = {"title": "Choir", "day_of_week": 5, "start_time": "18:00", "end_time": "19:00"}
    await mira.call("POST", "/timetable/classes", 201, json=lab)
    refused = await mira.confirm(third["id"], 409)
    assert refused["error_code"] == "DIFFERENCE_OUTDATED"
    done = await mira.confirm(third["id"])
    assert {one["title"] for one in done["timetable"]["classes"]} == {"CS201 - Data Structures", "Choir"}


async def test_uploads_are_listed_and_are_nobody_elses(student: Any) -> None:
    mira, eve = await student(), await student()
    upload = (await mira.take_in(FILE))["upload"]
    listed = await mira.call("GET", "/timetable/uploads")
    assert [(one["id"], one["file_name"]) for one in listed["uploads"]] == [(upload["id"], "timetable.ics")]
    assert listed["pagination"]["total"] == 1
    assert (await eve.call("GET", "/timetable/uploads"))["uploads"] == []
    await eve.call("GET", f"/timetable/uploads/{upload['id']}", 404)
    await eve.confirm(upload["id"], 404)
    await eve.call("GET", "/timetable/uploads/not-an-id", 422)


async def test_whole_days_become_notes_and_a_pasted_text_is_read_too(student: Any) -> None:
    mira = await student()
    easter = event("DTSTART;VALUE=DATE:20250418", "DTEND;VALUE=DATE:20250420", summary="Easter")
    text = calendar(easter, *LECTURES)
    upload = (await mira.call("POST", "/timetable/import", 201, data={"text": text}))["upload"]
    assert upload["notes"] == [{"title": "Easter", "first_date": "2025-04-18", "last_date": "2025-04-19"}]
    done = await mira.confirm(upload["id"])
    assert [(one["kind"], one["title"]) for one in done["timetable"]["exceptions"]] == [("note", "Easter")]
    await mira.confirm((await mira.take_in(text))["upload"]["id"])
    assert len((await mira.call("GET", "/timetable"))["timetable"]["exceptions"]) == 1
    table = "Course\tDay\tTime\nPhysics\tMonday\t10:00-11:30"
    pasted = (await mira.call("POST", "/timetable/import", 201, data={"text": table, "semester": "Fall"}))["upload"]
    assert (pasted["source"], pasted["difference"][0]["title"]) == ("text", "Physics")
    assert pasted["parsed_classes"] == [
        {"course_name": "Physics", "day": "Monday", "time": "10:00 - 11:30", "location": None, "confidence": 1.0}
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no complete BEGIN:VCALENDAR"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8"),
        (b"hello", "not a readable iCalendar"),
        (calendar(), "no events"),
        (calendar(*[timed("20250310", "0900", "1000", uid=str(number)) for number in range(1000)]), "1000 events"),
        (calendar(timed("20250310", "1000", "0900")), "ends before"),
        (calendar(timed("20250310", "0900", "1000", zone="Nowhere/Land")), "Nowhere/Land"),
        (calendar(timed("20250310", "0900", "1000", summary="a\x00b")), "NUL"),
    ],
)
async def test_a_file_that_is_no_timetable_is_refused_and_nothing_changes(
    student: Any, content: bytes | str, reason: str
) -> None:
    mira = await student()
    refused = await mira.take_in(content, 422)
    assert refused["error_code"] == "UNREADABLE_TIMETABLE"
    assert reason in refused["errors"]["file"][0]
    assert (await mira.call("GET", "/timetable/uploads"))["uploads"] == []
    assert await mira.call("GET", "/timetable") == {"timetable": None}


async def test_neither_file_nor_text_or_too_much_of_it_is_refused(student: Any) -> None:
    mira = await student()
    await mira.call("POST", "/timetable/import", 422, data={"semester": "Fall"})
    await mira.take_in(FILE, 422, text=FILE)
    await mira.take_in(b"x" * 1_000_001, 413)
    assert (await mira.call("GET", "/timetable/uploads"))["uploads"] == []


@needs_real_files
@pytest.mark.parametrize(
    ("path", "zone"),
    [*((path, "Europe/Berlin") for path in REAL_FILES), *((path, "Asia/Kolkata") for path in REAL_FILES[:1])],
    ids=lambda value: getattr(value, "name", value)[:20],
)
async def test_every_date_of_a_real_file_takes_place(student: Any, resources: Resources, path: Path, zone: str) -> None:
    mira = await student(timezone=zone)
    text = decode(path.read_bytes()).replace("Asia/Kolkata", zone)
    upload = (await mira.take_in(text))["upload"]
    await mira.confirm(upload["id"], create_missing_courses=True)
    dates = read_calendar(text, clock.zone(zone), date(2025, 3, 20)).occurrences
    wanted = {(one.start.astimezone(UTC), one.end.astimezone(UTC), one.title) for one in dates}
    assert await taking_place(resources, mira, zone) == wanted
    again = (await mira.take_in(text))["upload"]["summary"]
    assert (again["added"], again["changed"], again["removed"]) == (0, 0, 0)


async def test_two_confirmations_at_once_make_one_timetable(committed: Any) -> None:
    with clock.frozen_at(datetime(2025, 3, 20, 9, tzinfo=UTC)):
        mira = Student(await committed.person(timezone="Europe/Berlin"))
        upload = (await mira.take_in(FILE))["upload"]
        path = f"/api/v1/timetable/uploads/{upload['id']}/confirm"
        answers = await asyncio.gather(*(mira.person.client.post(path, json={}) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
        assert len((await mira.call("GET", "/timetable"))["timetable"]["classes"]) == 3


async def test_two_first_timetables_at_once_are_one(committed: Any) -> None:
    mira = Student(await committed.person())
    body = {
        "semester": "Fall",
        "classes": [{"title": "A", "day_of_week": 1, "start_time": "10:00", "end_time": "11:00"}],
    }
    answers = await asyncio.gather(*(mira.person.client.post("/api/v1/timetable", json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len((await mira.call("GET", "/timetable"))["timetable"]["classes"]) == 1

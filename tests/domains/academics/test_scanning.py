"""A photographed timetable: taken in, read by the job, shown as a difference, or refused with a reason."""

from typing import Any

import pytest

from studyhall.platform.clients.ocr import FileRefused, NullOcr, OcrUnavailable
from tests.domains.scans.pages import grid

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
TIMES = ("09:00-10:00", "10:00-11:00", "11:00-12:00")
CLASSES = {(0, 0): ["CS201", "Data Structures", "Room A301"], (2, 1): ["Ethics"]}


async def _send(student: Any, content: bytes = PNG, status: int = 202, **fields: str) -> Any:
    files = {"file": ("timetable.png", content, "image/png")}
    return await student.call("POST", "/timetable/upload", status, files=files, data=fields)


async def _upload(student: Any, upload_id: str) -> Any:
    return (await student.call("GET", f"/timetable/uploads/{upload_id}"))["upload"]


async def test_a_photograph_becomes_a_difference_that_is_confirmed(student: Any, resources: Any, run_jobs: Any) -> None:
    mira = await student()
    course = await mira.course()
    resources.ocr = NullOcr([grid(DAYS, TIMES, CLASSES, confidence=0.95)])
    sent = await _send(mira, semester="Spring 2025")
    assert sent["upload"]["status"] == "processing" and sent["upload"]["parsed_classes"] == []
    await run_jobs()
    upload = await _upload(mira, sent["upload"]["id"])
    assert (upload["status"], upload["source"], upload["semester"]) == ("waiting", "image", "Spring 2025")
    assert upload["parsed_classes"] == [
        {
            "course_name": "Data Structures & Algorithms",
            "day": "Monday",
            "time": "09:00 - 10:00",
            "location": "Room A301",
            "confidence": 0.95,
        },
        {"course_name": "Ethics", "day": "Wednesday", "time": "10:00 - 11:00", "location": None, "confidence": 0.95},
    ]
    matched, unmatched = upload["difference"]
    assert matched["course"]["id"] == course and not matched["needs_review"]
    assert unmatched["needs_review"] and unmatched["reasons"] == ["course_unmatched"]
    assert upload["requires_manual_review"]
    task = (await mira.call("GET", f"/tasks/{sent['task_id']}"))["task"]
    assert (task["state"], task["result"]["classes"], task["result"]["to_review"]) == ("succeeded", 2, 1)
    bell = await mira.call("GET", "/notifications")
    assert "Your timetable was read" in [one["title"] for one in bell["notifications"]]
    assert (await mira.call("GET", "/timetable"))["timetable"] is None
    done = await mira.confirm(upload["id"])
    assert done["summary"] == {"added": 2, "changed": 0, "removed": 0}


async def test_what_is_read_badly_waits_for_a_look(student: Any, resources: Any, run_jobs: Any) -> None:
    mira = await student()
    await mira.course()
    resources.ocr = NullOcr([grid(DAYS, TIMES, {(0, 0): CLASSES[0, 0]}, confidence=0.7)])
    sent = await _send(mira)
    await run_jobs()
    (row,) = (await _upload(mira, sent["upload"]["id"]))["difference"]
    assert row["needs_review"] and row["reasons"] == ["hard_to_read"] and row["confidence"] == pytest.approx(0.7)


async def test_the_file_is_kept_only_until_it_is_read(student: Any, resources: Any, run_jobs: Any, uow: Any) -> None:
    mira = await student()
    resources.ocr = NullOcr([grid(DAYS, TIMES, CLASSES)])
    await _send(mira)
    straight = await uow.straight()
    living = "SELECT count(*) FROM file_uploads WHERE user_id = $1 AND deleted_at IS NULL"
    assert await straight.value(living, mira.person.id) == 1
    await run_jobs()
    assert await straight.value(living, mira.person.id) == 0


@pytest.mark.parametrize(
    ("ocr", "said"),
    [
        (NullOcr([]), "no text"),
        (NullOcr(error=FileRefused("encrypted", "The PDF file is protected by a password.")), "password"),
        (NullOcr([grid((), (), {})]), "no text"),
    ],
)
async def test_a_file_that_cannot_be_read_says_why(
    student: Any, resources: Any, run_jobs: Any, ocr: Any, said: str
) -> None:
    mira = await student()
    resources.ocr = ocr
    sent = await _send(mira)
    await run_jobs()
    upload = await _upload(mira, sent["upload"]["id"])
    assert upload["status"] == "failed" and said in upload["failure"] and upload["difference"] == []
    task = (await mira.call("GET", f"/tasks/{sent['task_id']}"))["task"]
    assert task["state"] == "failed" and said in task["error"]
    refused = await mira.confirm(upload["id"], 409)
    assert refused["error_code"] == "UPLOAD_NOT_WAITING"


async def test_a_reader_that_is_down_is_tried_again(student: Any, resources: Any, run_jobs: Any, in_term: Any) -> None:
    from datetime import timedelta

    from studyhall.platform import clock

    mira = await student()
    resources.ocr = NullOcr(error=OcrUnavailable("down"))
    sent = await _send(mira)
    await run_jobs()
    assert (await _upload(mira, sent["upload"]["id"]))["status"] == "processing"
    resources.ocr = NullOcr([grid(DAYS, TIMES, CLASSES)])
    with clock.frozen_at(in_term + timedelta(minutes=5)):
        await run_jobs()
        assert (await _upload(mira, sent["upload"]["id"]))["status"] == "waiting"


async def test_a_reader_that_stays_down_is_told(student: Any, resources: Any, run_jobs: Any, in_term: Any) -> None:
    from datetime import timedelta

    from studyhall.platform import clock

    mira = await student()
    resources.ocr = NullOcr()
    sent = await _send(mira)
    for minutes in (0, 10, 20):
        with clock.frozen_at(in_term + timedelta(minutes=minutes)):
            await run_jobs()
    upload = await _upload(mira, sent["upload"]["id"])
    assert upload["status"] == "failed" and "Send it again" in upload["failure"]


async def test_a_cancelled_reading_does_nothing(student: Any, resources: Any, run_jobs: Any) -> None:
    mira = await student()
    resources.ocr = NullOcr([grid(DAYS, TIMES, CLASSES)])
    sent = await _send(mira)
    await mira.call("DELETE", f"/tasks/{sent['task_id']}")
    await run_jobs()
    upload = await _upload(mira, sent["upload"]["id"])
    assert upload["status"] == "failed" and "cancelled" in upload["failure"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"BEGIN:VCALENDAR", 415, "FILE_KIND_REFUSED"),
        (b"MZ" + bytes(100), 415, "FILE_KIND_REFUSED"),
        (b"", 415, "FILE_EMPTY"),
    ],
)
async def test_files_that_lie_about_their_type_are_refused(
    student: Any, content: bytes, status: int, code: str
) -> None:
    mira = await student()
    refused = await _send(mira, content, status)
    assert refused["error_code"] == code
    assert (await mira.call("GET", "/timetable/uploads"))["uploads"] == []


async def test_a_second_photograph_supersedes_the_first(student: Any, resources: Any, run_jobs: Any) -> None:
    mira = await student()
    resources.ocr = NullOcr([grid(DAYS, TIMES, CLASSES)])
    first = await _send(mira, semester="Fall")
    await run_jobs()
    second = await _send(mira, semester="Fall")
    await run_jobs()
    assert (await _upload(mira, first["upload"]["id"]))["status"] == "superseded"
    assert (await _upload(mira, second["upload"]["id"]))["status"] == "waiting"


async def test_nobody_else_sees_it(student: Any, resources: Any) -> None:
    mira, tom = await student(), await student()
    sent = await _send(mira)
    await tom.call("GET", f"/timetable/uploads/{sent['upload']['id']}", 404)

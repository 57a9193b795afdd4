"""The report as PDF: whole, readable, harmless whatever people call their courses."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.reports import public
from studyhall.domains.reports.service.document import NOTHING, printable
from tests.conftest import MakePerson
from tests.domains.study.student import Student, Students

WEDNESDAY = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
NAMES = [
    "Data Structures & Algorithms",
    '#import "/etc/passwd": * *bold* $x^2$ `raw` @ref <label> \\ // #panic("no")',
    "مقدمة في علم الحاسوب",
    "מבוא למדעי המחשב",
    "🚀 Rocket science 👩🏽‍🚀",
    "🚀🚀",
    "数学分析",
    "W" * 255,
    "Введение в анализ",
    "Analysis II\u202e\u200b\u0007 tricks",
    "<script>alert(1)</script>",
    "x",
]


async def studied(students: Students) -> Student:
    mira = await students(WEDNESDAY, time_zone="Europe/Berlin")
    for n, name in enumerate(NAMES):
        course = await mira.create_course(name, f"C{n}")
        begin = WEDNESDAY - timedelta(minutes=30 * (n + 1))
        log = {"started_at": begin.isoformat(), "ended_at": (begin + timedelta(minutes=25)).isoformat()}
        await mira.post("/study-sessions", {**log, "course_id": course}, expect=201)
        result = {
            "course_id": course, "assessment_type": "quiz", "score": 50 + n, "max_score": 100,
            "date": "2026-11-17", "semester": "F", "assessment_name": name[:255],
        }  # fmt: skip
        await mira.post("/performance/results", result, expect=201)
        due = {"course_id": course, "title": name, "due_date": "2026-11-19T10:00:00Z", "priority": "high"}
        await mira.post("/assignments", due, expect=201)
    return mira


def text_of(pdf: bytes) -> tuple[int, str]:
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    return len(document), "\n".join(page.get_textpage().get_text_range() for page in document)


async def test_a_report_is_printed_whatever_the_courses_are_called(students: Students) -> None:
    mira = await studied(students)
    report = (await mira.post("/progress/weekly/generate", expect=201))["report"]
    path = f"/api/v1/progress/weekly/{report['id']}/pdf"
    answer = await mira.person.client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == 'inline; filename="studyhall-2026-11-16.pdf"'
    pages, text = text_of(answer.content)
    assert 1 <= pages <= 2
    assert "Weekly report" in text and "5 h" in text
    assert '#import "/etc/passwd"' in text, "markup of a user is text"
    again = await mira.person.client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304, "the same report is the same bytes"


@pytest.mark.parametrize(("language", "title"), [("en", "Weekly report"), ("de-AT", "Wochenbericht"), ("fr", "Weekly")])
async def test_an_empty_week_is_one_page_in_the_persons_language(students: Students, language: str, title: str) -> None:
    mira = await students(WEDNESDAY)
    await mira.send("PUT", "/settings/preferences", {"language": language})
    pdf = await public.report_pdf(mira.resources, mira.id, date(2026, 11, 16))
    assert pdf is not None
    pages, text = text_of(pdf)
    assert pages == 1 and title in text
    assert await public.report_pdf(mira.resources, uuid4(), date(2026, 11, 16)) is None


async def test_a_pdf_is_accessible(students: Students) -> None:
    mira = await students(WEDNESDAY)
    pdf = await public.report_pdf(mira.resources, mira.id, date(2026, 11, 16))
    assert pdf is not None and b"pdfuaid" in pdf and b"/StructTreeRoot" in pdf


async def test_reports_of_others_are_not_there(students: Students, person: MakePerson) -> None:
    mira = await students(WEDNESDAY)
    report = (await mira.get("/progress/weekly"))["report"]
    stranger = await person()
    for report_id in (report["id"], str(uuid4())):
        answer = await stranger.client.get(f"/api/v1/progress/weekly/{report_id}/pdf")
        assert (answer.status_code, answer.json()["error_code"]) == (404, "REPORT_NOT_FOUND")
    await mira.refused("GET", "/progress/weekly/nonsense/pdf", status=422)


@given(st.text(max_size=400), st.integers(1, 100))
def test_what_is_printed_is_one_line_of_bounded_length_with_places_to_break(text: str, longest: int) -> None:
    shown = printable(text, longest)
    assert shown and len(shown.replace("\u200b", "")) <= max(longest, len(NOTHING))
    assert all(len(word) < 18 or "-" in word for part in shown.split() for word in part.split("\u200b"))
    assert not any(character in shown for character in "\n\t\x00\u202e")

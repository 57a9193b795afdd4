"""The weekly report over HTTP: right, kept, refreshed, nobody else's."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from studyhall.domains.reports import jobs, public
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources
from tests.conftest import Committed, MakePerson
from tests.domains.study.student import Student, Students

WEDNESDAY = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
MONDAY = "2026-11-16"


async def plan(student: Student, course: str, day: str, minutes: int, at: str = "18:00") -> dict[str, Any]:
    body = {
        "course_id": course, "topic": "Heaps", "date": day, "start_time": at, "planned_duration": minutes,
        "priority": "high", "study_type": "review",
    }  # fmt: skip
    made: dict[str, Any] = (await student.post("/planning/plans", body, expect=201))["plan"]
    return made


async def log(student: Student, begin: datetime, minutes: int, course: str | None = None) -> dict[str, Any]:
    body = {
        "started_at": begin.isoformat(), "ended_at": (begin + timedelta(minutes=minutes)).isoformat(),
        "course_id": course,
    }  # fmt: skip
    made: dict[str, Any] = (await student.post("/study-sessions", body, expect=201))["session"]
    return made


async def grade(student: Student, course: str, day: str, score: float, kind: str = "quiz") -> None:
    body = {
        "course_id": course, "assessment_type": kind, "score": score, "max_score": 100, "date": day,
        "semester": "Fall 2026",
    }  # fmt: skip
    await student.post("/performance/results", body, expect=201)


async def report(student: Student, week: str | None = None) -> dict[str, Any]:
    found = await student.get("/progress/weekly" + (f"?week_start={week}" if week else ""))
    told: dict[str, Any] = found["report"]
    return told


async def test_a_full_week(students: Students) -> None:
    mira = await students(WEDNESDAY, time_zone="Europe/Berlin")
    algorithms, networks = await mira.create_course("Algorithms", "CS201"), await mira.create_course("Networks", "CS3")
    await plan(mira, algorithms, "2026-11-18", 120)
    await plan(mira, networks, "2026-11-19", 120)
    await log(mira, WEDNESDAY - timedelta(hours=3), 105, algorithms)
    await log(mira, WEDNESDAY - timedelta(days=1), 15, networks)
    await grade(mira, algorithms, "2026-11-10", 80)
    await grade(mira, networks, "2026-11-17", 95)
    due = {"course_id": networks, "title": "Sheet 4", "due_date": "2026-11-20T10:00:00Z", "priority": "high"}
    task = (await mira.post("/assignments", due, expect=201))["assignment"]
    told = await report(mira)
    assert (told["week_start_date"], told["week_end_date"], told["is_final"]) == (MONDAY, "2026-11-22", False)
    assert (told["total_study_hours"], told["planned_hours"], told["completion_rate"]) == (2.0, 4.0, 50.0)
    assert told["most_studied_course"] == {"id": algorithms, "name": "Algorithms", "hours": 1.75}
    assert told["least_studied_course"] == {"id": networks, "name": "Networks", "hours": 0.25}
    by_day = {one["date"]: (one["planned"], one["actual"], one["completion_rate"]) for one in told["daily_breakdown"]}
    assert by_day["2026-11-18"] == (2.0, 1.75, 87.5) and by_day["2026-11-19"] == (2.0, 0.0, 0.0)
    assert by_day["2026-11-16"] == (0.0, 0.0, None)
    assert told["grades"]["count"] == 1 and told["grades"]["shown"][0]["course"] == "Networks"
    assert told["grades"]["earlier_average"] == 80.0
    assert told["grades"]["gpa"] > told["grades"]["gpa_before"]
    assert (told["assignments"]["due"], told["assignments"]["handed_in"]) == (1, 0)
    assert told["consistency"]["days_studied"] == 2 and told["consistency"]["total_days"] == 3
    assert told["generated_at"] == "2026-11-18T08:00:00Z"
    assert "95%" in told["ai_insights"] and told["advice"]
    await mira.send("PATCH", f"/assignments/{task['id']}/complete")
    assert (await report(mira))["assignments"]["handed_in"] == 1


async def test_a_running_week_is_anew_at_each_look_and_keeps_its_id(students: Students) -> None:
    mira = await students(WEDNESDAY)
    first = await report(mira)
    await log(mira, WEDNESDAY - timedelta(hours=1), 30)
    second = await report(mira)
    assert second["id"] == first["id"]
    assert (first["total_study_hours"], second["total_study_hours"]) == (0.0, 0.5)


async def test_a_week_that_is_over_is_computed_once_more_then_kept_until_generated_again(students: Students) -> None:
    mira = await students(WEDNESDAY, time_zone="Europe/Berlin")
    kept = await log(mira, WEDNESDAY - timedelta(hours=1), 30)
    running = await report(mira)
    await log(mira, WEDNESDAY - timedelta(hours=3), 60)
    await mira.wait(days=7)
    over = await report(mira, MONDAY)
    assert (over["id"], over["is_final"], over["total_study_hours"]) == (running["id"], True, 1.5)
    await mira.send("DELETE", f"/study-sessions/{kept['id']}")
    await mira.wait(minutes=1)
    assert await report(mira, MONDAY) == over
    again = (await mira.post("/progress/weekly/generate", {"week_start": MONDAY}))["report"]
    assert (again["id"], again["total_study_hours"]) == (over["id"], 1.0)
    assert again["generated_at"] > over["generated_at"]
    assert await report(mira, MONDAY) == again


async def test_generating_makes_one_row_however_often(students: Students) -> None:
    mira = await students(WEDNESDAY)
    made = (await mira.post("/progress/weekly/generate", expect=201))["report"]
    same = (await mira.post("/progress/weekly/generate", {"week_start": MONDAY}))["report"]
    assert same["id"] == made["id"]


async def test_two_generate_at_once(committed: Committed) -> None:
    mira = await committed.person()
    asked = [mira.client.post("/api/v1/progress/weekly/generate") for _ in range(6)]
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["data"]["report"]["id"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("week", "reason"),
    [
        ("2026-11-17", "Monday"),
        ("2026-11-23", "not begun"),
        ("2026-11-02", "before your time"),
        ("0001-01-01", "before"),
    ],
)
async def test_weeks_that_are_none(students: Students, week: str, reason: str) -> None:
    mira = await students(WEDNESDAY)
    for method, path, body in (
        ("GET", f"/progress/weekly?week_start={week}", None),
        ("POST", "/progress/weekly/generate", {"week_start": week}),
    ):
        failure = await mira.refused(method, path, body, status=422)
        assert reason in failure["errors"]["week_start"][0]


@pytest.mark.parametrize("week", ["tomorrow", "2026-13-01", "2026-W47", "9999-12-27\x00"])
async def test_weeks_that_are_no_dates(students: Students, week: str) -> None:
    mira = await students(WEDNESDAY)
    await mira.refused("POST", "/progress/weekly/generate", {"week_start": week}, status=422)


async def test_the_week_is_that_of_the_person(students: Students) -> None:
    """Sunday 23:30 in UTC is Monday in Berlin, and Sunday still for somebody whose day begins at four."""
    sunday_night = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    in_utc = await students(sunday_night)
    assert (await report(in_utc))["week_start_date"] == MONDAY
    in_berlin = await students(sunday_night, time_zone="Europe/Berlin")
    assert (await report(in_berlin))["week_start_date"] == "2026-11-23"
    owl = await students(sunday_night, time_zone="Europe/Berlin", day_start_hour=4)
    assert (await report(owl))["week_start_date"] == MONDAY


async def test_moving_house_does_not_move_study_days(students: Students) -> None:
    mira = await students(datetime(2026, 11, 23, 3, 0, tzinfo=UTC), time_zone="America/New_York")
    await log(mira, datetime(2026, 11, 23, 1, 0, tzinfo=UTC), 60)
    await mira.move_to("Europe/Berlin")
    told = await report(mira, MONDAY)
    assert told["daily_breakdown"][6]["actual"] == 1.0 and told["is_final"]


async def test_the_statements_do_not_grow(students: Students) -> None:
    mira = await students(WEDNESDAY)
    await report(mira)
    course = await mira.create_course("Algorithms", "CS201")
    await log(mira, WEDNESDAY - timedelta(hours=2), 10, course)
    await grade(mira, course, "2026-11-17", 70)
    few = await mira.statements("POST", "/progress/weekly/generate")
    for n in range(8):
        other = await mira.create_course(f"Course {n}", f"C{n}")
        await log(mira, WEDNESDAY - timedelta(hours=3 + n), 20, other)
        await grade(mira, other, "2026-11-17", 70 + n)
        await plan(mira, other, "2026-11-19", 30, f"{8 + n:02}:00")
    assert await mira.statements("POST", "/progress/weekly/generate") == few <= 10
    assert await mira.statements("GET", "/progress/weekly") == few


async def test_the_job_closes_each_week_once(students: Students, resources: Resources) -> None:
    mira = await students(WEDNESDAY, time_zone="Europe/Berlin")
    await report(mira)
    await log(mira, WEDNESDAY - timedelta(hours=1), 30)
    run = JobRun(1, "reports.close_weeks", 1, 1, resources)
    await jobs.close_weeks.job.handler(run)
    assert await _stored(resources) == [(0, False)]
    mira.time.set(datetime(2026, 11, 22, 23, 0, tzinfo=UTC))
    await jobs.close_weeks.job.handler(run)
    assert await _stored(resources) == [(1800, True)]
    await mira.execute(text("UPDATE weekly_reports SET total_seconds = 1 WHERE user_id = :user"))
    await jobs.close_weeks.job.handler(run)
    assert await _stored(resources) == [(1, True)]


async def test_the_job_leaves_those_alone_who_are_gone(students: Students, resources: Resources) -> None:
    mira = await students(WEDNESDAY)
    await report(mira)
    await mira.execute(text("UPDATE users SET deleted_at = now() WHERE id = :user"))
    mira.time.set(WEDNESDAY + timedelta(days=7))
    await jobs.close_weeks.job.handler(JobRun(1, "reports.close_weeks", 1, 1, resources))
    assert await _stored(resources) == [(0, True)]


async def _stored(resources: Resources) -> list[tuple[int, bool]]:
    async with resources.unit_of_work() as uow:
        rows = await uow.session.execute(text("SELECT total_seconds, is_final FROM weekly_reports ORDER BY id"))
        return [(row[0], row[1]) for row in rows]


async def test_other_domains_ask_by_person_and_week(students: Students, resources: Resources) -> None:
    mira = await students(WEDNESDAY)
    await log(mira, WEDNESDAY - timedelta(hours=1), 30)
    async with resources.unit_of_work() as uow:
        found = await public.weekly_report(uow, mira.id, date(2026, 11, 16))
        assert found is not None and float(found.total_hours) == 0.5 and found.advice and not found.is_final
        assert await public.weekly_report(uow, uuid4(), date(2026, 11, 16)) is None
        with pytest.raises(ValueError, match="Monday"):
            await public.weekly_report(uow, mira.id, date(2026, 11, 17))


async def test_the_words_are_those_of_the_person(students: Students) -> None:
    mira = await students(WEDNESDAY)
    await mira.send("PUT", "/settings/preferences", {"language": "de-CH"})
    assert (await report(mira))["ai_insights"].startswith("In dieser Woche wurde nichts erfasst")


async def test_nobody_gets_a_report_without_a_token(person: MakePerson, client: Any) -> None:
    await person()
    assert (await client.get("/api/v1/progress/weekly")).status_code == 401
    assert (await client.post("/api/v1/progress/weekly/generate")).status_code == 401

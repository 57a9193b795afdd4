"""The first screen: one round trip that agrees with every domain it shows, kept until the person changes something."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from studyhall.domains.academics.models import Timetable, TimetableClass
from studyhall.domains.overview.schemas import Dashboard
from studyhall.platform.cache import DASHBOARD
from studyhall.platform.resources import Resources
from tests.domains.study.student import Student, Students

MORNING = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)  # a Wednesday
EMPTY_WEEK = [
    {"day": day, "date": f"2026-11-{16 + n}", "completed": False}
    for n, day in enumerate(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
]


async def give_class(student: Student, course_id: str | None, weekday: int, begin: time, end: time) -> None:
    """A weekly class, 0 is Sunday."""
    async with student.resources.unit_of_work() as uow:
        timetable = Timetable(user_id=student.id, semester="Fall 2026")
        uow.session.add(timetable)
        await uow.session.flush()
        uow.session.add(
            TimetableClass(
                timetable_id=timetable.id,
                course_id=course_id,
                series_key="algorithms",
                title="Algorithms (Lec) 3",
                day_of_week=weekday,
                start_time=begin,
                end_time=end,
                location="Room 301",
                instructor="Dr. Okafor",
            )
        )


async def plan_today(student: Student, course_id: str, topic: str = "Heaps", at: str = "18:00") -> dict[str, Any]:
    body = {
        "course_id": course_id, "topic": topic, "date": "2026-11-18", "start_time": at, "planned_duration": 60,
        "priority": "high", "study_type": "review",
    }  # fmt: skip
    plan: dict[str, Any] = (await student.post("/planning/plans", body, expect=201))["plan"]
    return plan


@pytest.fixture
async def mira(students: Students) -> Student:
    """A student with a course, a class on Wednesdays, a plan of today and ten minutes of study."""
    made = await students(MORNING, time_zone="Europe/Berlin")
    course_id = await made.create_course("Data Structures & Algorithms", "CS201")
    await give_class(made, course_id, 3, time(10), time(11, 30))
    await plan_today(made, course_id)
    await made.study(minutes=10)
    return made


class TestWhatItShows:
    async def test_a_new_person_sees_an_empty_screen(self, students: Students) -> None:
        nova = await students(MORNING)
        shown = await nova.get("/dashboard")
        assert shown["user"]["id"] == str(nova.id)
        assert shown["stats"] == {
            "courses_enrolled": 0,
            "hours_studied": 0,
            "completion_rate": None,
            "assignments_due": 0,
            "overall_performance": None,
            "gpa": {"current": None, "cumulative": None, "trend": "stable"},
        }
        assert shown["streak"] == {
            "current_streak": 0, "longest_streak": 0, "last_active_date": None, "active_today": False,
            "freezes_held": 0, "days": EMPTY_WEEK,
        }  # fmt: skip
        assert shown["totals"] == {"total_seconds": 0, "session_count": 0}
        assert shown["today"] == {"study_day": "2026-11-18", "seconds": 0, "minutes": 0, "sessions": 0}
        for name in ("plans", "assignments", "courses", "upcoming_classes"):
            assert shown[name] == []
        assert shown["running_session"] is None

    async def test_it_has_the_shape_that_it_promises(self, mira: Student) -> None:
        await mira.post("/study-sessions/start", expect=201)
        answer = await mira.person.client.get("/api/v1/dashboard")
        body = answer.json()
        assert (body["success"], body["message"]) == (True, "OK")
        assert Dashboard.model_validate(body["data"]).model_dump(mode="json") == body["data"]

    async def test_it_agrees_with_every_domain_it_shows(self, mira: Student) -> None:
        await mira.post("/study-sessions/start", expect=201)
        shown = await mira.get("/dashboard")

        assert shown["stats"] == await mira.get("/dashboard/stats")
        assert shown["streak"] == await mira.get("/dashboard/study-streak")
        assert shown["upcoming_classes"] == (await mira.get("/dashboard/upcoming-classes"))["classes"]

        streak = (await mira.get("/streaks/me"))["streak"]
        assert {key: shown["streak"][key] for key in streak.keys() & shown["streak"].keys()} == {
            key: streak[key] for key in streak.keys() & shown["streak"].keys()
        }
        today = await mira.get("/study-sessions/summary/today")
        assert shown["today"] == today["today"]
        running = (await mira.get("/study-sessions/current"))["session"]
        assert shown["running_session"]["id"] == running["id"]
        assert shown["running_session"]["started_at"] == running["started_at"]
        sessions = await mira.get("/study-sessions")
        assert shown["totals"]["session_count"] == sessions["pagination"]["total"] - 1

        plans = await mira.get("/planning/plans?date=2026-11-18")
        assert shown["plans"] == [{key: plan[key] for key in shown["plans"][0]} for plan in plans["plans"]]
        courses = await mira.get("/courses")
        assert shown["courses"] == [{key: one[key] for key in shown["courses"][0]} for one in courses["courses"]]
        unread = await mira.get("/notifications?unread=true")
        assert shown["unread_notifications"] == unread["pagination"]["total"] > 0
        me = await mira.get("/users/me")
        assert shown["user"]["name"] == me["user"]["name"]

    async def test_other_people_are_not_in_it(self, mira: Student, students: Students) -> None:
        await mira.get("/dashboard")
        nova = await students(MORNING)
        shown = await nova.get("/dashboard")
        assert (shown["plans"], shown["courses"], shown["totals"]["total_seconds"]) == ([], [], 0)

    async def test_without_a_token_nothing(self, client: Any) -> None:
        for path in ("", "/stats", "/upcoming-classes", "/study-streak"):
            answer = await client.get(f"/api/v1/dashboard{path}")
            assert answer.status_code == 401

    async def test_the_streak_agrees_with_the_rules_in_every_state(self, mira: Student) -> None:
        random = Random(7)
        for _ in range(40):
            longest = random.randint(0, 30)
            values = {
                "current": random.randint(0, longest), "longest": longest, "freezes": random.randint(0, 2),
                "last": random.choice([None, *(date(2026, 11, 10) + timedelta(days=n) for n in range(12))]),
            }  # fmt: skip
            async with mira.resources.unit_of_work() as uow:
                statement = text(
                    "UPDATE streaks SET current_streak = :current, longest_streak = :longest, freezes_held = :freezes,"
                    " last_active_date = :last WHERE user_id = :user"
                )
                await uow.session.execute(statement, {**values, "user": mira.id})
            await mira.resources.cache.drop(DASHBOARD.key(mira.id))
            assert (await mira.get("/dashboard"))["streak"] == await mira.get("/dashboard/study-streak"), values


class TestParts:
    async def test_headline_figures(self, mira: Student) -> None:
        course_id = (await mira.get("/courses"))["courses"][0]["id"]
        done = await plan_today(mira, course_id, "Tries", "20:00")
        await mira.send("PATCH", f"/planning/plans/{done['id']}/complete", {})
        await mira.post("/study-sessions", {"started_at": "2026-11-17T20:00:00Z", "duration_seconds": 9000}, expect=201)
        for score, semester, day in ((80, "Spring 2026", "2026-05-15"), (95, "Fall 2026", "2026-11-15")):
            await _is_graded(mira, score=score, semester=semester, date=day)
        assert await mira.get("/dashboard/stats") == {
            "overall_performance": 95, "courses_enrolled": 1, "hours_studied": 2.7, "completion_rate": 50,
            "assignments_due": 0, "gpa": {"current": 4, "cumulative": 4, "trend": "improving"},
        }  # fmt: skip

    async def test_next_classes(self, mira: Student) -> None:
        one = (await mira.get("/dashboard/upcoming-classes?limit=1"))["classes"][0]
        assert {key: one[key] for key in one.keys() - {"id", "course_id", "course_color"}} == {
            "course_name": "Data Structures & Algorithms", "course_code": "CS201", "instructor": "Dr. Okafor",
            "date": "2026-11-18", "start_time": "10:00:00", "end_time": "11:30:00", "location": "Room 301",
            "type": "lecture", "class_type": "lecture", "kind": "class", "title": one["title"],
            "starts_at": "2026-11-18T09:00:00Z", "ends_at": "2026-11-18T10:30:00Z",
        }  # fmt: skip

    async def test_a_class_stays_until_it_is_over(self, mira: Student) -> None:
        async def dates(query: str = "") -> list[str]:
            shown = (await mira.get(f"/dashboard/upcoming-classes{query}"))["classes"]
            return [one["date"] for one in shown]

        await mira.wait(hours=2)  # 11:10 in Berlin, the lecture runs until 11:30
        assert await dates() == ["2026-11-18"]
        await mira.wait(minutes=25)
        assert await dates() == []
        assert await dates("?days=15") == ["2026-11-25", "2026-12-02"]
        assert await dates("?days=15&limit=1") == ["2026-11-25"]
        await mira.refused("GET", "/dashboard/upcoming-classes?limit=0", status=422)
        await mira.refused("GET", "/dashboard/upcoming-classes?days=61", status=422)

    async def test_the_week_begins_on_monday(self, mira: Student) -> None:
        shown = await mira.get("/dashboard/study-streak")
        assert (shown["current_streak"], shown["longest_streak"], shown["active_today"]) == (1, 1, True)
        assert [day["day"] for day in shown["days"] if day["completed"]] == ["Wed"]
        assert [day["date"] for day in shown["days"]] == [day["date"] for day in EMPTY_WEEK]


Change = Callable[[Student], Awaitable[object]]


async def _first_course(student: Student) -> str:
    return str((await student.get("/courses"))["courses"][0]["id"])


async def _starts(student: Student) -> None:
    await student.post("/study-sessions/start", expect=201)


async def _logs(student: Student) -> None:
    await student.post("/study-sessions", {"started_at": "2026-11-18T01:00:00Z", "duration_seconds": 60}, expect=201)


async def _deletes_session(student: Student) -> None:
    session = (await student.get("/study-sessions"))["sessions"][0]
    await student.send("DELETE", f"/study-sessions/{session['id']}")


async def _plans(student: Student) -> None:
    await plan_today(student, await _first_course(student), "Tries", "21:00")


async def _completes(student: Student) -> None:
    plan = (await student.get("/planning/plans?date=2026-11-18"))["plans"][0]
    await student.send("PATCH", f"/planning/plans/{plan['id']}/complete", {})


async def _takes_a_course(student: Student) -> None:
    await student.create_course("Logic", "PH101")


async def _reads_notifications(student: Student) -> None:
    await student.post("/notifications/mark-all-read")


async def _moves(student: Student) -> None:
    await student.move_to("Asia/Tokyo")


async def _is_graded(student: Student, **fields: Any) -> None:
    body = {
        "course_id": await _first_course(student), "assessment_type": "quiz", "score": 80, "max_score": 100,
        "date": "2026-11-17", **fields,
    }  # fmt: skip
    await student.post("/performance/results", body, expect=201)


async def _chooses_a_scale(student: Student) -> None:
    await _is_graded(student)
    await student.get("/dashboard")
    await student.send("PUT", "/performance/grading", {"scale": "german"})


async def _renames_a_course(student: Student) -> None:
    await student.send("PUT", f"/courses/{await _first_course(student)}", {"name": "Algorithms"})


async def _is_renamed(student: Student) -> None:
    await student.send("PUT", "/users/me", {"first_name": "Miranda"})


class TestTheCache:
    async def test_it_is_kept(self, mira: Student) -> None:
        before = await mira.get("/dashboard")
        await mira.execute(text("UPDATE study_totals SET total_seconds = 1 WHERE user_id = :user"))
        assert await mira.get("/dashboard") == before
        assert await mira.statements("GET", "/dashboard") <= 2  # who is asking, and what is unread

    @pytest.mark.parametrize(
        "change",
        [
            _starts, _logs, _deletes_session, _plans, _completes, _takes_a_course,
            _reads_notifications, _moves, _is_renamed, _is_graded, _chooses_a_scale, _renames_a_course,
        ],
    )  # fmt: skip
    async def test_the_persons_own_change_shows_at_once(self, mira: Student, change: Change) -> None:
        before = await mira.get("/dashboard")
        await change(mira)
        assert await mira.get("/dashboard") != before

    async def test_after_midnight_it_is_another_day(self, mira: Student) -> None:
        mira.time.set(datetime(2026, 11, 18, 22, 58, tzinfo=UTC))
        before = await mira.get("/dashboard")
        assert (before["today"]["study_day"], len(before["plans"])) == ("2026-11-18", 1)
        await mira.wait(minutes=3)
        after = await mira.get("/dashboard")
        assert (after["today"]["study_day"], after["plans"]) == ("2026-11-19", [])

    async def test_it_works_without_redis(self, mira: Student, resources: Resources) -> None:
        before = await mira.get("/dashboard")
        await resources.redis.flushdb()
        assert await mira.get("/dashboard") == before


class TestCost:
    async def test_a_fresh_one_costs_few_statements_whatever_it_holds(self, mira: Student) -> None:
        async def cost() -> int:
            await mira.resources.cache.drop(DASHBOARD.key(mira.id))
            return await mira.statements("GET", "/dashboard")

        await _is_graded(mira)
        few = await cost()
        for number in range(12):
            course_id = await mira.create_course(f"Course {number:02}", f"C{number}")
            await _is_graded(mira, course_id=course_id)
            await plan_today(mira, course_id, f"Topic {number}", f"{number + 9:02}:00")
            body = {"started_at": f"2026-11-17T{number:02}:00:00Z", "duration_seconds": 600}
            await mira.post("/study-sessions", body, expect=201)
        assert await cost() == few <= 10
        for path in ("/dashboard/stats", "/dashboard/upcoming-classes", "/dashboard/study-streak"):
            assert await mira.statements("GET", path) <= 10

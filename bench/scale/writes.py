"""The main writes, in an order in which every one finds what it needs. Each person does each of them once."""

import json
from datetime import timedelta
from typing import Any

from bench.scale.calls import Measured, another, write
from bench.scale.people import Person, ident
from bench.scale.tables import PUBLISHED, SEMESTER, YEAR


def _course(one: Person) -> str:
    return str(one.row("course", 0))


def _new_plan(one: Person) -> dict[str, Any]:
    return {
        "course_id": _course(one), "topic": "A new plan", "date": (one.today + timedelta(days=2)).isoformat(),
        "start_time": "23:00", "planned_duration": 45, "priority": "high", "study_type": "practice",
    }  # fmt: skip


def _new_class(one: Person) -> dict[str, Any]:
    return {"course_id": _course(one), "title": "Extra", "day_of_week": 6, "start_time": "20:00", "end_time": "21:00"}


def _new_timetable(one: Person) -> dict[str, Any]:
    return {
        "semester": "Spring 2027", "academic_year": YEAR, "is_active": False,
        "classes": [
            {"title": f"Class {day}", "day_of_week": day, "start_time": "09:00", "end_time": "10:00"}
            for day in range(1, 6)
        ],
    }  # fmt: skip


def _new_assignment(one: Person) -> dict[str, Any]:
    due = one.today + timedelta(days=9)
    return {"course_id": _course(one), "title": "A new sheet", "due_date": f"{due}T21:00:00Z", "priority": "low"}


def _new_result(one: Person) -> dict[str, Any]:
    return {
        "course_id": _course(one), "assessment_type": "project", "assessment_name": "A new one", "score": 42,
        "max_score": 50, "weight": 1, "semester": SEMESTER, "date": one.today.isoformat(),
    }  # fmt: skip


def _entry(one: Person) -> dict[str, Any]:
    begun = one.now - timedelta(minutes=25)
    return {
        "course_id": _course(one), "source": "manual", "started_at": begun.isoformat(),
        "ended_at": (begun + timedelta(minutes=10)).isoformat(),
    }  # fmt: skip


def _what_if(one: Person) -> dict[str, Any]:
    return {"course_id": _course(one), "target_average": 70}


def _check(one: Person) -> dict[str, Any]:
    return {"date": one.today.isoformat(), "start_time": "10:00", "duration": 60}


def _name(one: Person) -> dict[str, Any]:
    return {"first_name": "Renamed"}


def _foreign_course(one: Person) -> str:
    """A published course that he does not take yet."""
    owner = 2 + (one.number + 7) % PUBLISHED
    return str(ident("course", owner, 0, one.made_at + timedelta(seconds=owner - one.number)))


def _enrol(method: str) -> Measured:
    def prepare(one: Person) -> tuple[str, str, bytes] | None:
        if 2 <= one.number < 2 + PUBLISHED:
            return None  # perhaps his own
        body = b'{"semester":"Fall 2026"}' if method == "POST" else b""
        return method, f"/api/v1/courses/{_foreign_course(one)}/enroll", body

    return Measured(f"{method} /api/v1/courses/{{course_id}}/enroll", prepare, is_write=True)


def _start(one: Person) -> tuple[str, str, bytes] | None:
    body = json.dumps({"course_id": _course(one)}).encode()
    return None if one.is_studying else ("POST", "/api/v1/study-sessions/start", body)


_START = Measured("POST /api/v1/study-sessions/start", _start, is_write=True)

WRITES = (
    # First, because the completed plan writes a session into the same hour.
    write("POST", "/study-sessions", _entry),
    write("POST", "/planning/plans", _new_plan),
    write("POST", "/planning/plans/check-conflicts", _check),
    write("PUT", "/planning/plans/{plan_id}", lambda one: {"topic": "Another topic"}, plan_id=0),
    write("PATCH", "/planning/plans/{plan_id}/complete", lambda one: {"actual_duration": 40}, plan_id=0),
    write("DELETE", "/planning/plans/{plan_id}", plan_id=1),
    write("POST", "/assignments", _new_assignment),
    write("PUT", "/assignments/{assignment_id}", lambda one: {"title": "Renamed"}, assignment_id=0),
    write("PATCH", "/assignments/{assignment_id}/complete", assignment_id=1),
    write("DELETE", "/assignments/{assignment_id}", assignment_id=2),
    write("POST", "/performance/results", _new_result),
    write("PUT", "/performance/results/{result_id}", lambda one: {"score": 55}, result_id=0),
    write("DELETE", "/performance/results/{result_id}", result_id=1),
    write("POST", "/performance/what-if", _what_if),
    write("PUT", "/performance/grading", lambda one: {"scale": "us_4", "repeats": "best"}),
    _START,
    write("POST", "/study-sessions/current/heartbeat", lambda one: {"was_studying": True}),
    write("POST", "/study-sessions/current/pause"),
    write("POST", "/study-sessions/current/resume"),
    write("POST", "/study-sessions/current/end", lambda one: {"was_studying": True}),
    write("POST", "/streaks/update"),
    write("PUT", "/streaks/me/holidays", lambda one: {"holidays": [one.today.isoformat()]}),
    write("PATCH", "/study-sessions/{session_id}", lambda one: {"notes": "Better"}, session_id=0),
    write("DELETE", "/study-sessions/{session_id}", session_id=0),
    write("POST", "/timetable", _new_timetable),
    write("POST", "/timetable/classes", _new_class),
    write("PUT", "/timetable/classes/{class_id}", lambda one: {"location": "Elsewhere"}, class_id=0),
    write("DELETE", "/timetable/classes/{class_id}", class_id=1),
    write("POST", "/courses", lambda one: {"name": "A new course", "code": "N1", "semester": SEMESTER}),
    write("PUT", "/courses/{course_id}", lambda one: {"description": "Other words"}, course_id=0),
    _enrol("POST"),
    _enrol("DELETE"),
    write("DELETE", "/courses/{course_id}", course_id=7),
    write("PATCH", "/notifications/{notification_id}/read", notification_id=0),
    write("POST", "/notifications/mark-all-read"),
    write("POST", "/blocks", lambda one: {"user_id": str(another(one))}),
    write("DELETE", "/blocks/{user_id}"),
    write("PATCH", "/users/me", _name),
    write("POST", "/users/me/tags", lambda one: {"tag_name": "A new skill"}),
    write("PUT", "/settings/preferences", lambda one: {"reminder_time": "20:30"}),
    write("PUT", "/settings/consents", lambda one: {"recording": True}),
    write("POST", "/auth/tokens", lambda one: {"name": "Script", "abilities": ["read"]}),
    write("POST", "/settings/calendar-feed"),
)

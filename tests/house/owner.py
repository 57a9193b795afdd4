"""Somebody who has one of everything, for the checks that look at every route or every table."""

import re
from datetime import timedelta
from typing import Any

from studyhall.domains.friends import service as friends
from studyhall.domains.groups.service import invitations, settings
from studyhall.domains.identity import public as identity
from studyhall.entrypoints import wiring
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from studyhall.platform.web.routing import Declared

ICS = "\r\n".join(
    (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//x//EN",
        "BEGIN:VEVENT",
        "UID:1@example.org",
        "DTSTAMP:20260901T000000Z",
        "DTSTART:20261005T090000Z",
        "DTEND:20261005T100000Z",
        "SUMMARY:OS - Operating Systems",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
)

BROWSER = {
    "endpoint": "https://1.1.1.1/push/of-the-owner",
    "keys": {
        "p256dh": "BI5TO2-gv3tGJbswZnwB-2B--fi4qA_vWzAGKHAxh7Kjc-sdveAzGDZtBp-DpvWQAFPHNjPLBBshxV4ahsH0ALQ",
        "auth": "c3R1ZHloYWxsLWF1dGgtMQ",
    },
}


class Owner:
    """Somebody who has one of everything; `things` maps the start of a path to the id that stands in it."""

    def __init__(self, person: Any, resources: Resources) -> None:
        self.person, self.client, self.resources = person, person.client, resources
        self.things: dict[str, str] = {}

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        answer = await self.client.request(method, f"/api/v1{path}", **more)
        assert answer.status_code < 300, f"{method} {path}: {answer.text}"
        return answer.json()["data"]

    async def settle_in(self) -> None:
        await self._account()
        course = await self.ask("POST", "/courses", json={"name": "OS", "code": "OS", "credits": 3, "semester": "S1"})
        course_id = course["course"]["id"]
        await self._time(course_id)
        await self._chapters(course_id)
        await self._timetable(course_id)
        await self._grades_and_tasks(course_id)
        await self._people()
        spare = await self.ask("POST", "/courses", json={"name": "X", "code": "X", "credits": 3, "semester": "S1"})
        gone = await self.ask("DELETE", f"/courses/{spare['course']['id']}")
        self.things |= {"/courses/": course_id, "/undo/": gone["undo_token"]}

    async def _account(self) -> None:
        await self.ask("PUT", "/settings/preferences", json={"profile_visibility": "private"})
        tag = await self.ask("POST", "/users/me/tags", json={"tag_name": "Chess", "rating_score": 7})
        token = await self.ask("POST", "/auth/tokens", json={"name": "script", "abilities": ["read"]})
        browser = await self.ask("POST", "/settings/push-subscriptions", json=BROWSER)
        async with self.resources.unit_of_work() as uow:
            straight = await uow.straight()
            notification = await straight.value("SELECT id FROM notifications WHERE user_id = $1", self.person.id)
            session = await straight.value("SELECT id FROM user_sessions WHERE user_id = $1", self.person.id)
        self.things |= {
            "/users/": str(self.person.id),
            "/settings/push-subscriptions/": browser["subscription"]["id"],
            "/streaks/": str(self.person.id),
            "/streaks/calendar/": str(self.person.id),
            "/streaks/stats/": str(self.person.id),
            "/users/me/tags/": _id_in(tag),
            "/auth/tokens/": _id_in(token),
            "/auth/sessions/": str(session),
            "/notifications/": str(notification),
        }

    async def _time(self, course_id: str) -> None:
        plan = {
            "course_id": course_id, "topic": "Trees", "date": clock.today_in("UTC").isoformat(), "start_time": "23:00",
            "planned_duration": 30, "priority": "low", "study_type": "review",
        }  # fmt: skip
        made = await self.ask("POST", "/planning/plans", json=plan)
        ended = clock.now() - timedelta(minutes=5)
        log = {"started_at": (ended - timedelta(minutes=10)).isoformat(), "ended_at": ended.isoformat()}
        session = await self.ask("POST", "/study-sessions", json=log)
        self.things |= {"/planning/plans/": made["plan"]["id"], "/study-sessions/": session["session"]["id"]}

    async def _chapters(self, course_id: str) -> None:
        body = {"title": "Processes", "markdown": "# Processes\n\nA program that runs."}
        made = [await self.ask("POST", f"/courses/{course_id}/chapters", json=body) for _ in range(3)]
        self.things["/chapters/"] = made[1]["chapter"]["id"]
        question = {"type": "true_false", "text": "A program that runs is a process.", "is_true": True}
        quiz = {"course_id": course_id, "title": "Processes", "questions": [{"question": question}]}
        quiz_id = (await self.ask("POST", "/quizzes", json=quiz))["quiz"]["id"]
        attempt = await self.ask("POST", f"/quizzes/{quiz_id}/attempts")
        self.things |= {"/quizzes/": quiz_id, "/quizzes/attempts/": attempt["attempt"]["id"]}

    async def _timetable(self, course_id: str) -> None:
        lesson = {"course_id": course_id, "day_of_week": 1, "start_time": "10:00", "end_time": "11:00"}
        body = {"semester": "S1", "classes": [lesson]}
        classes = (await self.ask("POST", "/timetable", json=body))["timetable"]["classes"]
        files = {"file": ("t.ics", ICS.encode(), "text/calendar")}
        upload = await self.ask("POST", "/timetable/import", files=files, data={"semester": "S1"})
        self.things |= {"/timetable/classes/": classes[0]["id"], "/timetable/uploads/": upload["upload"]["id"]}

    async def _grades_and_tasks(self, course_id: str) -> None:
        if _served("POST", "/api/v1/performance/results"):
            result = {
                "course_id": course_id, "assessment_type": "quiz", "score": 8, "max_score": 10,
                "date": clock.today_in("UTC").isoformat(), "semester": "S1",
            }  # fmt: skip
            made = await self.ask("POST", "/performance/results", json=result)
            self.things["/performance/results/"] = made["result"]["id"]
        if _served("POST", "/api/v1/assignments"):
            due = (clock.now() + timedelta(days=3)).isoformat()
            task = {"course_id": course_id, "title": "Essay", "due_date": due, "priority": "high"}
            made = await self.ask("POST", "/assignments", json=task)
            self.things["/assignments/"] = made["assignment"]["id"]
        report = await self.ask("POST", "/progress/weekly/generate")
        self.things["/progress/weekly/"] = report["report"]["id"]
        export = await self.ask("POST", "/settings/export-data")
        self.things["/settings/exports/"] = export["export"]["id"]
        from studyhall.domains.tasks import public

        async with self.resources.unit_of_work() as uow:
            self.things["/tasks/"] = str(await public.create(uow, self.person.id, "test"))

    async def _people(self) -> None:
        """A private group of mine with a message, one that I am invited to, a friend, and a request that I sent."""
        group = (await self.ask("POST", "/groups", json={"name": "Trees", "visibility": "private"}))["group"]
        sent = await self.ask("POST", "/friends/add", json={"email": "nobody@example.net"})
        account = identity.NewAccount(f"{new_id()}@example.net", "Kim", "Other", time_zone="UTC")
        async with self.resources.unit_of_work() as uow:
            other = Actor(await identity.open_account(uow, account, password_hash=None, is_verified=True))
            theirs = await settings.create(
                uow, other, {"name": "X", "group_type": "community", "visibility": "private"}
            )
            invited = await invitations.invite(uow, other, theirs.group.id, self.person.id, None)
            await friends.ask(uow, other, user_id=self.person.id, email=None)
        await self.ask("POST", "/friends/add", json={"user_id": str(other.user_id)})
        written = await self.ask("POST", f"/groups/{group['id']}/messages", json={"content": "Hello"})
        self.things |= {
            "/groups/": group["id"],
            "/leaderboards/group/": group["id"],
            f"/groups/{group['id']}/members/": str(self.person.id),
            f"/groups/{group['id']}/messages/": written["message"]["id"],
            "/invitations/": str(invited.row.id),
            "/friends/": sent["request"]["id"],
        }

    def path(self, declared: Declared) -> str:
        """The declared path with the owner's ids in it."""
        filled = declared.path
        for name, thing in self.parameters(filled).items():
            filled = filled.replace(f"{{{name}}}", thing)
        assert "{" not in filled, f"say in this test how {declared.path} is tried as a stranger"
        return filled

    def parameters(self, path: str) -> dict[str, str]:
        """The owner's ids for the parameters of a path, as far as he has them."""
        found, filled = {}, path
        for name in re.findall(r"\{(\w+)\}", path):
            start = filled[: filled.index("{")].removeprefix("/api/v1")
            if start not in self.things:
                return {}
            found[name] = self.things[start]
            filled = filled.replace(f"{{{name}}}", self.things[start])
        return found


def _id_in(data: Any) -> str:
    if "id" in data:
        return str(data["id"])
    return next(str(one["id"]) for one in data.values() if isinstance(one, dict) and "id" in one)


def _served(method: str, path: str) -> bool:
    return any((one.method, one.path) == (method, path) for router in wiring.ROUTERS for one in router.declared)

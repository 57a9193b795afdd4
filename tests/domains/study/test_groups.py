"""Studying in a group's name, and who is seen to."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.domains.study.student import Student, Students

EVENING = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)
UNKNOWN = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
async def mira(students: Students) -> Student:
    """The leader of a public group, with jonas in it."""
    made, jonas = await students(EVENING), await students(EVENING)
    body = {"name": "Night owls", "visibility": "public"}
    made.person.extra["group"] = (await made.post("/groups", body, expect=201))["group"]["id"]
    await jonas._call("POST", f"/groups/{made.person.extra['group']}/join", {})
    made.person.extra["jonas"] = jonas
    return made


def group_of(mira: Student) -> str:
    return str(mira.person.extra["group"])


def jonas_of(mira: Student) -> Student:
    jonas: Student = mira.person.extra["jonas"]
    return jonas


async def seen(student: Student, group: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await student.get(f"/study-sessions/now?group_id={group}"))["studying"]
    return found


class TestPresence:
    async def test_members_see_who_studies(self, mira: Student) -> None:
        group, jonas = group_of(mira), jonas_of(mira)
        await jonas.post("/study-sessions/start", {"group_id": group}, expect=201)
        await jonas.wait(minutes=5, beating=True)
        (one,) = await seen(mira, group)
        assert (one["user_id"], one["is_paused"], one["duration_seconds"]) == (str(jonas.id), False, 300)
        members = (await mira.get(f"/groups/{group}"))["group"]["members"]
        assert {member["user_id"]: member["is_studying"] for member in members}[str(jonas.id)] is True
        await jonas.post("/study-sessions/current/pause")
        assert (await seen(mira, group))[0]["is_paused"] is True
        await jonas.post("/study-sessions/current/end")
        assert await seen(mira, group) == []

    async def test_it_ends_by_itself_when_heartbeats_stop(self, mira: Student) -> None:
        group, jonas = group_of(mira), jonas_of(mira)
        await jonas.post("/study-sessions/start", {"group_id": group}, expect=201)
        await mira.wait(minutes=15)
        assert len(await seen(mira, group)) == 1
        await mira.wait(seconds=1)
        assert await seen(mira, group) == []
        await jonas.post("/study-sessions/current/heartbeat", {"was_studying": True})
        assert len(await seen(mira, group)) == 1

    async def test_study_of_ones_own_is_nobodys_business(self, mira: Student) -> None:
        await jonas_of(mira).post("/study-sessions/start", expect=201)
        assert await seen(mira, group_of(mira)) == []

    async def test_leaving_ends_it_and_the_time_goes_on_in_nobodys_name(self, mira: Student) -> None:
        group, jonas = group_of(mira), jonas_of(mira)
        await jonas.post("/study-sessions/start", {"group_id": group}, expect=201)
        await jonas.wait(minutes=5, beating=True)
        await jonas.send("DELETE", f"/groups/{group}/leave")
        assert await seen(mira, group) == []
        await jonas.refused("GET", f"/study-sessions/now?group_id={group}", status=403)
        ended = (await jonas.post("/study-sessions/current/end"))["session"]
        assert (ended["group_id"], ended["duration_seconds"]) == (None, 300)

    async def test_strangers_and_nonsense(self, mira: Student, students: Students) -> None:
        nova = await students(EVENING)
        await nova.refused("GET", f"/study-sessions/now?group_id={group_of(mira)}", status=403)
        await nova.refused("GET", f"/study-sessions/now?group_id={UNKNOWN}", status=404)
        await nova.refused("GET", "/study-sessions/now?group_id=x", status=422)
        await nova.refused("GET", "/study-sessions/now", status=422)

    async def test_it_costs_the_same_for_two_as_for_one(self, mira: Student) -> None:
        group, path = group_of(mira), f"/study-sessions/now?group_id={group_of(mira)}"
        await mira.post("/study-sessions/start", {"group_id": group}, expect=201)
        one = await mira.statements("GET", path)
        await jonas_of(mira).post("/study-sessions/start", {"group_id": group}, expect=201)
        assert await mira.statements("GET", path) == one <= 10


class TestGroupTime:
    async def test_the_list_and_the_groups_figures_know_it(self, mira: Student) -> None:
        group = group_of(mira)
        body = {"started_at": "2026-11-18T10:00:00Z", "duration_seconds": 600, "group_id": group}
        session = (await mira.post("/study-sessions", body, expect=201))["session"]
        await mira.study(minutes=5)
        listed = (await mira.get(f"/study-sessions?group_id={group}"))["sessions"]
        assert [one["id"] for one in listed] == [session["id"]]
        figures = await mira.get(f"/groups/{group}/stats")
        assert "600" in str(figures)
        await mira.send("PATCH", f"/study-sessions/{session['id']}", {"group_id": None})
        assert (await mira.get(f"/study-sessions?group_id={group}"))["sessions"] == []

    async def test_a_group_one_has_left_is_refused_everywhere(self, mira: Student) -> None:
        group, jonas = group_of(mira), jonas_of(mira)
        kept = {"started_at": "2026-11-18T10:00:00Z", "duration_seconds": 600, "group_id": group}
        mine = (await jonas.post("/study-sessions", kept, expect=201))["session"]
        own = (await jonas.study(minutes=5))["id"]
        await jonas.send("DELETE", f"/groups/{group}/leave")
        later = {**kept, "started_at": "2026-11-18T12:00:00Z"}
        for method, path, body in (
            ("POST", "/study-sessions/start", {"group_id": group}),
            ("POST", "/study-sessions", later),
            ("PATCH", f"/study-sessions/{own}", {"group_id": group}),
        ):
            refused = await jonas.refused(method, path, body, status=403)
            assert refused["error_code"] == "NOT_IN_GROUP"
        assert (await jonas.get("/study-sessions/current"))["session"] is None
        # What was studied while he was in it stays, and stays editable.
        changed = await jonas.send("PATCH", f"/study-sessions/{mine['id']}", {"notes": "graphs"})
        assert changed["session"]["group_id"] == group

    async def test_a_private_group_is_not_there_for_strangers(self, mira: Student, students: Students) -> None:
        hidden = await mira.post("/groups", {"name": "Secret", "visibility": "private"}, expect=201)
        nova = await students(EVENING)
        for group in (hidden["group"]["id"], UNKNOWN):
            await nova.refused("POST", "/study-sessions/start", {"group_id": group}, status=404)

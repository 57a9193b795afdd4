"""The demo people: believable, the same once as twice, and never in production."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from studyhall.domains.identity.queries.accounts import by_email
from studyhall.domains.study import service as study
from studyhall.entrypoints import demo
from studyhall.platform import clock
from studyhall.platform.embedded import SetupError
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Environment

EVENING = datetime(2026, 11, 18, 20, 30, tzinfo=UTC)
TABLES = (
    "users",
    "courses",
    "enrollments",
    "timetable_classes",
    "study_plans",
    "study_sessions",
    "notifications",
    "group_members",
    "friendships",
)


async def _counts(resources: Resources) -> dict[str, int]:
    async with resources.unit_of_work() as uow:
        return {
            table: (await uow.session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() for table in TABLES
        }


async def _sign_in(client: Any, email: str) -> dict[str, str]:
    answer = await client.post("/api/v1/auth/login", json={"email": email, "password": demo.PASSWORD})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['data']['tokens']['access_token']}"}


async def test_an_evening_with_the_demo_people(
    resources: Resources, client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """One fill for all that is to be seen, because three weeks of five people take a few seconds to live."""
    with clock.frozen_at(EVENING):
        await demo.fill(resources)
        told = capsys.readouterr().out
        assert all(somebody.email in told for somebody in demo.EVERYBODY)
        assert demo.PASSWORD in told
        await _student_has_something_to_show(client)
        await _student_has_company(client)
        await _educator_may_author(client)
        await _figures_follow_from_the_sessions(resources)
        once = await _counts(resources)
        await demo.fill(resources)
        assert await _counts(resources) == once
        assert once["users"] >= len(demo.EVERYBODY)


async def _student_has_company(client: Any) -> None:
    headers = await _sign_in(client, demo.STUDENT.email)
    groups = (await client.get("/api/v1/groups", headers=headers, params={"only_joined": True})).json()["data"][
        "groups"
    ]
    assert {one["my_role"]: one["member_count"] for one in groups} == {"leader": 3, "member": 3}
    people = (await client.get("/api/v1/friends", headers=headers)).json()["data"]
    assert (len(people["friends"]), len(people["received"])) == (2, 1)


async def _student_has_something_to_show(client: Any) -> None:
    headers = await _sign_in(client, demo.STUDENT.email)
    shown = (await client.get("/api/v1/dashboard", headers=headers)).json()["data"]
    assert shown["stats"]["courses_enrolled"] == len(demo.STUDENT.subjects) + 1
    progress = (await client.get("/api/v1/progress/me/courses", headers=headers)).json()["data"]["courses"]
    assert {one["chapters_completed"] for one in progress if one["chapters_count"] == 5} == {2}
    assert shown["stats"]["hours_studied"] > 10
    assert 50 <= shown["stats"]["completion_rate"] <= 100
    assert shown["streak"]["current_streak"] >= 7
    assert shown["upcoming_classes"]
    assert shown["plans"]
    assert shown["unread_notifications"] >= 2


async def _educator_may_author(client: Any) -> None:
    headers = await _sign_in(client, demo.EDUCATOR.email)
    me = (await client.get("/api/v1/auth/me", headers=headers)).json()["data"]["user"]
    assert "courses.author" in me["permissions"]


async def _figures_follow_from_the_sessions(resources: Resources) -> None:
    for somebody in demo.EVERYBODY:
        async with resources.unit_of_work() as uow:
            user = await by_email(uow, somebody.email)
            assert user is not None
            assert await study.rebuild(uow, user.id) == []


async def test_it_works_in_the_night_of_a_clock_change(resources: Resources) -> None:
    with clock.frozen_at(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)):
        await demo.fill(resources)
        async with resources.unit_of_work() as uow:
            late = text("SELECT count(*) FROM study_sessions WHERE ended_at > :now")
            assert (await uow.session.execute(late, {"now": clock.now()})).scalar_one() == 0


@pytest.mark.parametrize("environment", [Environment.PRODUCTION, Environment.STAGING])
async def test_never_in_production(resources: Resources, environment: Environment) -> None:
    before = await _counts(resources)
    resources.settings = resources.settings.model_copy(update={"environment": environment})
    with pytest.raises(SetupError, match="installation of its own"):
        await demo.fill(resources)
    assert await _counts(resources) == before

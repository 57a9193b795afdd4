"""Hot reads have two ways to one answer."""

from datetime import timedelta
from typing import Any

import pytest

from studyhall.entrypoints import wiring
from studyhall.platform import clock
from studyhall.platform.resources import Resources

HOT = sorted(one.path for router in wiring.ROUTERS for one in router.declared if one.hot is not None)
PARAMETERS = {"/api/v1/dashboard": "x=1", "/api/v1/chapters/{chapter_id}": "x=1"}


async def _student(person: Any) -> Any:
    someone = await person(timezone="Europe/Berlin")
    for place in range(3):
        course = {"name": f"Course {place}", "code": f"C{place}", "credits": 3, "semester": "Fall 2026"}
        made = await someone.client.post("/api/v1/courses", json=course)
        plan = {
            "course_id": made.json()["data"]["course"]["id"], "topic": "Trees", "planned_duration": 60,
            "date": clock.today_in("Europe/Berlin").isoformat(), "start_time": f"{20 + place}:30", "priority": "high",
            "study_type": "new-material",
        }  # fmt: skip
        assert (await someone.client.post("/api/v1/planning/plans", json=plan)).status_code == 201
    return someone


async def _asked(someone: Any, path: str) -> str:
    """The path with the id of something that he may see."""
    if "{chapter_id}" not in path:
        return path
    (course, *_) = (await someone.client.get("/api/v1/courses")).json()["data"]["courses"]
    chapter = {"title": "Trees", "markdown": "# Trees"}
    made = await someone.client.post(f"/api/v1/courses/{course['id']}/chapters", json=chapter)
    return path.replace("{chapter_id}", str(made.json()["data"]["chapter"]["id"]))


def test_the_first_screen_is_hot() -> None:
    assert {"/api/v1/courses", "/api/v1/dashboard", "/api/v1/planning/plans"} <= set(HOT)


async def test_an_id_that_is_none_or_nobodys_is_refused_alike(person: Any) -> None:
    someone, stranger = await _student(person), await person()
    path = await _asked(someone, "/api/v1/chapters/{chapter_id}")
    for asked, status in ((path, 404), (path[:-1] + "x", 422), (path + "/", 404), (path.upper(), 404)):
        straight = await stranger.client.get(asked)
        ordinary = await stranger.client.get(f"{asked}?x=1")
        assert straight.status_code == ordinary.status_code == status, asked
        assert straight.json()["error_code"] == ordinary.json()["error_code"]
    assert (await someone.client.get(path)).headers["X-Version"] == "1"


@pytest.mark.parametrize("path", HOT)
async def test_both_ways_say_the_same(person: Any, path: str) -> None:
    someone = await _student(person)
    asked = await _asked(someone, path)
    straight = await someone.client.get(asked)
    ordinary = await someone.client.get(f"{asked}?{PARAMETERS.get(path, 'page=1')}")
    assert straight.status_code == ordinary.status_code == 200
    assert straight.json() == ordinary.json()
    assert straight.headers["ETag"] == ordinary.headers["ETag"]
    assert straight.headers.get("X-Version") == ordinary.headers.get("X-Version")
    for header in ("Cache-Control", "Content-Type", "X-Frame-Options", "Content-Security-Policy"):
        assert straight.headers[header] == ordinary.headers[header]


@pytest.mark.parametrize("path", HOT)
async def test_the_straight_way_keeps_the_rules_of_the_pipeline(person: Any, resources: Resources, path: str) -> None:
    someone = await _student(person)
    path = await _asked(someone, path)
    first = await someone.client.get(path)
    again = await someone.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    refused = await someone.client.get(path, headers={"Authorization": "Bearer nonsense"})
    assert (refused.status_code, refused.json()["error_code"]) == (401, "TOKEN_INVALID")
    with clock.frozen_at(clock.now() + timedelta(minutes=40)):
        late = await someone.client.get(path)
    assert (late.status_code, late.json()["error_code"]) == (401, "TOKEN_EXPIRED")
    resources.settings.rate_limits_enabled = True
    resources.settings.rate_limits["read"] = "2/minute"
    answers = [await someone.client.get(path) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["RateLimit-Limit"] == "2"


@pytest.mark.parametrize("path", HOT)
async def test_a_limited_token_goes_the_ordinary_way(person: Any, path: str) -> None:
    someone = await _student(person)
    path = await _asked(someone, path)
    for abilities, status in ((["read"], 200), (["write"], 403)):
        made = await someone.client.post("/api/v1/auth/tokens", json={"name": "script", "abilities": abilities})
        assert made.status_code == 201, made.text
        token = made.json()["data"]["token"]
        text = token if isinstance(token, str) else token.get("token", made.json()["data"].get("plain_text_token"))
        answer = await someone.client.get(path, headers={"Authorization": f"Bearer {text}"})
        assert answer.status_code == status, answer.text

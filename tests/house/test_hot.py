"""Hot reads have two ways to one answer."""

from datetime import timedelta
from typing import Any

import pytest

from studyhall.entrypoints import wiring
from studyhall.platform import clock
from studyhall.platform.resources import Resources

HOT = sorted(one.path for router in wiring.ROUTERS for one in router.declared if one.hot is not None)
PARAMETERS = {"/api/v1/dashboard": "x=1"}


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


def test_the_first_screen_is_hot() -> None:
    assert {"/api/v1/courses", "/api/v1/dashboard", "/api/v1/planning/plans"} <= set(HOT)


@pytest.mark.parametrize("path", HOT)
async def test_both_ways_say_the_same(person: Any, path: str) -> None:
    someone = await _student(person)
    straight = await someone.client.get(path)
    ordinary = await someone.client.get(f"{path}?{PARAMETERS.get(path, 'page=1')}")
    assert straight.status_code == ordinary.status_code == 200
    assert straight.json() == ordinary.json()
    assert straight.headers["ETag"] == ordinary.headers["ETag"]
    for header in ("Cache-Control", "Content-Type", "X-Frame-Options", "Content-Security-Policy"):
        assert straight.headers[header] == ordinary.headers[header]


@pytest.mark.parametrize("path", HOT)
async def test_the_straight_way_keeps_the_rules_of_the_pipeline(person: Any, resources: Resources, path: str) -> None:
    someone = await _student(person)
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
    for abilities, status in ((["read"], 200), (["write"], 403)):
        made = await someone.client.post("/api/v1/auth/tokens", json={"name": "script", "abilities": abilities})
        assert made.status_code == 201, made.text
        token = made.json()["data"]["token"]
        text = token if isinstance(token, str) else token.get("token", made.json()["data"].get("plain_text_token"))
        answer = await someone.client.get(path, headers={"Authorization": f"Bearer {text}"})
        assert answer.status_code == status, answer.text

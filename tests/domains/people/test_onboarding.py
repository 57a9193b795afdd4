"""The first steps."""

from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.people import rules

API = "/api/v1"


async def _answer(client: httpx2.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"{API}/onboarding", json=body)
    assert answer.status_code == 200, answer.text
    state: dict[str, Any] = answer.json()["data"]["onboarding"]
    return state


async def _tags(client: httpx2.AsyncClient) -> list[str]:
    data = (await client.get(f"{API}/users/me/tags")).json()["data"]
    return [tag["tag_name"] for tag in data["tags"]]


async def test_step_by_step_to_the_end(person: Any) -> None:
    ada = await person()
    begun = (await ada.client.get(f"{API}/onboarding")).json()["data"]["onboarding"]
    assert (begun["completed"], begun["next_step"], begun["subjects"]) == (False, "profile", [])
    state = await _answer(ada.client, timezone="Europe/Berlin", university="London", day_start_hour=4)
    assert (state["next_step"], state["timezone"], state["day_start_hour"]) == ("subjects", "Europe/Berlin", 4)
    state = await _answer(ada.client, subjects=["Linear Algebra", "Physics", "physics"])
    assert (state["next_step"], state["subjects"]) == ("goals", ["Linear Algebra", "Physics"])
    state = await _answer(ada.client, goals=["Pass in July"])
    assert (state["next_step"], state["completed"]) == ("preferences", False)
    chosen = {
        "available_times": ["Mon 18:00-22:00", {"day": "Friday", "start": "9:00", "end": "12:30"}],
        "skill_levels": {"Physics": "Beginner"},
        "learning_style": "visual",
        "daily_goal_minutes": 90,
    }
    state = await _answer(ada.client, study_preferences=chosen)
    assert (state["next_step"], state["completed"]) == ("done", True)
    assert state["study_preferences"]["available_times"] == [
        {"day": "monday", "start": "18:00:00", "end": "22:00:00"},
        {"day": "friday", "start": "09:00:00", "end": "12:30:00"},
    ]
    me = (await ada.client.get(f"{API}/auth/me")).json()["data"]["user"]
    assert (me["onboarding_completed"], me["onboarding_step"], me["preferences"]["timezone"]) == (
        True,
        "done",
        "Europe/Berlin",
    )
    assert await _tags(ada.client) == ["Linear Algebra", "Physics"]


async def test_all_in_one_call_and_again(person: Any) -> None:
    ada = await person()
    body: dict[str, Any] = {"subjects": ["Physics"], "goals": ["Pass"], "study_preferences": {"study_pace": "fast"}}
    first = await _answer(ada.client, **body)
    assert (first["completed"], first["next_step"]) == (True, "done")
    assert await _answer(ada.client, **body) == first
    assert await _tags(ada.client) == ["Physics"]
    later = await _answer(ada.client, goals=["Pass well"])
    assert (later["completed"], later["goals"], later["study_preferences"]["study_pace"]) == (
        True,
        ["Pass well"],
        "fast",
    )


async def test_a_subject_taken_back_takes_its_tag_along_unless_it_was_used(person: Any) -> None:
    ada = await person()
    await ada.client.post(f"{API}/users/me/tags", json={"tag_name": "chess", "rating_score": 5})
    await _answer(ada.client, subjects=["Maths", "Chess", "Art"])
    assert await _tags(ada.client) == ["Art", "Maths", "chess"] or await _tags(ada.client) == ["chess", "Art", "Maths"]
    await _answer(ada.client, subjects=["Mathematics"])
    assert sorted(await _tags(ada.client)) == ["Mathematics", "chess"]


async def test_steps_may_be_passed_over(person: Any) -> None:
    ada = await person()
    assert (await _answer(ada.client, skip=["profile", "subjects"]))["next_step"] == "goals"
    assert (await _answer(ada.client, timezone="UTC"))["next_step"] == "goals", "never back"
    assert (await _answer(ada.client, skip=["preferences"]))["completed"] is True


async def test_too_many_subjects_change_nothing(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from studyhall.domains.people.service import tags

    monkeypatch.setattr(tags, "MOST_TAGS", 1)
    ada = await person()
    refused = await ada.client.post(f"{API}/onboarding", json={"subjects": ["a", "b"], "timezone": "Asia/Tokyo"})
    assert (refused.status_code, refused.json()["error_code"]) == (409, "TOO_MANY_TAGS")
    state = (await ada.client.get(f"{API}/onboarding")).json()["data"]["onboarding"]
    assert (state["next_step"], state["timezone"], state["subjects"]) == ("profile", "UTC", [])


@pytest.mark.parametrize(
    "body",
    [{}, {"timezone": "Nowhere"}, {"subjects": "Physics"}, {"subjects": [""]}, {"subjects": None}, {"goals": [1]},
     {"subjects": [str(n) for n in range(31)]}, {"study_preferences": {"available_times": ["sometimes"]}},
     {"study_preferences": {"available_times": [{"day": "monday", "start": "10:00", "end": "10:00"}]}},
     {"study_preferences": {"daily_goal_minutes": 1441}}, {"study_preferences": {"skill_levels": {"x": "godlike"}}},
     {"study_preferences": {"is_findable": None}}, {"skip": ["everything"]}, {"completed": True}],
)  # fmt: skip
async def test_bad_answers_are_refused(person: Any, body: dict[str, Any]) -> None:
    ada = await person()
    answer = await ada.client.post(f"{API}/onboarding", json=body)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "VALIDATION_ERROR")


@given(st.sampled_from([*rules.ONBOARDING_STEPS, rules.ONBOARDED]), st.sets(st.sampled_from(rules.ONBOARDING_STEPS)))
def test_onboarding_never_goes_back_and_repeats_change_nothing(current: str, given_steps: set[str]) -> None:
    order = (*rules.ONBOARDING_STEPS, rules.ONBOARDED)
    after = rules.step_after(current, given_steps)
    assert order.index(after) >= order.index(current)
    assert rules.step_after(after, given_steps) == after
    assert all(order.index(after) > order.index(step) for step in given_steps)

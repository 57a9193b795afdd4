"""Profiles, tags, blocks."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import text

from studyhall.platform.resources import Resources

API = "/api/v1"


async def _me(client: httpx2.AsyncClient) -> dict[str, Any]:
    answer = await client.get(f"{API}/users/me")
    assert answer.status_code == 200, answer.text
    user: dict[str, Any] = answer.json()["data"]["user"]
    return user


async def test_my_profile_has_role_tags_and_totals(person: Any) -> None:
    ada = await person("Educator", name="Ada King Lovelace", university="London")
    await ada.client.post(f"{API}/users/me/tags", json={"tag_name": "Analysis", "rating_score": 9})
    me = await _me(ada.client)
    assert (me["first_name"], me["last_name"], me["university"]) == ("Ada King", "Lovelace", "London")
    assert (me["primary_role"]["name"], me["roles"]) == ("Educator", ["Student", "Educator"])
    assert [(tag["tag_name"], tag["rating_score"]) for tag in me["tags"]] == [("Analysis", 9)]
    assert (me["total_study_seconds"], me["two_factor_enabled"], me["preferences"]) == (0, False, {})
    assert not [key for key in me if "password" in key or "hash" in key]


async def test_only_the_fields_sent_are_changed(person: Any) -> None:
    ada = await person(name="Ada Lovelace", university="London")
    changes = {
        "name": "Augusta Ada King",
        "semester": "4th Semester",
        "country": "gb",
        "phone_number": "+44 20 7946",
        "profile_picture_url": "https://example.org/ada.png",
        "preferences": {"theme": "dark", "tour": 1},
    }
    answer = await ada.client.patch(f"{API}/users/me", json=changes)
    me = answer.json()["data"]["user"]
    assert (me["first_name"], me["last_name"], me["name"]) == ("Augusta Ada", "King", "Augusta Ada King")
    assert (me["university"], me["semester"], me["country"]) == ("London", "4th Semester", "GB")
    assert (me["avatar_url"], me["preferences"]) == ("https://example.org/ada.png", {"theme": "dark", "tour": 1})
    again = await ada.client.patch(
        f"{API}/users/me", json={"semester": None, "preferences": {"tour": None}, "last_name": ""}
    )
    me = again.json()["data"]["user"]
    assert (me["semester"], me["preferences"], me["name"], me["country"]) == (
        None,
        {"theme": "dark"},
        "Augusta Ada",
        "GB",
    )


async def test_the_profile_answers_under_its_other_names(person: Any) -> None:
    ada = await person()
    assert (await ada.client.get(f"{API}/settings/profile")).json()["data"]["user"]["id"] == str(ada.id)
    answer = await ada.client.put(f"{API}/settings/profile", json={"name": "John Michael Doe", "university": "UoT"})
    assert answer.json()["data"]["user"]["first_name"] == "John Michael"
    camel = await ada.client.patch("/api/users/me", json={"firstName": "Jo", "profilePictureUrl": "http://a.org/b.png"})
    assert camel.json()["data"]["user"]["avatar_url"] == "http://a.org/b.png"


@pytest.mark.parametrize(
    "body",
    [{"name": None}, {"name": " "}, {"first_name": ""}, {"username": "a!"}, {"username": "ab"}, {"email": "x@e.org"},
     {"avatar_url": "javascript:alert(1)"}, {"avatar_url": "https://"}, {"country": "Germany"}, {"country": "1A"},
     {"phone_number": "call me"}, {"city": "x" * 256}, {"is_active": True}, {"preferences": []}, {"preferences": None},
     {"name": "a" * 200 + " b"}],
)  # fmt: skip
async def test_a_bad_change_is_refused_whole(person: Any, body: dict[str, Any]) -> None:
    ada = await person()
    before = await _me(ada.client)
    answer = await ada.client.patch(f"{API}/users/me", json={"university": "changed", **body})
    assert (answer.status_code, answer.json()["error_code"]) == (422, "VALIDATION_ERROR")
    assert await _me(ada.client) == before


async def test_a_username_is_unique_whatever_its_case(person: Any) -> None:
    ada, bob = await person(username="ada.l"), await person()
    taken = await bob.client.patch(f"{API}/users/me", json={"username": "ADA.L", "city": "Paris"})
    assert (taken.status_code, taken.json()["error_code"], list(taken.json()["errors"])) == (
        409,
        "USERNAME_TAKEN",
        ["username"],
    )
    assert (await _me(bob.client))["city"] is None
    assert (await ada.client.patch(f"{API}/users/me", json={"username": "Ada.L"})).status_code == 200


async def test_of_two_who_want_one_username_at_once_one_gets_it(committed: Any) -> None:
    people = [await committed.person() for _ in range(4)]
    answers = await asyncio.gather(
        *(one.client.patch(f"{API}/users/me", json={"username": "wanted"}) for one in people)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_others_see_the_safe_fields_of_a_public_profile(person: Any) -> None:
    ada, bob = await person(university="London"), await person()
    await ada.client.patch(f"{API}/users/me", json={"phone_number": "+44 123", "city": "London", "address": "St James"})
    await ada.client.post(f"{API}/users/me/tags", json={"tag_name": "Analysis", "tag_value": "a lot"})
    seen = (await bob.client.get(f"{API}/users/{ada.id}")).json()["data"]["user"]
    assert set(seen) == {
        "id",
        "username",
        "name",
        "avatar_url",
        "university",
        "tags",
        "total_study_seconds",
        "member_since",
    }
    assert seen["tags"] == [{"tag_name": "Analysis", "tag_value": "a lot", "rating_score": None}]


async def test_private_blocked_unknown_and_gone_look_the_same(person: Any, resources: Resources) -> None:
    ada, bob = await person(), await person()

    async def status(viewer: Any, whom: Any) -> int:
        return int((await viewer.client.get(f"{API}/users/{whom}")).status_code)

    assert await status(bob, ada.id) == 200
    await ada.client.put(f"{API}/settings/preferences", json={"profile_visibility": "private"})
    assert (await status(bob, ada.id), await status(ada, ada.id)) == (404, 200)
    await ada.client.put(f"{API}/settings/preferences", json={"profile_visibility": "public"})
    await bob.client.post(f"{API}/blocks", json={"user_id": str(ada.id)})
    assert (await status(bob, ada.id), await status(ada, bob.id)) == (404, 404)
    await bob.client.delete(f"{API}/blocks/{ada.id}")
    assert await status(bob, ada.id) == 200
    async with resources.unit_of_work() as uow:
        await uow.session.execute(text("UPDATE users SET is_active = false WHERE id = :id"), {"id": ada.id})
    assert (await status(bob, ada.id), await status(bob, uuid4()), await status(bob, "nonsense")) == (404, 404, 422)
    async with resources.unit_of_work() as uow:
        await uow.session.execute(
            text("UPDATE users SET is_active = true, deleted_at = now() WHERE id = :id"), {"id": ada.id}
        )
    assert await status(bob, ada.id) == 404


async def test_tags_are_added_once_and_removed(person: Any) -> None:
    ada, eve = await person(), await person()
    body = {"tag_name": " JavaScript ", "tag_value": "Intermediate", "rating_score": 7, "source_type": "Manual"}
    answer = await ada.client.post(f"{API}/users/me/tags", json=body)
    assert answer.status_code == 201, answer.text
    tag = answer.json()["data"]["tag"]
    assert (tag["tag_name"], tag["source_type"], tag["is_verified"]) == ("JavaScript", "manual", False)
    taken = await ada.client.post(f"{API}/users/me/tags", json={"tag_name": "javascript"})
    assert (taken.status_code, taken.json()["error_code"]) == (409, "TAG_TAKEN")
    assert (await eve.client.post(f"{API}/users/me/tags", json={"tagName": "x"})).status_code == 422
    assert (await eve.client.post("/api/users/me/tags", json={"tagName": "JavaScript"})).status_code == 201
    assert (await eve.client.delete(f"{API}/users/me/tags/{tag['id']}")).status_code == 404
    listed = (await ada.client.get(f"{API}/users/me/tags")).json()["data"]
    assert ([one["id"] for one in listed["tags"]], listed["pagination"]["total"]) == ([tag["id"]], 1)
    assert (await ada.client.delete(f"{API}/users/me/tags/{tag['id']}")).status_code == 200
    assert (await ada.client.delete(f"{API}/users/me/tags/{tag['id']}")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tag_name": ""},
        {"tag_name": "x", "rating_score": 0},
        {"tag_name": "x", "rating_score": 11},
        {"tag_name": "x", "source_type": "magic"},
        {"tag_name": "x", "is_verified": True},
    ],
)
async def test_a_bad_tag_is_refused(person: Any, body: dict[str, Any]) -> None:
    ada = await person()
    assert (await ada.client.post(f"{API}/users/me/tags", json=body)).status_code == 422


async def test_there_is_a_bound_to_tags(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from studyhall.domains.people.service import tags

    monkeypatch.setattr(tags, "MOST_TAGS", 2)
    ada = await person()
    for name in ("one", "two"):
        assert (await ada.client.post(f"{API}/users/me/tags", json={"tag_name": name})).status_code == 201
    full = await ada.client.post(f"{API}/users/me/tags", json={"tag_name": "three"})
    assert (full.status_code, full.json()["error_code"]) == (409, "TOO_MANY_TAGS")
    assert len((await _me(ada.client))["tags"]) == 2


async def test_blocking_and_reporting(person: Any, resources: Resources) -> None:
    ada, eve = await person(), await person(name="Eve Noir")
    answer = await ada.client.post(f"{API}/blocks", json={"user_id": str(eve.id)})
    assert (answer.status_code, answer.json()["data"]["block"]["is_reported"]) == (201, False)
    body = {"user_id": str(eve.id), "report": True, "reason": "Sends spam."}
    reported = (await ada.client.post(f"{API}/blocks", json=body)).json()["data"]["block"]
    assert (reported["is_reported"], reported["reason"], reported["name"]) == (True, "Sends spam.", "Eve Noir")
    again = (await ada.client.post(f"{API}/blocks", json={"user_id": str(eve.id)})).json()["data"]["block"]
    assert (again["is_reported"], again["reason"]) == (True, "Sends spam."), "a report stays one"
    listed = (await ada.client.get(f"{API}/blocks")).json()["data"]
    assert ([one["user_id"] for one in listed["blocks"]], listed["pagination"]["total"]) == ([str(eve.id)], 1)
    assert (await eve.client.get(f"{API}/blocks")).json()["data"]["blocks"] == [], "the blocked one is not told"
    assert (await eve.client.delete(f"{API}/blocks/{ada.id}")).status_code == 404
    assert (await ada.client.delete(f"{API}/blocks/{eve.id}")).status_code == 200
    assert (await ada.client.delete(f"{API}/blocks/{eve.id}")).status_code == 404
    async with resources.unit_of_work() as uow:
        rows = await uow.session.execute(
            text("SELECT event, description FROM activity_logs WHERE subject_id = :id ORDER BY id"), {"id": eve.id}
        )
        events = [tuple(row) for row in rows.all()]
    assert [event for event, _ in events] == ["users.blocked", "users.reported", "users.unblocked"]
    assert "Eve" not in str(events)


async def test_whom_one_cannot_block(person: Any) -> None:
    ada = await person()
    assert (await ada.client.post(f"{API}/blocks", json={"user_id": str(ada.id)})).status_code == 422
    assert (await ada.client.post(f"{API}/blocks", json={"user_id": str(uuid4())})).status_code == 404
    assert (await ada.client.post(f"{API}/blocks", json={"user_id": "nobody"})).status_code == 422


async def test_a_tag_may_name_one_of_the_catalogue(person: Any, resources: Resources) -> None:
    ada = await person()
    async with resources.unit_of_work() as uow:
        known = (await uow.session.execute(text("SELECT id FROM tags LIMIT 1"))).scalar_one()
    made = await ada.client.post(f"{API}/users/me/tags", json={"tag_name": "x", "master_tag_id": str(known)})
    assert made.json()["data"]["tag"]["master_tag_id"] == str(known)
    refused = await ada.client.post(f"{API}/users/me/tags", json={"tag_name": "y", "master_tag_id": str(uuid4())})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["master_tag_id"])

"""Asking without telling who has an account, answering, parting."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from studyhall.domains.friends import public
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from tests.domains.groups.group import ask, refused, sign_in_again


async def _friends(one: Any) -> list[str]:
    return [friend["user_id"] for friend in (await ask(one, "GET", "/friends"))["friends"]]


async def _received(one: Any) -> list[dict[str, Any]]:
    return list((await ask(one, "GET", "/friends"))["received"])


async def test_a_request_is_accepted(person: Any, run_jobs: Any, resources: Resources) -> None:
    ada, ben = await person(), await person()
    asked = await ask(ada, "POST", "/friends/add", json={"user_id": str(ben.id)})
    assert (asked["status"], asked["friend"], asked["request"]["user_id"]) == ("pending", None, str(ben.id))
    await run_jobs()
    told = (await ask(ben, "GET", "/notifications"))["notifications"]
    assert any("wants to be your friend" in one["title"] for one in told)
    [request] = await _received(ben)
    assert request["person"]["user_id"] == str(ada.id)
    done = await ask(ben, "POST", f"/friends/{request['id']}/respond", json={"response": "accept"})
    assert done["friend"]["user_id"] == str(ada.id)
    assert (await _friends(ada), await _friends(ben)) == ([str(ben.id)], [str(ada.id)])
    assert (await ask(ada, "GET", "/friends"))["sent"] == []
    assert any(
        "is your friend now" in one["title"] for one in (await ask(ada, "GET", "/notifications"))["notifications"]
    )
    assert await refused(ada, "POST", "/friends/add", "ALREADY_FRIENDS", json={"user_id": str(ben.id)}) == 409
    async with resources.unit_of_work() as uow:
        assert await public.friends_of(uow, ada.id) == [ben.id]
        assert await public.are_friends(uow, ben.id, ada.id)
    await ask(ada, "DELETE", f"/friends/{ben.id}")
    assert (await _friends(ada), await _friends(ben)) == ([], [])
    assert await refused(ada, "DELETE", f"/friends/{ben.id}", "FRIEND_NOT_FOUND") == 404


async def test_whoever_is_asked_the_answer_is_the_same(person: Any, run_jobs: Any) -> None:
    """Known, unknown, blocking and declining people, by id and by address: same status, shape, and statements."""
    ada, ben, foe, cool = [await person() for _ in range(4)]
    await ask(foe, "POST", "/blocks", json={"user_id": str(ada.id)})
    bodies = [
        {"user_id": str(ben.id)}, {"user_id": str(uuid4())}, {"user_id": str(foe.id)},
        {"email": cool.email}, {"email": "nobody@example.org"}, {"email": foe.email.upper()},
    ]  # fmt: skip
    seen = []
    for body in bodies:
        answer = await ada.client.post("/api/v1/friends/add", json=body)
        data = answer.json()["data"]
        assert answer.status_code == 201, answer.text
        seen.append((
            data["status"], data["friend"], sorted(data["request"]), answer.json()["message"],
            answer.headers["server-timing"].split('desc="')[1].split('"')[0],
        ))  # fmt: skip
    assert len(set(map(str, seen[:3]))) == 1 and len(set(map(str, seen[3:]))) == 1, seen
    await run_jobs()
    assert await _received(foe) == []
    assert len((await ask(ada, "GET", "/friends"))["sent"]) == len(bodies)
    [request] = await _received(cool)
    await ask(cool, "POST", f"/friends/{request['id']}/respond", json={"response": "decline"})
    assert len((await ask(ada, "GET", "/friends"))["sent"]) == len(bodies), "nobody tells ada"
    again = await ask(ada, "POST", "/friends/add", json={"email": cool.email})
    assert again["status"] == "pending" and await _received(cool) == []
    assert await refused(cool, "POST", f"/friends/{request['id']}/respond", "FRIEND_REQUEST_NOT_FOUND",
                         json={"response": "accept"}) == 404  # fmt: skip


async def test_crossing_requests_are_a_friendship(person: Any) -> None:
    ada, ben = await person(), await person()
    await ask(ada, "POST", "/friends/add", json={"email": ben.email})
    crossed = await ask(ben, "POST", "/friends/add", json={"user_id": str(ada.id)})
    assert (crossed["status"], crossed["friend"]["user_id"]) == ("accepted", str(ada.id))
    assert await _friends(ada) == [str(ben.id)]
    # By an address nobody learns that it is his friend's.
    assert (await ask(ada, "POST", "/friends/add", json={"email": ben.email}))["status"] == "pending"


async def test_a_block_parts_friends(person: Any) -> None:
    ada, ben = await person(), await person()
    await ask(ada, "POST", "/friends/add", json={"user_id": str(ben.id)})
    await ask(ben, "POST", "/friends/add", json={"user_id": str(ada.id)})
    await ask(ben, "POST", "/blocks", json={"user_id": str(ada.id)})
    assert (await _friends(ada), await _friends(ben)) == ([], [])


async def test_who_was_asked_before_he_had_an_account_finds_the_request(person: Any, resources: Resources) -> None:
    ada = await person()
    await ask(ada, "POST", "/friends/add", json={"email": "Late@Example.org"})
    late = await person(email="late@example.org")
    assert await _received(late) == [], "the address is not proved to be his"
    from studyhall.domains.identity import public as identity

    async with resources.unit_of_work() as uow:
        await identity.confirm_email(uow, late.id)
    assert [one["person"]["user_id"] for one in await _received(late)] == [str(ada.id)]


async def test_requests_run_out(person: Any) -> None:
    ada, ben = await person(), await person()
    await ask(ada, "POST", "/friends/add", json={"user_id": str(ben.id)})
    [request] = await _received(ben)
    with clock.frozen_at(clock.now() + timedelta(days=30, minutes=1)):
        await sign_in_again(ada, ben)
        assert await _received(ben) == []
        path = f"/friends/{request['id']}/respond"
        assert await refused(ben, "POST", path, "FRIEND_REQUEST_EXPIRED", json={"response": "accept"}) == 410
        assert (await ask(ada, "GET", "/friends"))["sent"] == []


async def test_bad_input(person: Any) -> None:
    ada, ben = await person(), await person()
    for body in ({}, {"user_id": str(ada.id)}, {"email": ada.email}, {"user_id": "x"}, {"email": "x"},
                 {"user_id": str(ben.id), "email": ben.email}, {"email": "a" * 300 + "@example.org"}):  # fmt: skip
        assert await refused(ada, "POST", "/friends/add", "VALIDATION_ERROR", json=body) == 422, body
    asked = await ask(ada, "POST", "/friends/add", json={"user_id": str(ben.id)})
    path = f"/friends/{asked['request']['id']}/respond"
    answer = {"response": "accept"}
    assert await refused(ada, "POST", path, "FRIEND_REQUEST_NOT_FOUND", json=answer) == 404, "he cannot answer himself"
    assert await refused(ben, "POST", path, "VALIDATION_ERROR", json={"response": "maybe"}) == 422
    await ask(ada, "DELETE", f"/friends/{asked['request']['id']}")
    assert await _received(ben) == []

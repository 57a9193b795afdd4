"""What two people do at one moment."""

import asyncio
from typing import Any

from sqlalchemy import text

from tests.conftest import Committed
from tests.domains.groups.group import API, ask


async def _sides(committed: Committed) -> int:
    async with committed.resources.unit_of_work() as uow:
        found: Any = await uow.session.scalar(text("SELECT count(*) FROM friendships"))
        return int(found)


async def test_requests_that_cross_at_one_moment_are_one_friendship(committed: Committed) -> None:
    ada, ben = await committed.person(), await committed.person()
    path = f"{API}/friends/add"
    answers = await asyncio.gather(
        ada.client.post(path, json={"user_id": str(ben.id)}),
        ben.client.post(path, json={"email": ada.email}),
        ada.client.post(path, json={"email": ben.email}),
    )
    # Whoever asks when they are friends already is told so.
    codes = sorted(one.status_code for one in answers)
    assert codes in ([201, 201, 201], [201, 201, 409])
    assert await _sides(committed) == 2
    assert [one["user_id"] for one in (await ask(ben, "GET", "/friends"))["friends"]] == [str(ada.id)]


async def test_a_request_is_answered_once(committed: Committed) -> None:
    ada, ben = await committed.person(), await committed.person()
    asked = await ask(ada, "POST", "/friends/add", json={"user_id": str(ben.id)})
    path = f"{API}/friends/{asked['request']['id']}/respond"
    answers = await asyncio.gather(
        *(ben.client.post(path, json={"response": answer}) for answer in ("accept", "decline", "accept"))
    )
    codes = sorted(one.status_code for one in answers)
    assert codes == [200, 404, 404]
    is_accepted = any(one.status_code == 200 and one.json()["data"]["friend"] for one in answers)
    assert await _sides(committed) == (2 if is_accepted else 0)


async def test_the_same_request_twice_is_one(committed: Committed) -> None:
    ada, ben = await committed.person(), await committed.person()
    for body in ({"user_id": str(ben.id)}, {"email": "nobody@example.org"}):
        answers = await asyncio.gather(*(ada.client.post(f"{API}/friends/add", json=body) for _ in range(4)))
        assert {one.status_code for one in answers} == {201}
        assert len({one.json()["data"]["request"]["id"] for one in answers}) == 1

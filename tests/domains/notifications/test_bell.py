"""The bell, through HTTP."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from studyhall.domains.notifications import privacy, public
from studyhall.domains.notifications.public import NotificationType
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from tests.conftest import MakePerson, Person

PATH = "/api/v1/notifications"


@dataclass
class Pushes:
    """Stands where Socket.IO is."""

    sent: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    async def push(self, room: str, message: Any, payload: Any) -> None:
        self.sent.append((room, message.event, payload.model_dump(mode="json")))

    async def disconnect_session(self, session_id: UUID) -> None:
        """Nothing to close here."""


@pytest.fixture
def pushes(resources: Resources) -> Pushes:
    recorded = Pushes()
    resources.realtime = recorded  # type: ignore[assignment]
    return recorded


async def tell(resources: Resources, people: list[Person], title: str = "Hello", **changes: Any) -> int:
    kind = changes.pop("kind", NotificationType.REMINDER)
    async with resources.unit_of_work() as uow:
        return await public.notify(uow, [one.id for one in people], kind, title, "Text", **changes)


async def bell(person: Person, **query: Any) -> dict[str, Any]:
    answer = await person.client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def test_a_new_account_is_welcomed(person: MakePerson) -> None:
    data = await bell(await person())
    (row,) = data["notifications"]
    assert (row["type"], row["title"], row["action_url"]) == ("system", "Welcome to Studyhall", "/onboarding")
    assert (row["is_read"], row["read_at"], data["unread_count"]) == (False, None, 1)
    assert row["created_at"].endswith("Z")
    assert data["pagination"] == {"total": 1, "per_page": 20, "current_page": 1, "last_page": 1}


async def test_filters_and_pages(resources: Resources, person: MakePerson) -> None:
    anna, other = await person(), await person()
    start = clock.now()
    for number in range(5):
        with clock.frozen_at(start + timedelta(minutes=number + 1)):
            await tell(resources, [anna], f"No {number}", action_url="/plan", metadata={"n": number})
    await tell(resources, [other], "Not Anna's")
    await tell(resources, [anna], "A group", kind=NotificationType.GROUP)

    first = await bell(anna, limit=2)
    assert [row["title"] for row in first["notifications"]] == ["No 4", "No 3"]
    assert first["notifications"][0]["metadata"] == {"n": 4}
    assert first["pagination"] == {"total": 7, "per_page": 2, "current_page": 1, "last_page": 4}
    assert [row["title"] for row in (await bell(anna, page=2, per_page=2))["notifications"]] == ["No 2", "No 1"]
    assert [row["title"] for row in (await bell(anna, type="group"))["notifications"]] == ["A group"]
    await anna.client.patch(f"{PATH}/{first['notifications'][0]['id']}/read")
    unread = await bell(anna, unread="true")
    assert (unread["pagination"]["total"], unread["unread_count"]) == (6, 6)
    read = await bell(anna, unread="false")
    assert ([row["title"] for row in read["notifications"]], read["unread_count"]) == (["No 4"], 6)


@pytest.mark.parametrize("query", [{"type": "nonsense"}, {"unread": "maybe"}, {"limit": 0}, {"limit": 101}])
async def test_bad_filters(person: MakePerson, query: dict[str, Any]) -> None:
    answer = await (await person()).client.get(PATH, params=query)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "VALIDATION_ERROR")


async def test_marking_one(resources: Resources, person: MakePerson) -> None:
    anna, other = await person(), await person()
    (row,) = (await bell(anna))["notifications"]
    path = f"{PATH}/{row['id']}/read"
    assert (await other.client.patch(path)).status_code == 404
    answer = (await anna.client.patch(path)).json()
    assert answer["message"] == "Notification marked as read"
    marked = answer["data"]["notification"]
    assert (marked["id"], marked["is_read"]) == (row["id"], True)
    with clock.frozen_at(clock.now() + timedelta(minutes=5)):
        again = (await anna.client.patch(path)).json()["data"]["notification"]
    assert again["read_at"] == marked["read_at"]
    assert (await bell(anna))["unread_count"] == 0
    assert (await anna.client.patch(f"{PATH}/no-id/read")).status_code == 422


async def test_marking_all(resources: Resources, person: MakePerson) -> None:
    anna, other = await person(), await person()
    await tell(resources, [anna, other])
    answer = (await anna.client.post(f"{PATH}/mark-all-read")).json()
    assert (answer["data"], answer["message"]) == ({"updated_count": 2}, "All notifications marked as read")
    assert (await anna.client.post(f"{PATH}/mark-all-read")).json()["data"] == {"updated_count": 0}
    assert (await bell(anna))["unread_count"] == 0
    assert (await bell(other))["unread_count"] == 2


async def test_a_token_is_needed(client: httpx2.AsyncClient) -> None:
    assert (await client.get(PATH)).status_code == 401
    assert (await client.post(f"{PATH}/mark-all-read")).status_code == 401


async def test_people_are_told_once_for_an_occasion_and_live(
    resources: Resources, person: MakePerson, pushes: Pushes
) -> None:
    anna, other = await person(), await person()
    pushes.sent.clear()
    assert await tell(resources, [anna, anna], dedupe_key="week 3") == 1
    assert await tell(resources, [anna, other], dedupe_key="week 3") == 1
    assert await tell(resources, [], dedupe_key="week 3") == 0
    assert [room for room, *_ in pushes.sent] == [f"user:{anna.id}", f"user:{other.id}"]
    ids = [(await bell(one))["notifications"][0]["id"] for one in (anna, other)]
    assert [(event, payload["id"]) for _, event, payload in pushes.sent] == [("notification_made", one) for one in ids]


async def test_nothing_is_pushed_for_what_was_rolled_back(
    resources: Resources, person: MakePerson, pushes: Pushes
) -> None:
    anna = await person()
    pushes.sent.clear()

    async def fail_afterwards() -> None:
        async with resources.unit_of_work() as uow:
            await public.notify(uow, [anna.id], NotificationType.SYSTEM, "x" * 300, "Text")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_afterwards()
    assert pushes.sent == []
    assert (await bell(anna))["unread_count"] == 1


async def test_export_and_erasure(resources: Resources, person: MakePerson) -> None:
    anna, other = await person(), await person()
    async with resources.unit_of_work() as uow:
        rows = {name: [row async for row in stream] for name, stream in privacy.export(uow, anna.id).items()}
        assert [row["title"] for row in rows["notifications"]] == ["Welcome to Studyhall"]
        await privacy.erase(uow, anna.id)
    async with resources.unit_of_work() as uow:
        for stream in privacy.export(uow, anna.id).values():
            assert [row async for row in stream] == []
    assert (await bell(other))["unread_count"] == 1

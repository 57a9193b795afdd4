"""Offers to take a deletion back."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from studyhall.domains.undo import privacy, public, service
from studyhall.domains.undo.events import UndoAsked
from studyhall.domains.undo.models import UndoOffer
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Conflict
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork


class Restorer:
    """A domain that restores."""

    def __init__(self) -> None:
        self.asked: list[UndoAsked] = []
        self.refuses = False

    async def restore(self, _uow: UnitOfWork, event: UndoAsked) -> None:
        if self.refuses:
            raise Conflict("Its place is taken.")
        self.asked.append(event)


@pytest.fixture
def restorer(resources: Resources) -> Restorer:
    made = Restorer()
    resources.subscribers = {**resources.subscribers, UndoAsked: [made.restore]}
    return made


async def _offer(resources: Resources, user_id: UUID, ids: list[UUID]) -> str:
    async with resources.unit_of_work() as uow:
        return await public.offer(uow, Actor(user_id), "tests.thing", ids)


async def test_an_offer_is_used_once(person: Any, resources: Resources, restorer: Restorer) -> None:
    owner = await person()
    ids = [uuid4(), uuid4()]
    token = await _offer(resources, owner.id, ids)
    first = await owner.client.post(f"/api/v1/undo/{token}")
    assert (first.status_code, first.json()["data"]) == (200, None)
    assert restorer.asked == [UndoAsked(owner.id, "tests.thing", tuple(ids))]
    second = await owner.client.post(f"/api/v1/undo/{token}")
    assert (second.status_code, second.json()["error_code"]) == (410, "UNDO_USED")
    assert len(restorer.asked) == 1


async def test_a_strangers_token_does_not_exist(
    person: Any, client: Any, resources: Resources, restorer: Restorer
) -> None:
    owner, stranger = await person(), await person()
    token = await _offer(resources, owner.id, [uuid4()])
    answer = await stranger.client.post(f"/api/v1/undo/{token}")
    assert (answer.status_code, answer.json()["error_code"]) == (404, "UNDO_NOT_FOUND")
    assert (await client.post(f"/api/v1/undo/{token}")).status_code == 401
    assert (await owner.client.post("/api/v1/undo/made-up")).status_code == 404
    assert (await owner.client.post(f"/api/v1/undo/{'x' * 65}")).status_code == 422
    assert restorer.asked == []
    assert (await owner.client.post(f"/api/v1/undo/{token}")).status_code == 200


async def test_an_offer_ends_after_ten_minutes(person: Any, resources: Resources, restorer: Restorer) -> None:
    owner = await person()
    made = clock.now()
    with clock.frozen_at(made):
        tokens = [await _offer(resources, owner.id, [uuid4()]) for _ in range(2)]
    with clock.frozen_at(made + timedelta(minutes=9, seconds=59)):
        assert (await owner.client.post(f"/api/v1/undo/{tokens[0]}")).status_code == 200
    with clock.frozen_at(made + timedelta(minutes=10)):
        late = await owner.client.post(f"/api/v1/undo/{tokens[1]}")
    assert (late.status_code, late.json()["error_code"]) == (410, "UNDO_EXPIRED")
    assert len(restorer.asked) == 1


async def test_a_restoration_that_fails_keeps_the_offer(person: Any, resources: Resources, restorer: Restorer) -> None:
    owner = await person()
    token = await _offer(resources, owner.id, [uuid4()])
    restorer.refuses = True
    assert (await owner.client.post(f"/api/v1/undo/{token}")).status_code == 409
    restorer.refuses = False
    assert (await owner.client.post(f"/api/v1/undo/{token}")).status_code == 200


async def test_two_uses_at_once_restore_once(committed: Any) -> None:
    restorer = Restorer()
    committed.resources.subscribers = {**committed.resources.subscribers, UndoAsked: [restorer.restore]}
    owner = await committed.person()
    token = await _offer(committed.resources, owner.id, [uuid4()])
    answers = await asyncio.gather(*(owner.client.post(f"/api/v1/undo/{token}") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410]
    assert len(restorer.asked) == 1


async def test_the_token_is_stored_nowhere_and_old_offers_go(person: Any, resources: Resources) -> None:
    owner = await person()
    token = await _offer(resources, owner.id, [uuid4()])
    async with resources.unit_of_work() as uow:
        row = (await uow.session.scalars(select(UndoOffer))).one()
        assert token not in str(vars(row))
    with clock.frozen_at(clock.now() + timedelta(days=1)):
        async with resources.unit_of_work() as uow:
            assert await service.forget_old_offers(uow) == 0
    with clock.frozen_at(clock.now() + timedelta(days=1, minutes=11)):
        async with resources.unit_of_work() as uow:
            assert await service.forget_old_offers(uow) == 1
            assert await uow.session.scalar(select(func.count()).select_from(UndoOffer)) == 0


async def test_offers_leave_with_their_owner(person: Any, resources: Resources, uow: UnitOfWork) -> None:
    owner, other = await person(), await person()
    ids = [uuid4()]
    token = await _offer(resources, owner.id, ids)
    await _offer(resources, other.id, ids)
    rows = [row async for row in privacy.export(uow, owner.id)["undo_offers"]]
    assert [(row["kind"], row["subject_ids"], "token_hash" in row) for row in rows] == [
        ("tests.thing", [str(ids[0])], False)
    ]
    await privacy.erase(uow, owner.id)
    assert (await owner.client.post(f"/api/v1/undo/{token}")).status_code == 404
    assert await uow.session.scalar(select(func.count()).select_from(UndoOffer)) == 1

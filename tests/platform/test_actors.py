"""Actors are kept for a moment, and forgotten the moment that anything about them changes, whoever changes it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from studyhall.platform import clock
from studyhall.platform.actors import ActorCache
from studyhall.platform.auth import Actor
from studyhall.platform.resources import Resources

ME = "/api/v1/auth/me"


@pytest_asyncio.fixture(loop_scope="session")
async def hearing(committed: Any) -> AsyncIterator[Any]:
    """A server that listens, as a real one does."""
    resources: Resources = committed.resources
    task = asyncio.create_task(resources.actors.listen(resources.database.listener))
    await _until(lambda: resources.actors._is_listening)
    yield committed
    task.cancel()


async def _until(is_so: Any) -> None:
    for _ in range(200):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come about within two seconds")


async def _sql(resources: Resources, statement: str, *arguments: Any) -> None:
    """Somebody else changes something: another server, or an operator by hand."""
    connection = await resources.database.listener()
    await connection.execute(statement, *arguments)
    await connection.close()


def _statements(answer: Any) -> int:
    assert answer.status_code == 200, answer.text
    return int(answer.headers["Server-Timing"].split('"')[1])


async def test_a_second_request_asks_for_no_session(hearing: Any) -> None:
    someone = await hearing.person()
    first, second = [_statements(await someone.client.get(ME)) for _ in range(2)]
    assert second == first - 1


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("UPDATE user_sessions SET ended_at = now() WHERE user_id = $1", 401),
        ("UPDATE users SET is_active = false WHERE id = $1", 401),
        ("UPDATE users SET deleted_at = now() WHERE id = $1", 401),
    ],
)
async def test_what_another_process_ends_ends_here(hearing: Any, statement: str, status: int) -> None:
    someone = await hearing.person()
    await someone.client.get(ME)
    generation = hearing.resources.actors.generation
    await _sql(hearing.resources, statement, someone.id)
    await _until(lambda: hearing.resources.actors.generation > generation)
    assert (await someone.client.get(ME)).status_code == status


async def test_a_new_right_holds_at_once(hearing: Any) -> None:
    someone = await hearing.person()
    await someone.client.get(ME)
    generation = hearing.resources.actors.generation
    grant = "INSERT INTO user_roles (user_id, role_id) SELECT $1, id FROM roles WHERE name = 'Admin'"
    await _sql(hearing.resources, grant, someone.id)
    await _until(lambda: hearing.resources.actors.generation > generation)
    assert "admin.users" in (await someone.client.get(ME)).json()["data"]["user"]["permissions"]


async def test_logging_out_needs_no_message(hearing: Any) -> None:
    someone = await hearing.person()
    await someone.client.get(ME)
    await someone.client.post("/api/v1/auth/logout")
    assert (await someone.client.get(ME)).status_code == 401


async def test_refreshing_tokens_tells_nobody(hearing: Any) -> None:
    someone = await hearing.person()
    await asyncio.sleep(0.05)
    generation = hearing.resources.actors.generation
    await someone.client.post("/api/v1/auth/refresh", json={"refresh_token": someone.tokens["refresh_token"]})
    await asyncio.sleep(0.1)
    assert hearing.resources.actors.generation == generation


async def test_an_expired_token_is_not_kept_alive(hearing: Any) -> None:
    someone = await hearing.person()
    with clock.frozen_at(clock.now() + timedelta(minutes=29, seconds=57)):
        assert (await someone.client.get(ME)).status_code == 200
    with clock.frozen_at(clock.now() + timedelta(minutes=30, seconds=6)):
        assert (await someone.client.get(ME)).status_code == 401


async def test_a_lost_connection_forgets_everything_and_is_made_again(hearing: Any) -> None:
    someone = await hearing.person()
    await someone.client.get(ME)
    actors = hearing.resources.actors
    lost = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'studyhall listener' AND pid <> pg_backend_pid()"
    )
    await _sql(hearing.resources, lost)
    await _until(lambda: actors.get(someone.tokens["access_token"]) is None)


def test_nothing_is_kept_without_listening_or_after_a_change() -> None:
    actors, actor = ActorCache(), Actor(uuid4())
    actors.keep("token", actor, actors.generation)
    assert actors.get("token") is None
    actors._is_listening = True
    before = actors.generation
    actors.forget(actor.user_id)
    actors.keep("token", actor, before)
    assert actors.get("token") is None
    actors.keep("token", actor, actors.generation)
    assert actors.get("token") is actor
    with clock.frozen_at(clock.now() + timedelta(seconds=11)):
        assert actors.get("token") is None

"""Sockets over a real server on localhost, with people who are signed in."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
import socketio
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from pydantic import BaseModel

from studyhall.entrypoints import http as http_app
from studyhall.entrypoints import sockets, wiring
from studyhall.entrypoints.sockets import SocketGate
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Forbidden
from studyhall.platform.ids import new_id
from studyhall.platform.realtime import (
    NOTIFY,
    NOTIFY_CHANNEL,
    Channel,
    Incoming,
    Message,
    SocketEvent,
    contract,
    contract_json,
    user_room,
)
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from tests.platform.socket_client import SocketClient

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Changed(BaseModel):
    plan_id: UUID
    version: int


class Step(BaseModel):
    room: str
    number: int = 0


CHANGED = Message(NOTIFY, "plan_changed", Changed, "A plan was changed.")
STEP = Message("/steps", "step", Step, "Somebody takes a step.")


async def may_step(uow: UnitOfWork, actor: Actor, step: Step) -> None:
    if step.room == "closed":
        raise Forbidden("That room is closed.")
    if step.room == "broken":
        raise ZeroDivisionError


async def take_step(uow: UnitOfWork, event: SocketEvent, step: Step) -> Step:
    await event.enter(step.room)
    return Step(room=step.room, number=step.number + 1)


STEPS = Channel("/steps", "For tests.", [Incoming(STEP, may_step, take_step, limit="5/minute")])


Start = Callable[..., Awaitable[int]]


@pytest_asyncio.fixture(loop_scope="session")
async def start() -> AsyncIterator[Start]:
    """Serves the application with its sockets on a free port; the port."""
    async with AsyncExitStack() as stack:

        async def serve(resources: Resources) -> int:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = int(free.getsockname()[1])
            gate = SocketGate(http_app.build(resources.settings, resources), (NOTIFY_CHANNEL, STEPS))
            gate.open(resources)
            server = Server(
                gate, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_level=LogLevels.warning
            )
            running = asyncio.create_task(server.serve())
            async with asyncio.timeout(10):
                while not await _answers(port):
                    await asyncio.sleep(0.02)

            async def end() -> None:
                await gate.close()
                server.stop()
                await running

            stack.push_async_callback(end)
            return port

        yield serve


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def settled(client: SocketClient) -> None:
    """Redis has been subscribed to by now."""
    await asyncio.sleep(0.3)


def auth_of(person: Any) -> dict[str, str]:
    return {"token": person.tokens["access_token"]}


@pytest.mark.parametrize(
    ("auth", "code"),
    [
        (None, "UNAUTHENTICATED"),
        ({}, "UNAUTHENTICATED"),
        ("token", "UNAUTHENTICATED"),
        ({"token": 5}, "UNAUTHENTICATED"),
        ({"token": "forged"}, "TOKEN_INVALID"),
        ({"token": "a.b.c"}, "TOKEN_INVALID"),
    ],
)
async def test_without_a_good_token_nobody_connects(committed: Any, start: Start, auth: Any, code: str) -> None:
    port = await start(committed.resources)
    with pytest.raises(PermissionError) as refusal:
        await SocketClient.connect(port, NOTIFY, auth)
    assert refusal.value.args[0]["data"] == {"error_code": code}


async def test_a_push_arrives_on_every_device_of_its_person_only(committed: Any, start: Start) -> None:
    port = await start(committed.resources)
    ann, ben = await committed.person(), await committed.person()
    clients = [await SocketClient.connect(port, NOTIFY, auth_of(one)) for one in (ann, ann, ben)]
    await settled(clients[0])
    plan_id = new_id()
    async with committed.resources.unit_of_work() as uow:
        uow.after_commit(
            lambda: committed.resources.realtime.push(user_room(ann.id), CHANGED, Changed(plan_id=plan_id, version=4))
        )
    for client in clients[:2]:
        assert await client.event() == ("plan_changed", {"plan_id": str(plan_id), "version": 4})
    with pytest.raises(TimeoutError):
        await clients[2].event(0.3)
    for client in clients:
        await client.close()


async def test_pushes_and_endings_reach_the_sockets_of_another_server(committed: Any, start: Start) -> None:
    ports = [await start(committed.resources), await start(committed.resources)]
    ann = await committed.person()
    first, second = [await SocketClient.connect(port, NOTIFY, auth_of(ann)) for port in ports]
    await settled(first)
    await committed.resources.realtime.push(user_room(ann.id), CHANGED, Changed(plan_id=new_id(), version=1))
    assert (await first.event())[0] == (await second.event())[0] == "plan_changed"
    assert (await ann.client.post("/api/v1/auth/logout")).status_code == 200
    assert await first.closed()
    assert await second.closed()
    await first.close()
    await second.close()


async def test_an_ended_session_takes_its_sockets_along_and_no_other(committed: Any, start: Start) -> None:
    port = await start(committed.resources)
    ann, ben = await committed.person(), await committed.person()
    gone, stays = [await SocketClient.connect(port, NOTIFY, auth_of(one)) for one in (ann, ben)]
    await settled(gone)
    await committed.resources.realtime.disconnect_session(UUID(ann.session["id"]))
    assert await gone.closed()
    assert not await stays.closed(0.3)
    await gone.close()
    await stays.close()


async def test_a_socket_whose_token_ends_is_closed(
    committed: Any, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = await start(committed.resources)
    ann = await committed.person()
    monkeypatch.setattr(committed.resources.settings, "access_token_minutes", -0.01)
    client = await SocketClient.connect(port, NOTIFY, auth_of(ann))
    assert not await client.closed(0.2)
    await committed.resources.redis.flushdb()
    async with committed.resources.unit_of_work() as uow:
        await (await uow.connection()).execute("UPDATE user_sessions SET ended_at = now()")
    assert await client.closed(4)
    await client.close()


async def test_events_are_checked_guarded_and_answered(committed: Any, start: Start) -> None:
    port = await start(committed.resources)
    client = await SocketClient.connect(port, "/steps", auth_of(await committed.person()))
    assert await client.call("step", {"room": "open", "number": 1}) == {
        "success": True,
        "data": {"room": "open", "number": 2},
    }
    wrong = await client.call("step", {"number": "many"})
    assert (wrong["success"], wrong["error_code"], set(wrong["errors"])) == (
        False,
        "VALIDATION_ERROR",
        {"room", "number"},
    )
    refused = await client.call("step", {"room": "closed"})
    assert (refused["error_code"], refused["message"]) == ("FORBIDDEN", "That room is closed.")
    assert (await client.call("jump", {}))["error_code"] == "NOT_FOUND"
    broken = await client.call("step", {"room": "broken"})
    assert (broken["error_code"], broken["message"]) == ("INTERNAL_ERROR", "Something went wrong.")
    assert (await client.call("step", {"room": "open"}))["success"]
    await client.close()


async def test_events_and_connections_are_limited(
    committed: Any, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committed.resources.settings, "rate_limits_enabled", True)
    monkeypatch.setattr(sockets, "CONNECT_LIMIT", "2/minute")
    port = await start(committed.resources)
    ann = auth_of(await committed.person())
    client = await SocketClient.connect(port, "/steps", ann)
    codes = [(await client.call("step", {"room": "open"})).get("error_code") for _ in range(6)]
    assert codes == [None] * 5 + ["RATE_LIMITED"]
    await (await SocketClient.connect(port, NOTIFY, ann)).close()
    with pytest.raises(PermissionError, match="RATE_LIMITED"):
        await SocketClient.connect(port, NOTIFY, ann)
    await client.close()


async def test_the_librarys_own_client_connects_and_http_goes_on_beside_it(committed: Any, start: Start) -> None:
    port = await start(committed.resources)
    ann = await committed.person()
    heard: asyncio.Queue[Any] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def listen() -> socketio.Client:
        client = socketio.Client(reconnection=False)
        client.on("plan_changed", lambda data: loop.call_soon_threadsafe(heard.put_nowait, data), namespace=NOTIFY)
        client.connect(f"http://127.0.0.1:{port}", auth=auth_of(ann), namespaces=[NOTIFY], transports=["polling"])
        return client

    client = await asyncio.to_thread(listen)
    await asyncio.sleep(0.3)
    await committed.resources.realtime.push(user_room(ann.id), CHANGED, Changed(plan_id=new_id(), version=7))
    assert (await asyncio.wait_for(heard.get(), 5))["version"] == 7
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        assert (await http.get("/openapi.json")).status_code == 200
    await asyncio.to_thread(client.disconnect)


async def test_a_payload_must_be_the_declared_one(resources: Resources) -> None:
    with pytest.raises(TypeError):
        await resources.realtime.push("room", CHANGED, Step(room="x"))  # type: ignore[arg-type, misc]


async def test_the_contract_names_every_message(resources: Resources) -> None:
    described = contract((NOTIFY_CHANNEL, STEPS), (CHANGED,))
    assert list(described["channels"]) == [NOTIFY, "/steps"]
    sent = described["channels"][NOTIFY]["server_sends"]["plan_changed"]
    assert sent["payload"]["properties"].keys() == {"plan_id", "version"}
    assert "step" in described["channels"]["/steps"]["client_sends"]
    assert contract_json(wiring.CHANNELS, wiring.MESSAGES).endswith(b"}\n")
    with pytest.raises(ValueError, match="unknown channel"):
        contract((STEPS,), (CHANGED,))
    with pytest.raises(ValueError, match="two messages"):
        contract((NOTIFY_CHANNEL,), (CHANGED, CHANGED))

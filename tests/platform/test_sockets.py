"""Sockets of real server processes on localhost, with people who are signed in."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
import pytest_asyncio
from pydantic import BaseModel
from redis.asyncio import Redis
from sqlalchemy import make_url

from studyhall.entrypoints import wiring
from studyhall.platform.ids import new_id
from studyhall.platform.realtime import NOTIFY, NOTIFY_CHANNEL, Message, Realtime, contract, contract_json, user_room
from tests.platform.socket_client import SocketClient
from tests.platform.socket_process import STEPS, Step

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


class Changed(BaseModel):
    plan_id: UUID
    version: int


CHANGED = Message(NOTIFY, "plan_changed", Changed, "A plan was changed.")


@dataclass
class Person:
    id: UUID
    session_id: UUID
    token: str

    @property
    def auth(self) -> dict[str, str]:
        return {"token": self.token}


@dataclass
class Hall:
    """A database, and server processes on it."""

    url: str
    redis_url: str
    folder: Path
    realtime: Realtime
    ports: list[int] = field(default_factory=list)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    clients: list[SocketClient] = field(default_factory=list)
    people: int = 0

    async def serve(self, **changes: Any) -> int:
        """Starts a server process; its port."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        environment = {
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", ""))),
            "STUDYHALL_ENVIRONMENT": "test",
            "STUDYHALL_DATA_DIR": str(self.folder),
            "STUDYHALL_DATABASE_URL": self.url,
            "STUDYHALL_REDIS_URL": self.redis_url,
            "STUDYHALL_SECRET_KEY": "a secret for tests, nothing more than that",
            "STUDYHALL_BCRYPT_COST": "4",
            "STUDYHALL_RATE_LIMITS_ENABLED": "false",
        }
        command = [sys.executable, str(HERE / "socket_process.py"), str(port), json.dumps(changes)]
        self.running.append(subprocess.Popen(command, env={**os.environ, **environment}))
        async with asyncio.timeout(30), httpx2.AsyncClient() as http:
            while True:
                try:
                    if (await http.get(f"http://127.0.0.1:{port}/openapi.json")).status_code == 200:
                        return port
                except httpx2.TransportError:
                    await asyncio.sleep(0.05)

    async def person(self, port: int | None = None) -> Person:
        self.people += 1
        body = {"email": f"socket{self.people}@example.org", "password": "Correct-Horse-7", "name": "Ann"}
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port or self.ports[0]}") as http:
            answer = await http.post("/api/v1/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        data = answer.json()["data"]
        return Person(UUID(data["user"]["id"]), UUID(data["session"]["id"]), data["tokens"]["access_token"])

    async def connect(self, auth: Any, channel: str = NOTIFY, port: int | None = None) -> SocketClient:
        client = await SocketClient.connect(port or self.ports[0], channel, auth)
        self.clients.append(client)
        return client

    async def push(self, user_id: UUID, version: int = 1) -> UUID:
        plan_id = new_id()
        await self.realtime.push(user_room(user_id), CHANGED, Changed(plan_id=plan_id, version=version))
        return plan_id

    async def end_clients(self) -> None:
        for client in self.clients:
            await client.close()
        self.clients.clear()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared_hall(
    postgres_url: str, template_database: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Hall]:
    connection: Any = await asyncpg.connect(postgres_url)
    await connection.execute(f'CREATE DATABASE "studyhall_sockets" TEMPLATE "{template_database}"')
    await connection.close()
    url = make_url(postgres_url).set(database="studyhall_sockets").render_as_string(hide_password=False)
    redis = Redis.from_url(redis_url)
    opened = Hall(url, redis_url, tmp_path_factory.mktemp("sockets"), Realtime(redis, redis_url))
    opened.ports = list(await asyncio.gather(opened.serve(), opened.serve()))
    yield opened
    for process in opened.running:
        process.terminate()
        process.wait(10)
    await opened.realtime.close()
    await redis.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def hall(shared_hall: Hall) -> AsyncIterator[Hall]:
    """Two servers on one database and one Redis."""
    yield shared_hall
    await shared_hall.end_clients()


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
async def test_without_a_good_token_nobody_connects(hall: Hall, auth: Any, code: str) -> None:
    with pytest.raises(PermissionError) as refusal:
        await hall.connect(auth)
    assert refusal.value.args[0]["data"] == {"error_code": code}


async def test_a_push_arrives_on_every_device_of_its_person_only(hall: Hall) -> None:
    ann, ben = await hall.person(), await hall.person()
    here, there = await hall.connect(ann.auth), await hall.connect(ann.auth, port=hall.ports[1])
    other = await hall.connect(ben.auth)
    await asyncio.sleep(0.3)  # until both servers have subscribed to Redis
    plan_id = await hall.push(ann.id, version=4)
    for client in (here, there):
        assert await client.event() == ("plan_changed", {"plan_id": str(plan_id), "version": 4})
    with pytest.raises(TimeoutError):
        await other.event(0.3)


async def test_members_of_a_group_hear_each_other_until_one_is_removed(hall: Hall) -> None:
    ann, ben = await hall.person(), await hall.person()
    hears, gone = await hall.connect(ann.auth, "/group"), await hall.connect(ben.auth, "/group", port=hall.ports[1])
    await asyncio.sleep(0.3)  # until both servers have subscribed to Redis
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{hall.ports[0]}/api/v1") as http:
        http.headers["Authorization"] = f"Bearer {ann.token}"
        made = await http.post("/groups", json={"name": "Trees", "visibility": "public"})
        path = f"/groups/{made.json()['data']['group']['id']}"
        as_ben = {"Authorization": f"Bearer {ben.token}"}
        assert (await http.post(f"{path}/join", headers=as_ben)).status_code == 201
        assert (await http.post(f"{path}/messages", json={"content": "Hello"})).status_code == 201
        heard = [(await hears.event())[0] for _ in range(3)]
        assert heard == ["member_joined", "member_joined", "message_made"]
        assert [(await gone.event())[0] for _ in range(2)] == ["member_joined", "message_made"]
        assert (await http.delete(f"{path}/members/{ben.id}")).status_code == 200
        assert (await http.post(f"{path}/messages", json={"content": "Alone"})).status_code == 201
    assert [(await hears.event())[0] for _ in range(2)] == ["member_left", "message_made"]
    assert (await gone.event())[0] == "member_left"
    with pytest.raises(TimeoutError):
        await gone.event(0.3)


async def test_logging_out_closes_the_sockets_of_that_session_in_every_server(hall: Hall) -> None:
    ann, ben = await hall.person(), await hall.person()
    here, there = await hall.connect(ann.auth), await hall.connect(ann.auth, port=hall.ports[1])
    stays = await hall.connect(ben.auth)
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {ann.token}"}) as http:
        assert (await http.post(f"http://127.0.0.1:{hall.ports[0]}/api/v1/auth/logout")).status_code == 200
    assert await here.closed()
    assert await there.closed()
    assert not await stays.closed(0.3)


async def test_a_session_that_ends_while_its_socket_connects_does_not_slip_in(hall: Hall) -> None:
    ann = await hall.person()
    await hall.realtime.disconnect_session(ann.session_id)
    await asyncio.sleep(0.1)
    with pytest.raises(PermissionError, match="UNAUTHENTICATED"):
        await hall.connect(ann.auth)


async def test_a_socket_that_missed_the_end_of_its_session_is_closed_later(hall: Hall) -> None:
    port = await hall.serve(access_token_minutes=0, leeway_seconds=1)
    ann = await hall.person()
    client = await hall.connect(ann.auth, port=port)
    assert not await client.closed(1.5)
    connection: Any = await asyncpg.connect(hall.url)
    await connection.execute("UPDATE user_sessions SET ended_at = now() WHERE id = $1", ann.session_id)
    await connection.close()
    assert await client.closed(5)


async def test_events_are_checked_guarded_and_answered(hall: Hall) -> None:
    client = await hall.connect((await hall.person()).auth, "/steps")
    assert await client.call("step", {"room": "open", "number": 1}) == {
        "success": True,
        "data": {"room": "open", "number": 2},
    }
    wrong = await client.call("step", {"number": "many"})
    assert (wrong["success"], wrong["error_code"]) == (False, "VALIDATION_ERROR")
    assert set(wrong["errors"]) == {"room", "number"}
    assert (await client.call("step", "nonsense"))["error_code"] == "VALIDATION_ERROR"
    refused = await client.call("step", {"room": "closed"})
    assert (refused["error_code"], refused["message"]) == ("FORBIDDEN", "That room is closed.")
    assert (await client.call("jump", {}))["error_code"] == "NOT_FOUND"
    broken = await client.call("step", {"room": "broken"})
    assert (broken["error_code"], broken["message"]) == ("INTERNAL_ERROR", "Something went wrong.")
    assert (await client.call("step", {"room": "open"}))["success"]


async def test_events_and_connections_are_limited(hall: Hall) -> None:
    ann = await hall.person()
    port = await hall.serve(rate_limits_enabled=True)
    client = await hall.connect(ann.auth, "/steps", port)
    codes = [(await client.call("step", {"room": "open"})).get("error_code") for _ in range(6)]
    assert codes == [None] * 5 + ["RATE_LIMITED"]
    await hall.connect(ann.auth, port=port)
    with pytest.raises(PermissionError, match="RATE_LIMITED"):
        await hall.connect(ann.auth, port=port)


LISTENER = """
import os, sys, threading, socketio
heard = threading.Event()
client = socketio.Client(reconnection=False)
def on_change(data):
    print(data["version"], flush=True)
    heard.set()
client.on("plan_changed", on_change, namespace="/notify")
client.connect(sys.argv[1], auth={"token": sys.argv[2]}, namespaces=["/notify"], transports=["polling"])
print("connected", flush=True)
heard.wait(10)
os._exit(0)
"""


async def test_the_librarys_own_client_connects_by_polling(hall: Hall) -> None:
    ann = await hall.person()
    listener = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        LISTENER,
        f"http://127.0.0.1:{hall.ports[0]}",
        ann.token,
        stdout=asyncio.subprocess.PIPE,
    )
    assert listener.stdout is not None
    async with asyncio.timeout(15):
        assert await listener.stdout.readline() == b"connected\n"
        await asyncio.sleep(0.3)
        await hall.push(ann.id, version=7)
        assert await listener.stdout.readline() == b"7\n"
        assert await listener.wait() == 0


async def test_a_payload_must_be_the_declared_one(hall: Hall) -> None:
    with pytest.raises(TypeError):
        await hall.realtime.push("room", CHANGED, Step(room="x"))  # type: ignore[arg-type, misc]


async def test_the_contract_names_every_message() -> None:
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

"""What is said over sockets: channels, messages, and how to say something from anywhere.

This module declares and pushes; it knows no socket library. `entrypoints/sockets.py` serves what is declared here.

A domain declares its messages in its `realtime.py`; `wiring` lists them and the channels. A push says *what changed
and which version*, after the commit (`uow.after_commit`), and may be lost: whoever receives it reads the rest over
HTTP, with his own rights. `contracts/realtime.json` is made from these declarations.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel
from redis.asyncio import Redis

from studyhall.platform.auth import Actor

if TYPE_CHECKING:
    from socketio import AsyncRedisManager

    from studyhall.platform.uow import UnitOfWork

P = TypeVar("P", bound=BaseModel)

FANOUT_CHANNEL = "studyhall:sockets"
"""Redis channel over which server processes pass messages to each other's sockets."""
ENDINGS_CHANNEL = "studyhall:ended-sessions"
"""Redis channel that names ended sessions and people, whose sockets every server process then closes."""

NOTIFY = "/notify"
"""The channel that every signed-in client joins: what concerns this person, on whichever device."""


@dataclass(frozen=True, slots=True)
class Message(Generic[P]):
    """One kind of message.

    Attributes:
        channel: the Socket.IO namespace, e.g. `/notify`.
        event: its name, in the past tense when the server says it (`plan_changed`).
        payload: what it carries.
        summary: one sentence for the contract.
    """

    channel: str
    event: str
    payload: type[P]
    summary: str


class SocketEvent:
    """One event that came over a socket, for its handler: who sent it, and the rooms the socket is in."""

    def __init__(
        self,
        actor: Actor,
        enter: Callable[[str], Awaitable[None]],
        leave: Callable[[str], Awaitable[None]],
    ) -> None:
        self.actor = actor
        self.enter = enter
        self.leave = leave


Handler = Callable[["UnitOfWork", SocketEvent, Any], Awaitable[BaseModel | None]]
Guard = Callable[["UnitOfWork", Actor, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event that clients may send.

    Attributes:
        guard: asked at every event, not only on joining a room; raises an AppError to refuse.
        handle: what to do; what it returns is acknowledged to the sender.
        limit: calls allowed for one user, as text (`60/minute`).
    """

    message: Message[Any]
    guard: Guard
    handle: Handler
    limit: str = "300/minute"


@dataclass(frozen=True, slots=True)
class Channel:
    """One Socket.IO namespace; joining it needs an access token.

    Attributes:
        incoming: what clients may send; everything else is refused.
    """

    name: str
    summary: str
    incoming: Sequence[Incoming] = field(default=())


NOTIFY_CHANNEL = Channel(NOTIFY, "What concerns the signed-in person, on all devices. Clients only listen.")


def user_room(user_id: UUID) -> str:
    """The room that all sockets of a person are in."""
    return f"user:{user_id}"


def session_room(session_id: UUID) -> str:
    """The room that all sockets of one session are in."""
    return f"session:{session_id}"


class Realtime:
    """Says something to sockets, from any process: a server, a worker or a command.

    Without Redis nothing is delivered; that is logged by the manager and never raised, because pushes may be lost.
    """

    def __init__(self, redis: Redis, redis_url: str) -> None:
        self._redis = redis
        self._redis_url = redis_url
        self._manager: AsyncRedisManager | None = None

    async def push(self, room: str | Sequence[str], message: Message[P], payload: P) -> None:
        """Send a message to every socket in the room, or in any of several rooms. For `uow.after_commit`.

        Raises:
            TypeError: the payload is not the one that the message declares.
        """
        if not isinstance(payload, message.payload):
            raise TypeError(f"{message.event} carries {message.payload.__name__}, not {type(payload).__name__}")
        await self._writer().emit(message.event, payload.model_dump(mode="json"), namespace=message.channel, room=room)

    async def disconnect_session(self, session_id: UUID) -> None:
        """Close the sockets of an ended session, in all server processes. For `uow.after_commit`.

        A socket that misses this (Redis was away) is closed when its token is looked at again, which is at the
        latest when the token's time is over.
        """
        await self._redis.publish(ENDINGS_CHANNEL, str(session_id))

    async def disconnect_person(self, user_id: UUID) -> None:
        """Close every socket of a person, those of tokens without a session too. For `uow.after_commit`."""
        await self._redis.publish(ENDINGS_CHANNEL, str(user_id))

    def _writer(self) -> "AsyncRedisManager":
        if self._manager is None:
            from socketio import AsyncRedisManager

            self._manager = AsyncRedisManager(self._redis_url, channel=FANOUT_CHANNEL, write_only=True)
        return self._manager

    async def close(self) -> None:
        """Give the connection back."""
        if self._manager is not None and self._manager.redis is not None:
            await self._manager.redis.aclose()
        self._manager = None


def contract(channels: Iterable[Channel], messages: Iterable[Message[Any]]) -> dict[str, Any]:
    """`contracts/realtime.json`: every channel with what the server says and what clients may send.

    Args:
        messages: what the server says; each names its channel.

    Raises:
        ValueError: a message names an unknown channel, or two of one channel have the same name.
    """
    described: dict[str, dict[str, Any]] = {
        channel.name: {
            "summary": channel.summary,
            "server_sends": {},
            "client_sends": {entry.message.event: _described(entry.message) for entry in channel.incoming},
        }
        for channel in channels
    }
    for message in messages:
        if message.channel not in described:
            raise ValueError(f"{message.event} names the unknown channel {message.channel}")
        sends = described[message.channel]["server_sends"]
        if message.event in sends:
            raise ValueError(f"{message.channel} has two messages called {message.event}")
        sends[message.event] = _described(message)
    for channel in described.values():
        channel["server_sends"] = dict(sorted(channel["server_sends"].items()))
        channel["client_sends"] = dict(sorted(channel["client_sends"].items()))
    return {
        "transport": "Socket.IO 5 at /socket.io",
        "authentication": {"token": "the access token, in the auth object of the connection"},
        "channels": dict(sorted(described.items())),
    }


def contract_json(channels: Iterable[Channel], messages: Iterable[Message[Any]]) -> bytes:
    """The contract as it is committed. See `contract`."""
    return orjson.dumps(contract(channels, messages), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _described(message: Message[Any]) -> Mapping[str, Any]:
    return {"summary": message.summary, "payload": message.payload.model_json_schema()}

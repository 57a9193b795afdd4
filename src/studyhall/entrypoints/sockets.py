"""Sockets beside HTTP: serves the channels that `wiring` lists, over Socket.IO.

A connection carries the access token in its `auth` object and is refused without a good one. It joins the rooms of
its person and its session. Every event it sends is limited, checked and guarded anew, and runs in one unit of work.
A socket ends with its session: at once when Redis can say so, and when its token is looked at again at the latest.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import socketio
import structlog
from pydantic import ValidationError
from socketio.exceptions import ConnectionRefusedError as Refused
from starlette.types import ASGIApp, Receive, Scope, Send

from studyhall.platform import metrics
from studyhall.platform.auth import Actor, authenticate
from studyhall.platform.breaker import OUTAGE
from studyhall.platform.errors import AppError, Invalid, NotFound, TooManyRequests, Unauthorized, Unavailable
from studyhall.platform.ids import new_id
from studyhall.platform.ratelimit import Limit
from studyhall.platform.realtime import (
    ENDINGS_CHANNEL,
    FANOUT_CHANNEL,
    Channel,
    Incoming,
    SocketEvent,
    session_room,
    user_room,
)
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Settings
from studyhall.platform.uow import Origin
from studyhall.platform.web.request import client_address

log = structlog.get_logger(__name__)

PATH = "/socket.io"
LARGEST_MESSAGE = 262_144
CONNECT_LIMIT = "60/minute"
REMEMBERED_ENDINGS = 1024
LONGEST_PAUSE_SECONDS = 30
GOODBYE_SECONDS = 1.0
LEEWAY_SECONDS = 60.0
"""How long after an access token's time its socket is looked at: longer than any leeway for wrong clocks."""


class SocketGate:
    """ASGI: sockets under `/socket.io`, everything else to the application.

    It opens and closes with the process's resources, because that is when it knows them.
    """

    def __init__(self, app: ASGIApp, channels: Sequence[Channel]) -> None:
        self._app, self._channels = app, channels
        self._server: SocketServer | None = None

    def open(self, resources: Resources) -> None:
        """Serve sockets from now on. Needs a running event loop."""
        self._server = create_socket_app(resources, self._channels)

    async def close(self) -> None:
        """Close all sockets."""
        if self._server is not None:
            await self._server.close()
            self._server = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_socket = self._server is not None and scope["type"] != "lifespan" and scope["path"].startswith(PATH + "/")
        await (cast(ASGIApp, self._server) if is_socket else self._app)(scope, receive, send)


def create_socket_app(resources: Resources, channels: Sequence[Channel]) -> "SocketServer":
    """The ASGI application for `/socket.io`; `close` it before the resources. Needs a running event loop."""
    return SocketServer(resources, channels)


class SocketServer:
    """The Socket.IO server of this process, and its ear for sessions that end."""

    def __init__(self, resources: Resources, channels: Sequence[Channel]) -> None:
        settings = resources.settings
        self._resources = resources
        self._manager = socketio.AsyncRedisManager(
            settings.redis_url, channel=FANOUT_CHANNEL, logger=logging.getLogger("socketio.server")
        )
        self._server = socketio.AsyncServer(
            async_mode="asgi",
            client_manager=self._manager,
            # Polling needs all requests of one client in one process, which several processes cannot promise.
            transports=["websocket"] if settings.server_workers > 1 else ["polling", "websocket"],
            cors_allowed_origins=_origins(settings),
            max_http_buffer_size=LARGEST_MESSAGE,
        )
        self._namespaces = [_Namespace(resources, channel) for channel in channels]
        for namespace in self._namespaces:
            self._server.register_namespace(namespace)
        self._app = socketio.ASGIApp(self._server, socketio_path=PATH)
        self._ear = asyncio.create_task(self._hear_endings())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def close(self) -> None:
        """Close every socket, and what listens to Redis."""
        self._ear.cancel()
        await self._close_connections()
        for namespace in self._namespaces:
            await namespace.stop()
        await self._server.shutdown()
        listener = getattr(self._manager, "thread", None)
        tasks = [task for task in (self._ear, listener) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._manager.redis is not None:
            await self._manager.pubsub.aclose()
            await self._manager.redis.aclose()

    async def _close_connections(self) -> None:
        closing = [asyncio.create_task(self._server.eio.disconnect(sid)) for sid in list(self._server.eio.sockets)]
        if not closing:
            return
        # A client that is gone without a word never takes its goodbye.
        _, waiting = await asyncio.wait(closing, timeout=GOODBYE_SECONDS)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _hear_endings(self) -> None:
        pause = 1.0
        while True:
            try:
                async with self._resources.redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(ENDINGS_CHANNEL)
                    pause = 1.0
                    async for message in pubsub.listen():
                        self._end(UUID(message["data"].decode()))
            except OUTAGE as error:
                log.warning("ended sessions cannot be heard of; trying again", error=repr(error), seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _end(self, ended: UUID) -> None:
        for namespace in self._namespaces:
            namespace.end(ended)


def _origins(settings: Settings) -> list[str] | None:
    """Other origins whose pages may connect; None is our own only."""
    return [settings.base_url, *settings.allowed_origins] if settings.allowed_origins else None


@dataclass(slots=True)
class _Socket:
    """One connected socket."""

    actor: Actor
    token: str
    origin: Origin
    check: asyncio.TimerHandle | None = None


class _Namespace(socketio.AsyncNamespace):  # type: ignore[misc]  # the library has no types
    """One channel: who may join it, and what happens with what is sent to it."""

    def __init__(self, resources: Resources, channel: Channel) -> None:
        super().__init__(channel.name)
        self._resources = resources
        self._incoming = {entry.message.event: entry for entry in channel.incoming}
        self._sockets: dict[str, _Socket] = {}
        self._ended: dict[UUID, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = metrics.sockets_open.labels(channel.name)

    async def trigger_event(self, event: str, *args: Any) -> Any:
        sid = args[0]
        if event == "connect":
            return await self._connect(sid, args[1], args[2] if len(args) > 2 else None)
        if event == "disconnect":
            return self._forget(sid)
        return await self._receive(event, sid, args[1] if len(args) > 1 else {})

    def end(self, ended: UUID) -> None:
        """Close this process's sockets of that session, or of that person."""
        # Remembered for a while, because a socket of that session may be connecting this very moment.
        self._ended[ended] = None
        if len(self._ended) > REMEMBERED_ENDINGS:
            del self._ended[next(iter(self._ended))]
        for sid, socket in list(self._sockets.items()):
            if ended in (socket.actor.session_id, socket.actor.user_id):
                self._spawn(self._close(sid))

    async def stop(self) -> None:
        """Give up what was still to be looked at or closed."""
        for sid in list(self._sockets):
            self._forget(sid)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _close(self, sid: str) -> None:
        """Say goodbye, then close the connection itself. May wait for a client that is gone, so not in line."""
        connection = self.server.manager.eio_sid_from_sid(sid, self.namespace)
        await self.disconnect(sid)
        if connection is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await self.server.eio.disconnect(connection)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        origin = Origin(new_id().hex, client_address(environ["asgi.scope"], self._resources.settings))
        try:
            await self._limit("sockets", str(origin.address), CONNECT_LIMIT)
            token = auth.get("token") if isinstance(auth, dict) else None
            if not isinstance(token, str):
                raise Unauthorized("Connect with your access token: auth = {token: …}.")
            actor = await authenticate(self._resources, token)
        except AppError as error:
            metrics.socket_events.labels(self.namespace, "connect", error.code).inc()
            raise Refused(error.message, {"error_code": error.code}) from None
        except Exception:
            log.exception("a socket could not be connected", channel=self.namespace)
            raise Refused(Unavailable.message, {"error_code": Unavailable.code}) from None
        await self.enter_room(sid, user_room(actor.user_id))
        if actor.session_id is not None:
            await self.enter_room(sid, session_room(actor.session_id))
            if actor.session_id in self._ended:
                raise Refused(Unauthorized.message, {"error_code": Unauthorized.code})
        self._sockets[sid] = _Socket(actor, token, origin)
        self._open.inc()
        self._check_later(sid)
        metrics.socket_events.labels(self.namespace, "connect", "OK").inc()

    def _forget(self, sid: str) -> None:
        socket = self._sockets.pop(sid, None)
        if socket is not None:
            self._open.dec()
            if socket.check is not None:
                socket.check.cancel()

    def _check_later(self, sid: str) -> None:
        """Look at the token again when an access token's time is over; a personal token may live on."""
        seconds = self._resources.settings.access_token_minutes * 60 + LEEWAY_SECONDS
        loop = asyncio.get_running_loop()
        self._sockets[sid].check = loop.call_later(seconds, lambda: self._spawn(self._check(sid)))

    async def _check(self, sid: str) -> None:
        socket = self._sockets.get(sid)
        if socket is None:
            return
        try:
            await authenticate(self._resources, socket.token)
        except AppError:
            await self._close(sid)
        else:
            self._check_later(sid)

    async def _receive(self, event: str, sid: str, data: Any) -> dict[str, Any]:
        """Handle what a client sent; the answer is its acknowledgement."""
        socket, incoming = self._sockets.get(sid), self._incoming.get(event)
        if incoming is None:
            return _refusal(NotFound(f"Nobody here understands '{event[:64]}'."))
        outcome = "OK"
        with structlog.contextvars.bound_contextvars(request_id=socket.origin.request_id if socket else None):
            try:
                if socket is None:
                    raise Unauthorized
                return await self._handle(incoming, sid, socket, data)
            except AppError as error:
                outcome = error.code
                return _refusal(error)
            except Exception:
                outcome = AppError.code
                log.exception("socket event failed", channel=self.namespace, event_name=event)
                return _refusal(AppError())
            finally:
                metrics.socket_events.labels(self.namespace, event, outcome).inc()

    async def _handle(self, incoming: Incoming, sid: str, socket: _Socket, data: Any) -> dict[str, Any]:
        name = f"socket {incoming.message.event}"
        await self._limit(name, str(socket.actor.user_id), incoming.limit)
        try:
            payload = incoming.message.payload.model_validate(data)
        except ValidationError as error:
            fields = {".".join(map(str, one["loc"])) or "payload": [one["msg"]] for one in error.errors()}
            raise Invalid(errors=fields) from None

        async def enter(room: str) -> None:
            await self.enter_room(sid, room)

        async def leave(room: str) -> None:
            await self.leave_room(sid, room)

        async with self._resources.unit_of_work(socket.origin) as uow:
            await incoming.guard(uow, socket.actor, payload)
            answer = await incoming.handle(uow, SocketEvent(socket.actor, enter, leave), payload)
        return {"success": True, "data": answer.model_dump(mode="json") if answer is not None else None}

    async def _limit(self, name: str, key: str, rate: str) -> None:
        settings = self._resources.settings
        if not settings.rate_limits_enabled:
            return
        limit = Limit.parse(settings.rate_limits.get(name, rate))
        decision = await self._resources.limiter.check([(name, key, limit)])
        if not decision.allowed:
            metrics.count_refusal(name)
            raise TooManyRequests(f"Too many at once. Try again in {decision.retry_after} seconds.")


def _refusal(error: AppError) -> dict[str, Any]:
    return {"success": False, "message": error.message, "error_code": error.code, "errors": error.errors}

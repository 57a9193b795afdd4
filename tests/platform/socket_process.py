"""A web server with sockets in a process of its own. Arguments: port, settings that differ from the environment's."""

import json
import sys
from contextlib import AsyncExitStack
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from studyhall.entrypoints import http, sockets, wiring
from studyhall.entrypoints.sockets import SocketGate
from studyhall.platform.auth import Actor
from studyhall.platform.embedded.process import end_with_parent
from studyhall.platform.errors import Forbidden
from studyhall.platform.realtime import Channel, Incoming, Message, SocketEvent
from studyhall.platform.settings import Settings
from studyhall.platform.uow import UnitOfWork


class Step(BaseModel):
    room: str
    number: int = 0


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


class Served:
    """The application, opened and closed by the server's lifespan."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            assert self._app is not None
            await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            resources = await stack.enter_async_context(wiring.open_resources(self._settings))
            gate = SocketGate(http.build(self._settings, resources), (*wiring.CHANNELS, STEPS))
            gate.open(resources)
            stack.push_async_callback(gate.close)
            self._app = gate
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def main(port: int, changes: dict[str, Any]) -> None:
    sockets.LEEWAY_SECONDS = changes.pop("leeway_seconds", sockets.LEEWAY_SECONDS)
    settings = Settings().model_copy(update=changes)
    if settings.rate_limits_enabled:
        sockets.CONNECT_LIMIT = "2/minute"
    server = Server("tests", "127.0.0.1", port, interface=Interfaces.ASGI, log_level=LogLevels.error)
    server.serve(target_loader=lambda _: Served(settings))


if __name__ == "__main__":
    import os

    end_with_parent(os.getppid())
    main(int(sys.argv[1]), json.loads(sys.argv[2]))

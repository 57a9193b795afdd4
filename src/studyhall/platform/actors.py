"""Actors that were authenticated a moment ago, so that a page full of requests asks the database once.

What an actor is made of (session, account, roles, zone) is watched by triggers in the database, which send the person's
id over a channel in the same transaction as the change (ADR 0007). A process that hears it forgets the person; one that
cannot hear keeps nothing. Nothing is kept for longer than `KEPT_SECONDS`, nor past the token's own end.
"""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog

from studyhall.platform import clock
from studyhall.platform.auth import Actor

log = structlog.get_logger(__name__)

CHANNEL = "studyhall_actors"
EVERYBODY = "*"
KEPT_SECONDS = 10
MOST_KEPT = 20_000
LISTEN_AGAIN_SECONDS = 1.0
CHECKED_EVERY_SECONDS = 5.0

Connect = Callable[[], Awaitable[asyncpg.Connection]]


class ActorCache:
    """Tokens with their actors. Keeps nothing until it listens, and forgets all when it stops hearing."""

    def __init__(self) -> None:
        self._by_token: dict[str, tuple[Actor, float]] = {}
        self._tokens_of: dict[UUID, set[str]] = {}
        self._is_listening = False
        # Counts what was heard: an actor read before a change must not be kept after it.
        self.generation = 0

    def get(self, token: str) -> Actor | None:
        """The actor of a token that was good a moment ago."""
        found = self._by_token.get(token)
        if found is None or clock.now().timestamp() >= found[1]:
            return None
        return found[0]

    def keep(self, token: str, actor: Actor, generation: int) -> None:
        """Remember an actor that was read while `generation` stood."""
        if not self._is_listening or generation != self.generation:
            return
        if len(self._by_token) >= MOST_KEPT:
            self._clear()
        until = min(clock.now().timestamp() + KEPT_SECONDS, _end_of(token))
        self._by_token[token] = (actor, until)
        self._tokens_of.setdefault(actor.user_id, set()).add(token)

    def forget(self, user_id: UUID) -> None:
        """Ask the database again for this person's next request."""
        self.generation += 1
        for token in self._tokens_of.pop(user_id, ()):
            self._by_token.pop(token, None)

    def _clear(self) -> None:
        self.generation += 1
        self._by_token.clear()
        self._tokens_of.clear()

    async def listen(self, connect: Connect) -> None:
        """Hear of changes until cancelled; connects again when the connection is lost."""
        while True:
            try:
                await self._listen_once(connect)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("not hearing of changed actors", error=type(error).__name__)
            finally:
                self._is_listening = False
                self._clear()
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)

    async def _listen_once(self, connect: Connect) -> None:
        connection = await connect()
        lost = asyncio.Event()
        connection.add_termination_listener(lambda *_: lost.set())
        try:
            await connection.add_listener(CHANNEL, self._hear)
            self._clear()
            self._is_listening = True
            while not lost.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), CHECKED_EVERY_SECONDS)
                    break
                await connection.execute("SELECT 1", timeout=CHECKED_EVERY_SECONDS)
        finally:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await connection.close(timeout=1)

    def _hear(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
        text = str(payload)
        if text == EVERYBODY:
            self._clear()
        else:
            self.forget(UUID(text))


def _end_of(token: str) -> float:
    """When a token that was found good ends by its own words; never, for one that is no JWT (RFC 7519)."""
    parts = token.split(".")
    if len(parts) != 3:
        return float("inf")
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return float(claims["exp"])
    except (binascii.Error, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return 0.0

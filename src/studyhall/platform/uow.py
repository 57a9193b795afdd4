"""One unit of work = one transaction, the facts it announced, the jobs it queued.

Whoever opens it commits it; code that is handed one never may. There is one commit in the code base, here.
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from studyhall.platform.database import Straight
from studyhall.platform.errors import AppError
from studyhall.platform.events import Audited, Event
from studyhall.platform.jobs import Job, enqueue, enqueue_many

if TYPE_CHECKING:
    from studyhall.platform.resources import Resources

log = structlog.get_logger(__name__)

MAX_EVENTS = 200  # a longer cascade is a loop, not a feature

Subscriber = Callable[["UnitOfWork", Any], Awaitable[None]]
Subscribers = Mapping[type[Event], Sequence[Subscriber]]
Push = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the work came from, for the audit log."""

    request_id: str | None = None
    address: str | None = None
    user_agent: str | None = None

    @property
    def inet(self) -> str | None:
        """The address where it is one (a Unix socket has none), as INET columns want it."""
        try:
            return str(ip_address(self.address or ""))
        except ValueError:
            return None


class UnitOfWork:
    """The transaction that a service works in, and what follows from it."""

    def __init__(self, resources: "Resources", origin: Origin) -> None:
        self.resources = resources
        self.origin = origin
        self.effects: dict[str, Any] = {}
        self._session: AsyncSession | None = None
        self._events: deque[Event] = deque()
        self._pushes: list[Push] = []

    @property
    def session(self) -> AsyncSession:
        """The ORM session; the first use opens the transaction."""
        if self._session is None:
            self._session = self.resources.database.session()
        return self._session

    async def connection(self) -> asyncpg.Connection:
        """The asyncpg connection under this transaction."""
        raw = await (await self.session.connection()).get_raw_connection()
        connection = cast(asyncpg.Connection, raw.driver_connection)
        if not connection.is_in_transaction():
            # SQLAlchemy begins with its first statement; what runs past it before that would commit by itself.
            await self.session.execute(text("SELECT 1"))
        return connection

    async def straight(self) -> Straight:
        """Hand-written SQL inside this transaction."""
        return Straight(await self.connection())

    def record(self, event: Event) -> None:
        """Announce a fact. Its subscribers run inside this transaction, before it commits."""
        self._events.append(event)

    def record_once(self, event: Event) -> None:
        """The same, unless an equal fact waits for its subscribers already: what follows from many causes follows
        once, after all of them."""
        if event not in self._events:
            self._events.append(event)

    def audit(
        self,
        event: str,
        description: str,
        *,
        user_id: UUID | None = None,
        causer_id: UUID | None = None,
        subject: tuple[str, UUID] | None = None,
        **properties: Any,
    ) -> None:
        """Write an act into the audit log, in this transaction."""
        kind, subject_id = subject or (None, None)
        self.record(Audited(event, description, user_id, causer_id, kind, subject_id, properties))

    def after_commit(self, push: Push) -> None:
        """Best effort only (socket push, cache drop): losing it must not matter."""
        self._pushes.append(push)

    async def enqueue(
        self,
        job: Job,
        *,
        run_at: datetime | None = None,
        dedupe_key: str | None = None,
        priority: int = 0,
        **arguments: Any,
    ) -> None:
        """Queue a job; its row exists exactly when this unit of work commits."""
        await self.session.flush()
        await enqueue(await self.connection(), job, arguments, run_at=run_at, dedupe_key=dedupe_key, priority=priority)

    async def enqueue_many(self, job: Job, arguments: Sequence[Mapping[str, Any]], *, priority: int = 0) -> None:
        """Queue a job, due now, for each of the arguments, in one statement."""
        await self.session.flush()
        await enqueue_many(await self.connection(), job, arguments, priority=priority)

    async def settle(self) -> dict[str, Any]:
        """Run the subscribers of every fact so far; answers the public effects they left.

        Services and routes may call it early to show what followed; the commit calls it in any case.

        Raises:
            RuntimeError: more than `MAX_EVENTS` facts followed from one another.
        """
        for _ in range(MAX_EVENTS):
            if not self._events:
                break
            event = self._events.popleft()
            for handle in self.resources.subscribers.get(type(event), ()):
                await handle(self, event)
        else:
            raise RuntimeError(f"more than {MAX_EVENTS} events in one unit of work")
        return self.effects

    async def _finish(self) -> None:
        await self.settle()
        if self._session is not None:
            await self._session.commit()

    async def _close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _push(self) -> None:
        for push in self._pushes:
            try:
                await push()
            except Exception:
                log.exception("after-commit push failed")


@asynccontextmanager
async def unit_of_work(resources: "Resources", origin: Origin | None = None) -> AsyncIterator[UnitOfWork]:
    """Open, hand out, commit. An error rolls back, unless it declares that its facts are to be kept."""
    uow = UnitOfWork(resources, origin or Origin())
    refusal: AppError | None = None
    try:
        try:
            yield uow
        except AppError as error:
            if not error.commits:
                raise
            refusal = error
        await uow._finish()
    finally:
        await uow._close()
    await uow._push()  # the connection is already back in the pool
    if refusal is not None:
        raise refusal

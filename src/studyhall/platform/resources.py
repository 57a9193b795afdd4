"""What one process holds open, handed to everything that needs it."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2
from redis.asyncio import Redis

from studyhall.platform.actors import ActorCache
from studyhall.platform.auth import Authenticator
from studyhall.platform.cache import Cache
from studyhall.platform.clients.embedding import NullEmbedding, TextEmbedding
from studyhall.platform.clients.http import Fetcher
from studyhall.platform.clients.mail import Mail
from studyhall.platform.clients.ocr import NullOcr, Ocr
from studyhall.platform.clients.payments import NullPayments, Payments
from studyhall.platform.clients.storage import Storage
from studyhall.platform.crypto import Keys
from studyhall.platform.database import Database
from studyhall.platform.ratelimit import RateLimiter
from studyhall.platform.realtime import Realtime
from studyhall.platform.settings import Settings
from studyhall.platform.uow import Origin, Subscribers, UnitOfWork, unit_of_work

T = TypeVar("T")


@dataclass
class Resources:
    """Pools, clients, keys and the tables of `wiring`.

    Attributes:
        fetcher: gets what users named, guarded against our own network.
        ports: what a lower domain needs from a higher one: Protocol class -> its implementation.
    """

    settings: Settings
    keys: Keys
    database: Database
    redis: Redis
    cache: Cache
    limiter: RateLimiter
    realtime: Realtime
    mail: Mail
    storage: Storage
    http: httpx2.AsyncClient
    authenticator: Authenticator
    subscribers: Subscribers = field(default_factory=dict)
    fetcher: Fetcher = field(default_factory=Fetcher)
    ocr: Ocr = field(default_factory=NullOcr)
    embedding: TextEmbedding = field(default_factory=NullEmbedding)
    payments: Payments = field(default_factory=NullPayments)
    ports: dict[type[Any], Any] = field(default_factory=dict)
    actors: ActorCache = field(default_factory=ActorCache)

    def unit_of_work(self, origin: Origin | None = None) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit of work; it commits when its block ends well."""
        return unit_of_work(self, origin)

    def port(self, protocol: type[T]) -> T:
        """The implementation that `wiring` filled in for a Protocol of a lower domain."""
        implementation: T = self.ports[protocol]
        return implementation

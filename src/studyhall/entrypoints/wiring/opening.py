"""How a process opens what it holds, and how it knows a caller."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx2
from redis.asyncio import Redis

from studyhall.domains.credentials import public as credentials
from studyhall.domains.identity import public as identity
from studyhall.domains.sign_on import public as sign_on
from studyhall.entrypoints.wiring.facts import SUBSCRIBERS
from studyhall.entrypoints.wiring.ports import PORTS
from studyhall.platform.auth import Actor
from studyhall.platform.cache import Cache
from studyhall.platform.clients.embedding import LocalEmbedding
from studyhall.platform.clients.http import Fetcher
from studyhall.platform.clients.mail import mail_from_settings
from studyhall.platform.clients.model_process import ENGINE, ModelProcess
from studyhall.platform.clients.ocr import ocr_from_settings
from studyhall.platform.clients.payments import payments_from_settings
from studyhall.platform.clients.storage import Storage
from studyhall.platform.crypto import Keys
from studyhall.platform.database import Database
from studyhall.platform.ratelimit import RateLimiter
from studyhall.platform.realtime import Realtime
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Settings


async def authenticate(resources: Resources, token: str) -> Actor:
    """The actor behind a bearer token: a personal one, a trusted provider's, or else one of our own access tokens.

    Raises:
        Unauthorized, Forbidden: what the domain that knows such tokens refuses.
        Unavailable: a provider's keys cannot be had now.
    """
    if credentials.is_personal(token):
        return await credentials.authenticate(resources, token)
    provider = sign_on.provider_of(resources, token)
    if provider is not None:
        return await sign_on.authenticate(resources, provider, token)
    return await identity.authenticate(resources, token)


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Everything a process needs, opened in order and closed in reverse. Raises when a part does not answer."""
    async with AsyncExitStack() as stack:
        keys = Keys.from_settings(settings)
        database = await Database.connect(settings)
        stack.push_async_callback(database.close)
        redis_url = settings.redis_url
        if redis_url is None:
            raise RuntimeError("no Redis address: start through `studyhall serve`, or set STUDYHALL_REDIS_URL.")
        redis = Redis.from_url(redis_url)
        stack.push_async_callback(redis.aclose)
        realtime = Realtime(redis, redis_url)
        stack.push_async_callback(realtime.close)
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=10))
        models = ModelProcess(ENGINE)
        stack.push_async_callback(models.close)
        fetcher = Fetcher()
        stack.push_async_callback(fetcher.aclose)
        yield Resources(
            settings=settings,
            keys=keys,
            database=database,
            redis=redis,
            cache=Cache(redis),
            limiter=RateLimiter(redis, enabled=settings.rate_limits_enabled),
            realtime=realtime,
            mail=mail_from_settings(settings),
            storage=Storage.from_settings(settings, keys),
            http=http,
            fetcher=fetcher,
            authenticator=authenticate,
            subscribers=SUBSCRIBERS,
            ports=PORTS,
            payments=payments_from_settings(settings, http),
            ocr=ocr_from_settings(settings, http, models),
            embedding=LocalEmbedding(models),
        )

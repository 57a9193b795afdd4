"""What a provider publishes about itself: its addresses (OpenID Connect Discovery 1.0) and its keys (RFC 7517).

Both are kept, so that checking a token costs no network. Keys are asked for again when a token names one that is not
known, because that is how providers rotate them; how often that may happen is bounded, since anybody can make up a key.
"""

import asyncio
import weakref
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import httpx2
import orjson
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from studyhall.domains.sign_on.errors import ProviderUnavailable
from studyhall.platform import clock
from studyhall.platform.settings import secure_address

log = structlog.get_logger(__name__)

METADATA_FRESH = timedelta(hours=6)
KEYS_FRESH = timedelta(hours=1)
USABLE_FOR = timedelta(hours=24)
"""How long what is kept is still used while the provider does not answer."""
ASK_AGAIN_AFTER = timedelta(seconds=30)
RETRY_AFTER = timedelta(seconds=5)
TOTAL_SECONDS = 5.0
MOST_BYTES = 512 * 1024

_PUBLIC_KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
_SHORTEST_RSA_BITS = 2048

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The parts of a discovery document that are used.

    Attributes:
        secret_in_body: the token endpoint wants the client secret in the form, not as Basic credentials.
        names_itself: authorization answers carry `iss` (RFC 9207).
    """

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    secret_in_body: bool
    names_itself: bool


class Kept(Generic[T]):
    """Something fetched once in a while, by one caller at a time."""

    def __init__(self, fetch: Callable[[], Awaitable[T]], fresh_for: timedelta) -> None:
        self._fetch, self._fresh_for = fetch, fresh_for
        self._value: T | None = None
        self._fetched_at = self._asked_at = datetime.min.replace(tzinfo=clock.now().tzinfo)
        self._lock = asyncio.Lock()

    async def get(self) -> T:
        """The value, fetched when it is too old. Raises ProviderUnavailable when there is none to go on with."""
        if self._value is not None and self._age() < self._fresh_for:
            return self._value
        async with self._lock:
            if self._value is not None and self._age() < self._fresh_for:
                return self._value
            return await self._renew(RETRY_AFTER)

    async def renewed(self) -> T:
        """A newer value than one that was just found wanting, unless that was asked for moments ago."""
        async with self._lock:
            return await self._renew(ASK_AGAIN_AFTER)

    def _age(self) -> timedelta:
        return clock.now() - self._fetched_at

    async def _renew(self, pause: timedelta) -> T:
        now = clock.now()
        is_usable = self._value is not None and self._age() < USABLE_FOR
        if now - self._asked_at < pause:
            if self._value is not None and is_usable:
                return self._value
            raise ProviderUnavailable(headers={"Retry-After": str(int(RETRY_AFTER.total_seconds()))})
        self._asked_at = now
        try:
            self._value = await self._fetch()
        except ProviderUnavailable:
            if self._value is not None and is_usable:
                return self._value
            raise
        self._fetched_at = now
        return self._value


class Issuer:
    """One issuer, asked over HTTP with bounded time and size."""

    def __init__(self, http: httpx2.AsyncClient, address: str) -> None:
        self.address = address
        self._http: httpx2.AsyncClient = weakref.proxy(http)  # which owns us, see `issuer_at`
        self._metadata = Kept(self._fetch_metadata, METADATA_FRESH)
        self._keys = Kept(self._fetch_keys, KEYS_FRESH)

    async def metadata(self) -> Metadata:
        """Its addresses. Raises ProviderUnavailable."""
        return await self._metadata.get()

    async def keys(self) -> KeySet:
        """Its public keys. Raises ProviderUnavailable."""
        return await self._keys.get()

    async def newer_keys(self) -> KeySet:
        """Its keys once more, for a token that the known ones do not verify; the known ones if just asked for."""
        return await self._keys.renewed()

    async def ask(self, method: str, url: str, **options: Any) -> tuple[int, dict[str, Any]]:
        """Status and JSON object of an answer; redirects are not followed.

        Raises:
            ProviderUnavailable: no answer in time, a server error, or anything but a JSON object.
        """
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                status, body = await self._read(method, url, options)
            content = orjson.loads(body)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError) as error:
            raise self._unavailable(f"{type(error).__name__} from {httpx2.URL(url).path}") from error
        if status >= 500 or not isinstance(content, dict):
            raise self._unavailable(f"status {status} from {httpx2.URL(url).path}")
        return status, content

    async def _read(self, method: str, url: str, options: dict[str, Any]) -> tuple[int, bytes]:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", **options.pop("headers", {})}
        body = bytearray()
        async with self._http.stream(method, url, headers=headers, follow_redirects=False, **options) as response:
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise ValueError("the answer is too large")
        return response.status_code, bytes(body)

    def _unavailable(self, reason: str) -> ProviderUnavailable:
        log.warning("sign-on provider is of no use", issuer=self.address, reason=reason)
        return ProviderUnavailable(headers={"Retry-After": str(int(RETRY_AFTER.total_seconds()))})

    async def _fetch_metadata(self) -> Metadata:
        status, found = await self.ask("GET", self.address.rstrip("/") + "/.well-known/openid-configuration")
        if status != 200 or found.get("issuer") != self.address:
            raise self._unavailable(f"its discovery document (status {status}) names another issuer")
        userinfo = found.get("userinfo_endpoint")
        methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        try:
            return Metadata(
                authorization_endpoint=secure_address(str(found["authorization_endpoint"])),
                token_endpoint=secure_address(str(found["token_endpoint"])),
                jwks_uri=secure_address(str(found["jwks_uri"])),
                userinfo_endpoint=None if userinfo is None else secure_address(str(userinfo)),
                secret_in_body="client_secret_basic" not in methods,
                names_itself=found.get("authorization_response_iss_parameter_supported") is True,
            )
        except (KeyError, ValueError) as error:
            raise self._unavailable(f"its discovery document is incomplete: {error}") from error

    async def _fetch_keys(self) -> KeySet:
        status, found = await self.ask("GET", (await self.metadata()).jwks_uri)
        entries = found.get("keys")
        keys = [key for entry in entries if (key := _public_key(entry))] if isinstance(entries, list) else []
        if status != 200 or not keys:
            raise self._unavailable(f"its key set (status {status}) holds no usable key")
        return KeySet(keys)


def _public_key(entry: Any) -> Key | None:
    """A key for checking signatures, or None for every other kind: a shared secret (`oct`) has no place in public."""
    if (
        not isinstance(entry, dict)
        or str(entry.get("kty")) not in _PUBLIC_KEY_TYPES
        or entry.get("use", "sig") != "sig"
    ):
        return None
    if entry["kty"] == "RSA" and len(str(entry.get("n", ""))) * 6 < _SHORTEST_RSA_BITS:
        return None
    try:
        return JWKRegistry.import_key(entry)
    except (JoseError, ValueError, TypeError, KeyError):
        return None


# By the client that asks, because locks and connections live in its event loop.
_issuers: weakref.WeakKeyDictionary[httpx2.AsyncClient, dict[str, Issuer]] = weakref.WeakKeyDictionary()


def issuer_at(http: httpx2.AsyncClient, address: str) -> Issuer:
    """The issuer of that address, with what is already known of it."""
    known = _issuers.setdefault(http, {})
    if address not in known:
        known[address] = Issuer(http, address)
    return known[address]

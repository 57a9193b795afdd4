"""Fetching addresses that a user named (a calendar feed, a link) without being turned against our own network.

The guard against server-side request forgery: only http and https on web ports; the name is resolved here, every
address behind it must be a public one, and the connection goes to exactly the address that was checked, so that a
second answer of the name server (DNS rebinding) changes nothing. Each redirect is a new address and checked anew.
Size and time are bounded. The operator's own addresses (models, sign-on, S3) do not come through here.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

import httpx2

IpAddress = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[list[str]]]

MOST_BYTES: Final = 10 * 1024 * 1024
TOTAL_SECONDS: Final = 20.0
MOST_REDIRECTS: Final = 5
LONGEST_URL: Final = 2000

_WEB_PORTS = frozenset({80, 443})
_FIRST_FREE_PORT = 1024  # below it live mail, name and login servers
_LAST_PORT = 65535
_HOST = re.compile(rb"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]+")
_NAT64 = ip_network("64:ff9b::/96")
# Public by number, but inside a data centre: Azure's host agent.
_INSIDE = frozenset({ip_address("168.63.129.16")})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FetchError(Exception):
    """The address could not be fetched; the text may be shown to the user."""


class AddressRefused(FetchError):
    """The address leads to, or may lead to, a place that is not the public web."""


class FetchTooLarge(FetchError):
    """More bytes than allowed."""


class FetchTimeout(FetchError):
    """It took too long."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: final address, status, headers (names in lower case), body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case; empty when none was named."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


async def system_resolver(host: str, port: int) -> list[str]:
    """Addresses of a name, by the operating system. Raises OSError when there are none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_public(address: IpAddress) -> bool:
    """Whether an address belongs to the public internet (IANA special-purpose registries, RFC 6890).

    An address that carries another one (IPv4-mapped, NAT64) is as public as that one; 6to4 and Teredo, which lead
    through relays, never are.
    """
    if isinstance(address, IPv6Address):
        if address.scope_id is not None or address.sixtofour is not None or address.teredo is not None:
            return False
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    refused = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    return address.is_global and not refused and address not in _INSIDE


class Fetcher:
    """Gets addresses of strangers.

    `resolver` and `transport` are exchanged in tests only; the guard works on what the resolver says and hands the
    transport an address by number.
    """

    def __init__(
        self,
        resolver: Resolver = system_resolver,
        transport: httpx2.AsyncBaseTransport | None = None,
        *,
        most_bytes: int = MOST_BYTES,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._resolve = resolver
        # Without kept connections, because they are found by address and must not serve another name on it.
        self._transport = transport or httpx2.AsyncHTTPTransport(
            trust_env=False, limits=httpx2.Limits(max_connections=20, max_keepalive_connections=0)
        )
        self._most_bytes = most_bytes
        self._total_seconds = total_seconds

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Fetched:
        """Fetch an address, following at most 5 redirects; any status is an answer.

        `headers` (If-None-Match and the like) go to the first server only.

        Raises:
            AddressRefused: it, or a redirect from it, does not lead to the public web.
            FetchTooLarge, FetchTimeout: over the bounds.
            FetchError: no such name, no answer, too many redirects.
        """
        async with self._bounded():
            return await self._follow(url, dict(headers or {}))

    @asynccontextmanager
    async def _bounded(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._total_seconds):
                yield
        except TimeoutError as error:
            raise FetchTimeout(f"The address did not answer within {self._total_seconds:g} seconds.") from error
        except httpx2.TimeoutException as error:
            raise FetchTimeout("The address did not answer in time.") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise FetchError("The address could not be fetched.") from error

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Fetched:
        """Send bytes to an address; a redirect is an answer and not followed. Raises as `get` does."""
        async with self._bounded():
            return await self._ask(checked_url(url), headers, "POST", body)

    async def require_public(self, url: str) -> None:
        """Refuse an address that leads into our own network, as far as can be told now: a name may be unknown yet.

        Raises:
            AddressRefused: it is no web address, or a private one.
        """
        target = checked_url(url)
        try:
            await self._address_of(target)
        except AddressRefused:
            raise
        except FetchError:
            return

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def _follow(self, url: str, headers: dict[str, str]) -> Fetched:
        target = checked_url(url)
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._ask(target, headers)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or location is None:
                return answer
            target, headers = checked_url(str(target.join(location))), {}
        raise FetchError(f"The address redirects more than {MOST_REDIRECTS} times.")

    async def _ask(
        self, target: httpx2.URL, headers: Mapping[str, str], method: str = "GET", content: bytes | None = None
    ) -> Fetched:
        address = await self._address_of(target)
        request = httpx2.Request(
            method,
            target.copy_with(host=str(address)),
            headers={
                "User-Agent": "Studyhall",
                "Accept": "*/*",
                **headers,
                "Host": target.netloc.decode("ascii"),
                "Accept-Encoding": "identity",  # a compressed answer could unfold without bound
            },
            content=content,
            extensions={
                "sni_hostname": target.raw_host.decode("ascii"),
                "timeout": httpx2.Timeout(self._total_seconds).as_dict(),
            },
        )
        response = await self._transport.handle_async_request(request)
        try:
            body = await self._bounded_body(response)
        finally:
            await response.aclose()
        return Fetched(str(target), response.status_code, dict(response.headers), body)

    async def _bounded_body(self, response: httpx2.Response) -> bytes:
        if response.status_code in _REDIRECTS:
            return b""
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise FetchError("The address answers compressed although it was asked not to.")
        body = bytearray()
        if not isinstance(response.stream, httpx2.AsyncByteStream):
            raise TypeError("the transport must answer asynchronously")
        async for piece in response.stream:
            body += piece
            if len(body) > self._most_bytes:
                raise FetchTooLarge(f"The address holds more than {self._most_bytes:,} bytes.")
        return bytes(body)

    async def _address_of(self, target: httpx2.URL) -> IpAddress:
        """The checked address to connect to; all that the name has must be public, not only the one taken."""
        try:
            found = [ip_address(target.host)]
        except ValueError:
            try:
                found = [ip_address(one) for one in await self._resolve(target.host, target.port or 0)]
            except (OSError, UnicodeError, ValueError) as error:
                raise FetchError("There is no server of that name.") from error
        if not found:
            raise FetchError("There is no server of that name.")
        if not all(is_public(one) for one in found):
            raise AddressRefused("The address does not lead to the public web.")
        return min(found, key=lambda one: one.version)


def checked_url(url: str) -> httpx2.URL:
    """The address, if its form is acceptable; where it leads is not looked at here.

    Raises:
        AddressRefused: not http(s), with a password, an odd port, or a host that is a number in disguise.
    """
    try:
        target = httpx2.URL(url)
        host, port = target.host, target.port
    except (httpx2.InvalidURL, ValueError, TypeError) as error:
        raise AddressRefused("This is not a web address.") from error
    if len(url) > LONGEST_URL or target.scheme not in ("http", "https") or not host:
        raise AddressRefused("This is not a web address (http or https).")
    if target.userinfo:
        raise AddressRefused("The address may not contain a user name or password.")
    if port is not None and port not in _WEB_PORTS and not _FIRST_FREE_PORT <= port <= _LAST_PORT:
        raise AddressRefused(f"The address may not use port {port}.")
    if not _HOST.fullmatch(target.raw_host) or _is_disguised_number(host):
        raise AddressRefused("The address does not lead to the public web.")
    return target


def _is_disguised_number(host: str) -> bool:
    """Whether old resolvers would read the host as an IPv4 address although it is not written as one.

    By the rule of the WHATWG URL Standard, "ends in a number": 2130706433, 0x7f.1, 127.1 and 017700000001.
    """
    try:
        ip_address(host)
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2].lower()
        return last.isdigit() or (last.startswith("0x") and all(char in "0123456789abcdef" for char in last[2:]))
    return False

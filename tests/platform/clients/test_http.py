"""The guard on addresses that users name: every known way around it, and a real server for the rest."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.platform.clients.http import (
    AddressRefused,
    Fetcher,
    FetchError,
    FetchTimeout,
    FetchTooLarge,
    is_public,
    system_resolver,
)

PUBLIC = "93.184.216.34"
Answer = Callable[[httpx2.Request], httpx2.Response]


class NameServer:
    """Answers of a name server, one list for each time it is asked; the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def fetcher(answer: Answer, *answers: list[str], **bounds: float) -> Fetcher:
    return Fetcher(NameServer(*(answers or ([PUBLIC],))), httpx2.MockTransport(answer), **bounds)  # type: ignore[arg-type]


def never(request: httpx2.Request) -> httpx2.Response:
    raise AssertionError(f"connected to {request.url}")


async def test_connects_to_the_checked_address_under_the_given_name() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        assert request.url.host == PUBLIC
        assert request.headers["host"] == "calendar.example:8443"
        assert request.extensions["sni_hostname"] == "calendar.example"
        assert request.headers["if-none-match"] == '"1"'
        assert request.headers["accept-encoding"] == "identity"
        return httpx2.Response(200, headers={"Content-Type": "Text/Calendar; charset=utf-8"}, content=b"BEGIN")

    got = await fetcher(answer).get("https://calendar.example:8443/a?b=c", {"If-None-Match": '"1"'})
    assert (got.status, got.body, got.content_type) == (200, b"BEGIN", "text/calendar")
    assert got.url == "https://calendar.example:8443/a?b=c"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.8.9.10/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://172.16.5.4/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://192.0.0.1/",
        "http://192.0.2.1/",
        "http://198.18.0.1/",
        "http://203.0.113.7/",
        "http://224.0.0.1/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://168.63.129.16/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://127.1/",
        "http://127.0.0.1./",
        "http://0/",
        "http://[::]/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
        "http://[fe80::1]/",
        "http://[fe80::1%25eth0]/",
        "http://[fc00::1]/",
        "http://[fd12:3456::1]/",
        "http://[ff02::1]/",
        "http://[2001:db8::1]/",
        "http://①②⑦.0.0.1/",
        "http://127。0。0。1/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "//example.org/",
        "example.org",
        "",
        "http://",
        "http://user:pass@example.org/",
        "http://example.org@127.0.0.1/",
        "http://example.org:22/",
        "http://example.org:25/",
        "http://example.org:99999/",
        "http://exa\nmple.org/",
        "http://exa mple.org/",
        "https://example.org/" + "a" * 2000,
    ],
)
async def test_bad_addresses_are_refused_unasked(url: str) -> None:
    with pytest.raises(AddressRefused):
        await fetcher(never).get(url)


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["::1"],
        ["10.1.2.3"],
        [PUBLIC, "127.0.0.1"],
        ["169.254.169.254"],
        ["::ffff:192.168.0.1"],
        ["fe80::1%eth0"],
    ],
)
async def test_names_that_lead_inside_are_refused(answers: list[str]) -> None:
    for url in ("http://inside.example/", "http://localhost/", "https://127.0.0.1.nip.example/"):
        with pytest.raises(AddressRefused):
            await fetcher(never, answers).get(url)


async def test_a_second_answer_of_the_name_server_changes_nothing() -> None:
    """DNS rebinding: public when checked, inside when connected. The name is asked once for each connection."""
    names = NameServer([PUBLIC], ["127.0.0.1"])
    seen: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.url.host)
        return httpx2.Response(200, content=b"ok")

    guarded = Fetcher(names, httpx2.MockTransport(answer))
    assert (await guarded.get("http://rebind.example/")).body == b"ok"
    assert (seen, names.asked) == ([PUBLIC], ["rebind.example"])
    with pytest.raises(AddressRefused):
        await guarded.get("http://rebind.example/")
    assert seen == [PUBLIC]


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://[::1]/x",
        "//169.254.169.254/",
        "file:///etc/passwd",
        "http://2130706433/",
        "http://a:b@c/",
        "http://example.org:25/",
    ],
)
async def test_redirects_are_checked(location: str) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        assert request.url.host == PUBLIC
        return httpx2.Response(302, headers={"Location": location})

    with pytest.raises(AddressRefused):
        await fetcher(answer).get("https://example.org/")


async def test_redirects_are_resolved_anew() -> None:
    redirect = httpx2.Response(301, headers={"Location": "/other"})
    with pytest.raises(AddressRefused):
        await fetcher(lambda _: redirect, [PUBLIC], ["10.0.0.1"]).get("https://example.org/")


async def test_good_redirects_are_followed_without_the_headers() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.headers["host"] == "one.example":
            return httpx2.Response(307, headers={"Location": "https://two.example/x"}, content=b"y" * 100)
        assert "authorization" not in request.headers
        return httpx2.Response(200, content=b"done")

    got = await fetcher(answer, most_bytes=50).get("http://one.example/", {"Authorization": "secret"})
    assert (got.url, got.body) == ("https://two.example/x", b"done")


async def test_endless_redirects_end() -> None:
    calls: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        calls.append(str(request.url))
        return httpx2.Response(302, headers={"Location": f"/{len(calls)}"})

    with pytest.raises(FetchError, match="redirects"):
        await fetcher(answer).get("https://example.org/")
    assert len(calls) == 6


async def test_size_is_bounded_while_reading() -> None:
    given_out = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given_out
        while True:
            given_out += 1000
            yield b"x" * 1000

    with pytest.raises(FetchTooLarge):
        await fetcher(lambda _: httpx2.Response(200, content=endless()), most_bytes=10_000).get("https://example.org/")
    assert given_out <= 11_000


async def test_compressed_answers_are_refused() -> None:
    bomb = httpx2.Response(200, headers={"Content-Encoding": "gzip"}, content=gzip.compress(b"0" * 10_000_000))
    with pytest.raises(FetchError, match="compressed"):
        await fetcher(lambda _: bomb).get("https://example.org/")


async def test_time_is_bounded_in_all() -> None:
    async def slow() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.02)
            yield b"x"

    with pytest.raises(FetchTimeout):
        await fetcher(lambda _: httpx2.Response(200, content=slow()), total_seconds=0.1).get("https://example.org/")


@pytest.mark.parametrize("answers", [[], ["not an address"]])
async def test_names_without_address(answers: list[str]) -> None:
    with pytest.raises(FetchError):
        await fetcher(never, answers).get("https://example.org/")


async def test_unknown_names_are_an_error_of_ours() -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(FetchError, match="no server"):
        await Fetcher(unknown, httpx2.MockTransport(never)).get("https://example.org/")


async def test_the_systems_resolver_finds_this_machine_and_the_guard_refuses_it() -> None:
    assert set(await system_resolver("localhost", 80)) & {"127.0.0.1", "::1"}
    guarded = Fetcher()
    with pytest.raises(AddressRefused):
        await guarded.get("http://localhost/")
    await guarded.aclose()


async def test_the_real_transport_takes_an_address_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """One real request over TCP; only the notion of what is public is widened."""
    received: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setattr("studyhall.platform.clients.http.is_public", lambda _: True)
    guarded = Fetcher(NameServer(["127.0.0.1"]))
    got = await guarded.get(f"http://feed.example:{port}/a.ics")
    assert (got.status, got.body) == (200, b"ok")
    assert received[0].startswith(b"GET /a.ics HTTP/1.1\r\n")
    assert f"host: feed.example:{port}".encode() in received[0].lower()
    server.close()
    await server.wait_closed()
    with pytest.raises(FetchError):
        await guarded.get(f"http://feed.example:{port}/a.ics")
    await guarded.aclose()


def test_ordinary_addresses_are_public() -> None:
    for address in (PUBLIC, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "1.1.1.1"):
        assert is_public(ip_address(address)), address


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_as_public_as_the_one_it_carries(address: IPv4Address) -> None:
    for prefix in (0xFFFF << 32, int(IPv6Address("64:ff9b::"))):
        assert is_public(IPv6Address(prefix | int(address))) == is_public(address)


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_public(address: IPv4Address | IPv6Address) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not is_public(address) or getattr(address, "ipv4_mapped", None) is not None

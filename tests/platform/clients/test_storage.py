"""Stored files on each real store, plain and sealed; ranges, damage, and keys that would leave the folder."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer
from obstore.store import MemoryStore, S3Store

from studyhall.platform.clients import sealing
from studyhall.platform.clients.sealing import CHUNK_BYTES
from studyhall.platform.clients.storage import ObjectDamaged, ObjectMissing, Storage, StorageError
from studyhall.platform.crypto import Keys
from studyhall.platform.settings import Settings

KEYS = Keys("a secret of this test that is long enough")
SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 7]


@pytest.fixture(scope="module")
def s3_options() -> Iterator[dict[str, str]]:
    """A moto server on a free port, with one bucket."""
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    yield {"endpoint": endpoint, "access_key_id": "test", "secret_access_key": "test", "region": "us-east-1"}
    server.stop()


async def _bucket(options: dict[str, str], name: str) -> None:
    """S3 has no call for it in obstore; an empty PUT on the bucket's address makes it."""
    host, _, port = options["endpoint"].removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"PUT /{name} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert b" 200 " in answer.splitlines()[0]


@pytest.fixture(params=["local", "memory", "s3"])
async def driver_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "s3":
        options = request.getfixturevalue("s3_options")
        bucket = f"bucket-{os.urandom(4).hex()}"
        await _bucket(options, bucket)
        return Settings(storage_url=f"s3://{bucket}/some/prefix", storage_options=options, _env_file=None)
    url = None if request.param == "local" else "memory:///"
    return Settings(data_dir=tmp_path, storage_url=url, _env_file=None)


@pytest.fixture(params=[False, True], ids=["plain", "sealed"])
def storage(request: pytest.FixtureRequest, driver_settings: Settings) -> Storage:
    return Storage.from_settings(driver_settings.model_copy(update={"storage_encryption": request.param}), KEYS)


async def in_pieces(content: bytes, size: int = 10_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def test_what_goes_in_comes_out(storage: Storage) -> None:
    await storage.check()
    for size in SIZES:
        content = os.urandom(size)
        for source in (content, in_pieces(content)):
            key = await storage.put(f"a/{size}", source)
            assert await storage.read(key) == content
            assert await storage.size(key) == size
            half = b"".join([part async for part in storage.stream(key, size // 2)])
            assert half == content[size // 2 :]
    found = {one.key: one.stored_bytes async for one in storage.list("a")}
    assert len(found) == len(SIZES)
    assert {one.key async for one in storage.list()} == set(found)
    assert [one async for one in storage.list("nothing")] == []


async def test_missing_and_deleted(storage: Storage) -> None:
    key = await storage.put("a/b.txt", b"x")
    assert await storage.exists(key)
    await storage.delete(key)
    await storage.delete(key)
    assert not await storage.exists(key)
    with pytest.raises(ObjectMissing):
        await storage.read(key)


async def test_overwriting_leaves_the_new_content(storage: Storage) -> None:
    await storage.put("a", b"first and longer")
    key = await storage.put("a", b"second")
    assert await storage.read(key) == b"second"


async def test_a_stream_that_breaks_leaves_nothing(storage: Storage) -> None:
    class Broken(Exception):
        pass

    async def source() -> AsyncIterator[bytes]:
        yield os.urandom(3 * CHUNK_BYTES)
        raise Broken

    with pytest.raises(Broken):
        await storage.put("broken", source())
    assert [one async for one in storage.list()] == []


async def test_a_large_file_goes_in_parts(storage: Storage) -> None:
    content = os.urandom(1_000_003) * 12
    key = await storage.put("large", in_pieces(content, 300_000))
    assert b"".join([part async for part in storage.stream(key, 7_000_000, 7_200_000)]) == content[7_000_000:7_200_000]
    assert await storage.size(key) == len(content)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../up",
        "a/../b",
        "a//b",
        "a/",
        "./a",
        "a\\b",
        "a/.hidden",
        "a b",
        "ä",
        "a\n",
        "a\x00b",
        "C:x",
        "%2e%2e/x",
        "x" * 501,
    ],
)
async def test_keys_that_could_lead_elsewhere_are_refused(key: str) -> None:
    storage = Storage.in_memory(KEYS)
    for call in (storage.put(key, b""), storage.read(key), storage.delete(key), storage.exists(key)):
        with pytest.raises(ValueError, match="key"):
            await call


async def test_ranges_outside_the_content_are_refused() -> None:
    storage = Storage.in_memory(KEYS)
    key = await storage.put("a", b"12345")
    assert [part async for part in storage.stream(key, 5)] == []
    assert [part async for part in storage.stream(key, 4, 99)] == [b"5"]
    for start, end in [(-1, None), (6, None), (4, 3)]:
        with pytest.raises(ValueError, match="range"):
            [part async for part in storage.stream(key, start, end)]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SIZES), st.data())
async def test_every_range_of_a_sealed_object(size: int, data: st.DataObject) -> None:
    content = os.urandom(size)
    storage = Storage.in_memory(KEYS, encrypts=True)
    key = await storage.put("a", content)
    start = data.draw(st.integers(0, size))
    end = data.draw(st.integers(start, size))
    assert b"".join([part async for part in storage.stream(key, start, end)]) == content[start:end]


@given(st.integers(0, 10**12))
def test_sizes_convert_both_ways(size: int) -> None:
    assert sealing.plain_size(sealing.sealed_size(size)) == size


async def sealed_bytes(name: str, content: bytes) -> bytes:
    return b"".join([part async for part in sealing.seal(KEYS, name, in_pieces(content))])


async def opened(key: str, raw: bytes, keys: Keys = KEYS) -> bytes:
    store = MemoryStore()
    await store.put_async(key, raw)
    return await Storage(store, "memory", keys).read(key)


async def test_sealed_objects_do_not_open_when_anything_was_done_to_them() -> None:
    content = os.urandom(2 * CHUNK_BYTES + 100)
    raw = await sealed_bytes("a.sealed", content)
    step, head = CHUNK_BYTES + sealing.TAG_BYTES, sealing.HEADER_BYTES
    first, second, last = raw[head : head + step], raw[head + step : head + 2 * step], raw[head + 2 * step :]
    other = await sealed_bytes("a.sealed", content)
    assert await opened("a.sealed", raw) == content
    changed = {
        "cut at a chunk": raw[: head + 2 * step],
        "cut inside": raw[:-1],
        "swapped": raw[:head] + second + first + last,
        "repeated": raw[:head] + first + first + last,
        "left out": raw[:head] + second + last,
        "other key": other[:head] + raw[head:],
        "one bit": raw[:-5] + bytes([raw[-5] ^ 1]) + raw[-4:],
        "head": b"X" + raw[1:],
        "key bit": raw[:30] + bytes([raw[30] ^ 1]) + raw[31:],
        "empty": b"",
        "only head": raw[:head],
        "more": raw + b"x",
    }
    for what, damaged in changed.items():
        with pytest.raises(ObjectDamaged):
            pytest.fail(f"{what}: {len(await opened('a.sealed', damaged))} bytes came out")
    with pytest.raises(ObjectDamaged):
        await opened("b.sealed", raw)
    with pytest.raises(ObjectDamaged):
        await opened("a.sealed", raw, Keys("another secret"))
    assert (
        await opened("a.sealed", raw, Keys("another secret", ["a secret of this test that is long enough"])) == content
    )


async def test_both_kinds_lie_side_by_side(tmp_path: Path) -> None:
    """The setting may change at any time; a file that only looks sealed is an ordinary file."""
    plain = Storage.from_settings(Settings(data_dir=tmp_path, _env_file=None), KEYS)
    sealing_one = Storage.from_settings(Settings(data_dir=tmp_path, storage_encryption=True, _env_file=None), KEYS)
    old = await plain.put("old", sealing.MAGIC + b"looks sealed")
    new = await sealing_one.put("new", b"a secret text")
    assert await sealing_one.read(old) == sealing.MAGIC + b"looks sealed"
    assert await plain.read(new) == b"a secret text"
    assert new == "new.sealed"
    assert b"secret" not in (tmp_path / "files" / new).read_bytes()
    with pytest.raises(ValueError, match="may not end"):
        await plain.put("forged.sealed", b"")


async def test_an_unreachable_store_is_an_error_of_ours() -> None:
    options = {"endpoint": "http://127.0.0.1:9", "access_key_id": "a", "secret_access_key": "b", "region": "x"}
    store = S3Store("bucket", config=options, client_options={"allow_http": True}, retry_config={"max_retries": 0})  # type: ignore[arg-type]
    with pytest.raises(StorageError) as caught:
        await Storage(store, "s3", KEYS).read("a")
    assert not isinstance(caught.value, ObjectMissing)


def test_addresses(tmp_path: Path) -> None:
    for url, driver in [(str(tmp_path / "x"), "local"), (f"file://{tmp_path}/y", "local"), ("memory:///", "memory")]:
        assert Storage.from_settings(Settings(storage_url=url, _env_file=None), KEYS).driver == driver
    for wrong in ("ftp://host/x", "s3://"):
        with pytest.raises(ValueError, match="STORAGE"):
            Storage.from_settings(Settings(storage_url=wrong, _env_file=None), KEYS)

"""Stored files: in a folder, in S3 (and what speaks like it), GCS, Azure, or in memory, all through obstore.

With the setting `storage_encryption` every new object is encrypted before it leaves this process. Such objects carry
the ending `.sealed`, so that both kinds can lie side by side and the setting can change at any time.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self, cast

from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from studyhall.platform.clients import sealing
from studyhall.platform.crypto import Keys
from studyhall.platform.ids import new_id
from studyhall.platform.settings import Settings

SEALED = ".sealed"
LONGEST_KEY = 500
READ_BYTES = 256 * 1024

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_DRIVERS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "az": "azure", "file": "local", "memory": "memory"}


class StorageError(Exception):
    """The store does not answer, or refuses."""


class ObjectMissing(StorageError):
    """There is no object under that key."""


class ObjectDamaged(StorageError):
    """A sealed object was changed, cut off, exchanged, or sealed with a forgotten secret."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One entry of a listing; `stored_bytes` counts what lies in the store, sealed or not."""

    key: str
    stored_bytes: int
    changed_at: datetime


class Storage:
    """Objects by key. A key is segments of letters, digits, `.`, `_` and `-`, each begun by a letter or digit.

    Attributes:
        driver: local, s3, gcs, azure or memory.
    """

    def __init__(self, store: ObjectStore, driver: str, keys: Keys, *, encrypts: bool = False) -> None:
        self._store = store
        self._keys = keys
        self._encrypts = encrypts
        self.driver = driver

    @classmethod
    def in_memory(cls, keys: Keys, *, encrypts: bool = False) -> Self:
        """For tests."""
        return cls(MemoryStore(), "memory", keys, encrypts=encrypts)

    @classmethod
    def from_settings(cls, settings: Settings, keys: Keys) -> Self:
        """By `storage_url` and `storage_options`; without them the folder `files` in the data folder.

        Raises:
            ValueError: an address or options that cannot be used.
        """
        driver, store = _open(settings)
        return cls(store, driver, keys, encrypts=settings.storage_encryption)

    async def put(self, key: str, content: bytes | AsyncIterable[bytes]) -> str:
        """Store an object, whole or not at all; answers the key to read it by (`key`, with `.sealed` when encrypted).

        An error of the given stream is passed on and leaves nothing.

        Raises:
            ValueError: not a key.
            StorageError: the store does not take it.
        """
        _check(key)
        if key.endswith(SEALED):
            raise ValueError(f"a new key may not end with {SEALED}")
        stored = key + SEALED if self._encrypts else key
        source = sealing.seal(self._keys, stored, _stream_of(content)) if self._encrypts else content
        with _our_errors(stored):
            await self._store.put_async(stored, source)
        return stored

    async def size(self, key: str) -> int:
        """Length of the content in bytes. Raises ObjectMissing, StorageError."""
        _check(key)
        with _our_errors(key):
            meta = await self._store.head_async(key)
            return sealing.plain_size(meta["size"]) if key.endswith(SEALED) else meta["size"]

    async def read(self, key: str) -> bytes:
        """The whole content; for what is known to be small. Raises ObjectMissing, ObjectDamaged, StorageError."""
        return b"".join([chunk async for chunk in self.stream(key)])

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The content from byte `start` up to and without byte `end`, in chunks.

        Raises:
            ObjectMissing: before the first chunk.
            ObjectDamaged: at any chunk; every chunk before it was genuine.
            StorageError: the store does not answer.
        """
        size = await self.size(key)
        stop = size if end is None else min(end, size)
        if start < 0 or start > stop:
            raise ValueError(f"no range: {start} to {end} of {size} bytes")
        if not key.endswith(SEALED):
            async for chunk in self._range(key, start, stop):
                yield chunk
            return
        header = b"".join([chunk async for chunk in self._range(key, 0, sealing.HEADER_BYTES)])
        span = sealing.span_of(size, start, stop)
        chunks = sealing.unseal(self._keys, key, header, span, self._range(key, span.first_byte, span.end_byte))
        with _our_errors(key):
            async for chunk in chunks:
                yield chunk

    async def exists(self, key: str) -> bool:
        """Whether there is such an object. Raises StorageError."""
        try:
            await self.size(key)
        except ObjectMissing:
            return False
        return True

    async def delete(self, key: str) -> None:
        """Remove an object; one that is not there counts as removed. Raises StorageError."""
        _check(key)
        try:
            with _our_errors(key):
                await self._store.delete_async(key)
        except ObjectMissing:
            return

    async def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        """Every object below the folder `prefix`. Raises StorageError."""
        if prefix:
            _check(prefix)
        with _our_errors(prefix):
            async for batch in self._store.list_async(prefix or None):
                for meta in batch:
                    yield StoredObject(meta["path"], meta["size"], meta["last_modified"])

    async def check(self) -> None:
        """Write, read and remove a small object. Raises StorageError when that does not work."""
        content = new_id().bytes
        key = await self.put(f"check/{new_id()}", content)
        try:
            if await self.read(key) != content:
                raise StorageError("The store gives back something else than was put in.")
        finally:
            await self.delete(key)

    async def _range(self, key: str, start: int, stop: int) -> AsyncIterator[bytes]:
        if start >= stop:
            return
        with _our_errors(key):
            found = await self._store.get_async(key, options={"range": (start, stop)})
            async for chunk in found.stream(min_chunk_size=READ_BYTES):
                yield bytes(chunk)


def _open(settings: Settings) -> tuple[str, ObjectStore]:
    url = settings.storage_url
    if url is None or "://" not in url:
        folder = settings.data_dir / "files" if url is None else Path(url)
        return "local", LocalStore(folder.absolute(), mkdir=True)
    driver = _DRIVERS.get(url.partition("://")[0])
    if driver is None:
        raise ValueError(f"STUDYHALL_STORAGE_URL must be a folder or begin with {', '.join(sorted(_DRIVERS))}://")
    try:
        if driver == "local":
            return driver, from_url(url, mkdir=True)
        if driver == "memory":
            return driver, MemoryStore()
        options = cast(Any, settings.storage_options)
        plain = any(value.startswith("http://") for value in settings.storage_options.values())
        return driver, from_url(url, config=options, client_options={"allow_http": plain})
    except (BaseError, OSError) as error:
        raise ValueError(f"STUDYHALL_STORAGE_URL or _OPTIONS cannot be used: {error}") from error


def _check(key: str) -> None:
    """Keys are ours, never a file name that somebody sent; a wrong one is a fault in the program."""
    if len(key) > LONGEST_KEY or not _KEY.fullmatch(key):
        raise ValueError(f"not a storage key: {key[:80]!r}")


async def _stream_of(content: bytes | AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    async for chunk in content:
        yield chunk


@contextmanager
def _our_errors(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectMissing(f"There is no stored object '{key}'.") from error
    except sealing.Damaged as error:
        raise ObjectDamaged(f"The stored object '{key}' cannot be opened: {error}") from error
    except (BaseError, OSError) as error:
        raise StorageError(f"The file store refuses '{key}': {str(error)[:300]}") from error

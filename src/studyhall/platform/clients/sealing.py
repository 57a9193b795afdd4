"""Streamed envelope encryption of stored objects.

The STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance" (2015), over AES-256-GCM (NIST SP 800-38D): the content is cut into chunks, each encrypted under the
object's own data key with a nonce of its number and a mark on the last one. So a chunk that was changed, moved, left
out or cut off does not open, and a range is read without what lies before it.

Layout: magic `SHF1`, sealed data key (49 bytes), then chunks of 64 KiB and a 16-byte tag each; the last one is shorter
or full, and empty only when the content is. The object's key is bound to every chunk.
"""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from studyhall.platform.crypto import SEALED_KEY_BYTES, DecryptionFailed, Keys

MAGIC = b"SHF1"
PURPOSE = "stored file"
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
HEADER_BYTES = len(MAGIC) + SEALED_KEY_BYTES


class Damaged(Exception):
    """The bytes are not what was sealed."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which chunks hold a range of the content.

    Attributes:
        first, last: numbers of the first and last chunk needed.
        total: how many chunks the object has.
        skip, length: what to leave out at the start of the first chunk, and how many bytes to give then.
        first_byte, end_byte: where these chunks lie in the object.
    """

    first: int
    last: int
    total: int
    skip: int
    length: int
    first_byte: int
    end_byte: int


def sealed_size(size: int) -> int:
    """Bytes that `size` bytes of content take when sealed."""
    return HEADER_BYTES + size + _chunks(size) * TAG_BYTES


def plain_size(sealed: int) -> int:
    """Bytes of content in a sealed object. Raises Damaged when no object has that length."""
    body = sealed - HEADER_BYTES
    chunks = -(-body // (CHUNK_BYTES + TAG_BYTES))
    size = body - chunks * TAG_BYTES
    if size < 0 or chunks < 1 or sealed_size(size) != sealed:
        raise Damaged("its length is impossible")
    return size


def span_of(size: int, start: int, stop: int) -> Span:
    """The chunks of bytes `start` to `stop` (without it) of a content of `size` bytes."""
    total = _chunks(size)
    first = min(start // CHUNK_BYTES, total - 1)
    last = min(max(stop - 1, start, 0) // CHUNK_BYTES, total - 1)
    step = CHUNK_BYTES + TAG_BYTES
    return Span(
        first=first,
        last=last,
        total=total,
        skip=start - first * CHUNK_BYTES,
        length=stop - start,
        first_byte=HEADER_BYTES + first * step,
        end_byte=min(HEADER_BYTES + (last + 1) * step, sealed_size(size)),
    )


async def seal(keys: Keys, name: str, content: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The sealed object, in pieces."""
    data_key, sealed_key = keys.new_data_key(PURPOSE)
    cipher, header = AESGCM(data_key), MAGIC + sealed_key
    yield header
    number, waiting = 0, bytearray()
    async for piece in content:
        waiting += piece
        done = 0
        while len(waiting) - done > CHUNK_BYTES:  # a full chunk waits until it is known not to be the last
            chunk = bytes(waiting[done : done + CHUNK_BYTES])
            yield cipher.encrypt(_nonce(number, last=False), chunk, header + name.encode())
            number, done = number + 1, done + CHUNK_BYTES
        del waiting[:done]
    yield cipher.encrypt(_nonce(number, last=True), bytes(waiting), header + name.encode())


async def unseal(keys: Keys, name: str, header: bytes, span: Span, body: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The content of a span; `body` are the object's bytes from `span.first_byte` to `span.end_byte`.

    Raises:
        Damaged: not what was sealed under that name; what was given before is genuine.
    """
    if len(header) != HEADER_BYTES or not header.startswith(MAGIC):
        raise Damaged("it does not begin like a sealed object")
    try:
        cipher = AESGCM(keys.open_data_key(PURPOSE, header[len(MAGIC) :]))
    except DecryptionFailed as error:
        raise Damaged(str(error)) from error
    number, left, skip = span.first, span.length, span.skip
    async for chunk in _regroup(body):
        try:
            plain = cipher.decrypt(_nonce(number, last=number == span.total - 1), chunk, header + name.encode())
        except InvalidTag as error:
            raise Damaged(f"chunk {number} was changed") from error
        piece = plain[skip : skip + left]
        number, left, skip = number + 1, left - len(piece), 0
        if piece:
            yield piece
    if number != span.last + 1:
        raise Damaged("it ends too early")


async def _regroup(body: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Pieces of any length as chunks with their tags."""
    waiting, step = bytearray(), CHUNK_BYTES + TAG_BYTES
    async for piece in body:
        waiting += piece
        done = 0
        while len(waiting) - done >= step:
            yield bytes(waiting[done : done + step])
            done += step
        del waiting[:done]
    if waiting:
        yield bytes(waiting)


def _chunks(size: int) -> int:
    return max(1, -(-size // CHUNK_BYTES))


def _nonce(number: int, *, last: bool) -> bytes:
    """11 bytes of chunk number, one of mark; unique, because the data key serves one object only."""
    return number.to_bytes(11, "big") + bytes([last])

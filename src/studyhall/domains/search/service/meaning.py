"""The embedding of a query, had in time or not at all."""

import asyncio
import hashlib
import struct
from contextlib import suppress

from studyhall.domains.search.rules.queries import LONGEST_QUERY
from studyhall.platform.cache import Source
from studyhall.platform.clients.embedding import DIMENSIONS, Unavailable, Vector
from studyhall.platform.resources import Resources

PATIENCE_SECONDS = 0.025
"""How long a search waits for its vector: enough for a warm model. The first search starts the model and does without;
the vector is kept all the same, for the second."""
MOST_WAITING = 8
_VECTORS = Source("query_vector", 24 * 3600)
_PACKED = struct.Struct(f"<{DIMENSIONS}f")
_waiting: set[asyncio.Task[bytes]] = set()


async def query_vector(resources: Resources, text: str, patience: float = PATIENCE_SECONDS) -> Vector | None:
    """The query's vector, or None when there is none within `patience` seconds.

    It may wait for the model: call it before the first statement of a unit of work.
    """
    text = " ".join(text[:LONGEST_QUERY].split())
    if not text or not resources.embedding.is_available or len(_waiting) >= MOST_WAITING:
        return None
    task = asyncio.ensure_future(_kept(resources, text))
    _waiting.add(task)
    task.add_done_callback(_forget)
    done, _ = await asyncio.wait({task}, timeout=patience)
    if not done or task.exception() is not None:
        return None
    return _PACKED.unpack(task.result())


async def _kept(resources: Resources, text: str) -> bytes:
    async def make() -> bytes:
        (vector,) = await resources.embedding.embed([text])
        return _PACKED.pack(*vector)

    # The cache names no query: who can read it is not to read what people look for.
    name = hashlib.blake2b(text.casefold().encode(errors="replace"), digest_size=16).hexdigest()
    packed: bytes = await resources.cache.get_or_make(_VECTORS.key(name), _VECTORS.ttl_seconds, make)
    return packed


def _forget(task: asyncio.Task[bytes]) -> None:
    _waiting.discard(task)
    with suppress(Unavailable, asyncio.CancelledError):
        task.result()

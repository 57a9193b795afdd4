"""Asking for embeddings."""

from collections.abc import Sequence
from typing import Protocol

import orjson
import structlog

from studyhall.platform.clients.embedding.weights import weights_folder
from studyhall.platform.clients.model_process import ENGINE, ModelProcess, ProcessFailed

log = structlog.get_logger(__name__)

DIMENSIONS = 384
MOST_TEXTS = 64
"""Texts of one call."""

Vector = tuple[float, ...]
"""`DIMENSIONS` numbers of length 1 in all, so that a dot product is the cosine of the angle."""


class Unavailable(Exception):
    """There is no embedding now: the package is missing, or the process failed."""


class TextEmbedding(Protocol):
    """Turns texts into vectors."""

    @property
    def is_available(self) -> bool:
        """Whether the model is installed. Nothing is loaded to find out."""
        ...

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One vector for each text, in order; of a text the first 256 word pieces count. Raises Unavailable."""
        ...

    async def close(self) -> None: ...


class LocalEmbedding:
    """The model in the process for models."""

    def __init__(self, process: ModelProcess | None = None) -> None:
        self._process = process or ModelProcess(ENGINE)

    @property
    def is_available(self) -> bool:
        return weights_folder() is not None

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        if not self.is_available:
            raise Unavailable("the embedding package is not installed")
        found: list[Vector] = []
        for start in range(0, len(texts), MOST_TEXTS):
            found += await self._embed(texts[start : start + MOST_TEXTS])
        return found

    async def _embed(self, texts: Sequence[str]) -> list[Vector]:
        try:
            answer = await self._process.call({"operation": "embed"}, orjson.dumps(list(texts)))
        except ProcessFailed as error:
            log.warning("embedding failed", texts=len(texts), reason=str(error))
            raise Unavailable(str(error)) from error
        if "refused" in answer:
            log.error("embedding refused", reason=answer["message"])
            raise Unavailable(answer["message"])
        return [tuple(vector) for vector in answer["vectors"]]

    async def close(self) -> None:
        await self._process.close()


class NullEmbedding:
    """No model: nothing is ever available."""

    is_available = False

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        raise Unavailable("no embedding model is set up")

    async def close(self) -> None:
        return None

"""The model process's side of embeddings.

{"operation": "embed"} + a JSON list of texts -> {"vectors": [[384 numbers], ...]}
weights that are missing or not the known ones -> {"refused": "weights", "message": sentence}
"""

from functools import lru_cache
from typing import Any

import orjson

from studyhall.platform.clients.embedding.minilm import MiniLM, vectors_of
from studyhall.platform.clients.embedding.weights import WrongWeights, weights_folder


@lru_cache(maxsize=1)
def _model() -> MiniLM:
    folder = weights_folder()
    if folder is None:
        raise WrongWeights("the embedding package is not installed")
    return MiniLM(folder)


def answer(_: dict[str, Any], content: bytes) -> dict[str, Any]:
    """One call."""
    try:
        return {"vectors": vectors_of(orjson.loads(content), _model())}
    except (WrongWeights, OSError) as refusal:
        return {"refused": "weights", "message": str(refusal)}

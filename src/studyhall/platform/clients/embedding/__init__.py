"""The meaning of short texts as unit vectors: all-MiniLM-L6-v2, run on this machine without a network.

Nothing heavy is imported here; the model runs in the process of its own that `model_process` keeps. Its weights come
from a package that is not among our dependencies: without it nothing is available, and search is by words only.
"""

from studyhall.platform.clients.embedding.client import (
    DIMENSIONS,
    LocalEmbedding,
    NullEmbedding,
    TextEmbedding,
    Unavailable,
    Vector,
)

__all__ = ["DIMENSIONS", "LocalEmbedding", "NullEmbedding", "TextEmbedding", "Unavailable", "Vector"]

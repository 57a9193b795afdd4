"""all-MiniLM-L6-v2 (Wang et al. 2020, as published by sentence-transformers) in numpy. Runs in the model process only.

A BERT encoder of 6 layers and 12 heads (Devlin et al. 2019); a text's vector is the mean of its word pieces' vectors,
brought to length 1.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studyhall.platform.clients.embedding import weights

LAYERS, HEADS = 6, 12
MOST_PIECES = 256
MOST_AT_ONCE = 2048
"""Word pieces that go through the layers together: what keeps memory flat and the matrices in the caches."""
EPSILON = np.float32(1e-12)
FAR = np.float32(-1e9)  # what padding gets instead of attention

Array = NDArray[np.float32]


class MiniLM:
    """The loaded model.

    Args:
        folder: with the published `model.safetensors` and `tokenizer.json`.

    Raises:
        WrongWeights: a file is another one.
    """

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        weights.check(folder)
        self._weights: dict[str, Array] = {
            name: array.astype(np.float32, copy=False)
            for name, array in load_file(folder / "model.safetensors").items()
            if array.dtype.kind == "f"
        }
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MOST_PIECES)
        self._tokenizer.no_padding()

    def embed(self, texts: list[str]) -> Array:
        """One row of length 1 for each text, in order."""
        pieces: list[list[int]] = [found.ids for found in self._tokenizer.encode_batch(texts)]
        vectors = np.empty((len(texts), self._weights["embeddings.LayerNorm.weight"].shape[0]), np.float32)
        for group in _groups(pieces):
            vectors[group] = self._encode([pieces[index] for index in group])
        return vectors

    def _encode(self, pieces: list[list[int]]) -> Array:
        longest = max(len(one) for one in pieces)
        ids = np.array([one + [0] * (longest - len(one)) for one in pieces])
        mask = np.array([[1] * len(one) + [0] * (longest - len(one)) for one in pieces], np.float32)
        state = self._weights["embeddings.word_embeddings.weight"][ids]
        state = state + self._weights["embeddings.position_embeddings.weight"][:longest]
        state = state + self._weights["embeddings.token_type_embeddings.weight"][0]
        state = self._normalised(state, "embeddings.LayerNorm")
        shut = ((1 - mask) * FAR)[:, None, None, :]
        for layer in range(LAYERS):
            state = self._layer(state, shut, f"encoder.layer.{layer}.")
        mean = (state * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        unit: Array = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit

    def _layer(self, state: Array, shut: Array, name: str) -> Array:
        attended = self._linear(self._attention(state, shut, name + "attention.self."), name + "attention.output.dense")
        state = self._normalised(state + attended, name + "attention.output.LayerNorm")
        wide = _gelu(self._linear(state, name + "intermediate.dense"))
        return self._normalised(state + self._linear(wide, name + "output.dense"), name + "output.LayerNorm")

    def _attention(self, state: Array, shut: Array, name: str) -> Array:
        texts, length, width = state.shape
        query, key, value = (
            self._linear(state, name + part).reshape(texts, length, HEADS, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(math.sqrt(width // HEADS)) + shut
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        mixed: Array = (scores @ value).transpose(0, 2, 1, 3).reshape(texts, length, width)
        return mixed

    def _linear(self, state: Array, name: str) -> Array:
        product: Array = state @ self._weights[name + ".weight"].T
        product += self._weights[name + ".bias"]
        return product

    def _normalised(self, state: Array, name: str) -> Array:
        centred = state - state.mean(-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + EPSILON)
        normal: Array = centred / spread * self._weights[name + ".weight"] + self._weights[name + ".bias"]
        return normal


def _groups(pieces: list[list[int]]) -> list[list[int]]:
    """Indexes of texts that go together: of like length, so that little is padded."""
    groups: list[list[int]] = []
    for index in sorted(range(len(pieces)), key=lambda index: len(pieces[index])):
        if groups and (len(groups[-1]) + 1) * len(pieces[index]) <= MOST_AT_ONCE:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _gelu(x: Array) -> Array:
    """x Φ(x), with the error function of Abramowitz and Stegun 7.1.26 (off by 1.5e-7 at most); numpy has none."""
    z = np.abs(x) * np.float32(math.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = np.zeros_like(t)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = (series + np.float32(factor)) * t
    error = np.copysign(1 - series * np.exp(-z * z), x)
    activated: Array = np.float32(0.5) * x * (1 + error)
    return activated


def vectors_of(texts: list[str], model: MiniLM) -> list[list[float]]:
    """As plain numbers for the answer's frame."""
    plain: Any = model.embed(texts).tolist() if texts else []
    return [[float(number) for number in row] for row in plain]

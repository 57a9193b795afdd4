"""Embeddings: the numbers are the published model's, the files are the known ones, and without them nothing breaks."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studyhall.platform.clients.embedding import LocalEmbedding, NullEmbedding, Unavailable, engine, minilm, weights
from studyhall.platform.clients.embedding.minilm import MiniLM

FOLDER = weights.weights_folder()
needs_package = pytest.mark.skipif(FOLDER is None, reason="the embedding package is not installed; make setup does")

# The example of the publisher's own documentation, with the similarities that it prints.
SENTENCES = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
SIMILARITIES = [[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]]


@pytest.fixture(scope="module")
def model() -> MiniLM:
    assert FOLDER is not None
    return MiniLM(FOLDER)


@needs_package
def test_published_similarities(model: MiniLM) -> None:
    found = model.embed(SENTENCES)
    assert np.allclose(found @ found.T, SIMILARITIES, atol=1e-4)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)


@needs_package
def test_a_forward_pass_done_the_long_way_agrees(model: MiniLM) -> None:
    """One text, word piece by word piece and head by head, in 64 bits, with the true error function."""
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    assert FOLDER is not None
    w = {name: value.astype(np.float64) for name, value in load_file(FOLDER / "model.safetensors").items()}
    ids = Tokenizer.from_file(str(FOLDER / "tokenizer.json")).encode(SENTENCES[2]).ids
    ids = [one for one in ids if one != 0]

    def normal(x: np.ndarray, name: str) -> np.ndarray:
        return (x - x.mean()) / math.sqrt(x.var() + 1e-12) * w[name + ".weight"] + w[name + ".bias"]

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        return w[name + ".weight"] @ x + w[name + ".bias"]

    e = "embeddings."
    first = w[e + "token_type_embeddings.weight"][0]
    words, places = w[e + "word_embeddings.weight"], w[e + "position_embeddings.weight"]
    state = [normal(words[one] + places[at] + first, e + "LayerNorm") for at, one in enumerate(ids)]
    for layer in range(6):
        name = f"encoder.layer.{layer}."
        q, k, v = ([linear(x, f"{name}attention.self.{part}") for x in state] for part in ("query", "key", "value"))
        after = []
        for at, x in enumerate(state):
            heads = []
            for head in range(12):
                own = slice(head * 32, head * 32 + 32)
                scores = np.exp([float(q[at][own] @ other[own]) / math.sqrt(32) for other in k])
                heads.append(sum(share * value[own] for share, value in zip(scores / scores.sum(), v, strict=True)))
            seen = normal(
                x + linear(np.concatenate(heads), name + "attention.output.dense"), name + "attention.output.LayerNorm"
            )
            wide = linear(seen, name + "intermediate.dense")
            wide = np.array([0.5 * one * (1 + math.erf(one / math.sqrt(2))) for one in wide])
            after.append(normal(seen + linear(wide, name + "output.dense"), name + "output.LayerNorm"))
        state = after
    mean = np.mean(state, axis=0)
    assert np.abs(mean / np.linalg.norm(mean) - model.embed([SENTENCES[2]])[0]).max() < 2e-6


@needs_package
def test_company_changes_no_vector(model: MiniLM) -> None:
    """Padding and grouping leave no trace; what is too long counts by its beginning."""
    texts = [*SENTENCES, "", "word " * 400, "word " * 300, "好 😀 \n\t naïve", "x" * 5000]
    together = model.embed(texts * 5)
    alone = np.vstack([model.embed([text]) for text in texts])
    assert np.abs(together - np.vstack([alone] * 5)).max() < 1e-5
    assert np.allclose(alone[4], alone[5], atol=1e-5)
    assert np.isfinite(together).all()


@needs_package
async def test_the_model_lives_in_a_process_of_its_own() -> None:
    embedding = LocalEmbedding()
    assert embedding.is_available
    found = np.array(await embedding.embed(SENTENCES))
    assert np.allclose(found @ found.T, SIMILARITIES, atol=1e-4)
    assert await embedding.embed([]) == []
    await embedding.close()


@pytest.fixture
def other_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in weights.SHA256:
        (tmp_path / name).write_bytes(b"something else")
    monkeypatch.setattr(engine, "weights_folder", lambda: tmp_path)
    engine._model.cache_clear()
    yield tmp_path
    engine._model.cache_clear()


def test_other_weights_are_not_loaded(other_weights: Path) -> None:
    with pytest.raises(weights.WrongWeights, match="safetensors"):
        weights.check(other_weights)
    answer = engine.answer({"operation": "embed"}, b'["text"]')
    assert answer["refused"] == "weights" and "install" in answer["message"]


async def test_without_the_package_nothing_is_available(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "PACKAGE", "no_such_package")
    weights.weights_folder.cache_clear()
    try:
        embedding = LocalEmbedding()
        assert not embedding.is_available
        with pytest.raises(Unavailable):
            await embedding.embed(["text"])
    finally:
        weights.weights_folder.cache_clear()
    assert not NullEmbedding().is_available


def test_texts_are_grouped_by_length() -> None:
    lengths = [10, 256, 12, 256, 11, 200] * 10
    groups = minilm._groups([[0] * length for length in lengths])
    assert sorted(index for group in groups for index in group) == list(range(60))
    for group in groups:
        assert len(group) * max(lengths[index] for index in group) <= minilm.MOST_AT_ONCE or len(group) == 1

"""A model for tests: a text's meaning is which of a few things it speaks of, whatever it calls them."""

from collections.abc import Sequence

import pytest

from studyhall.platform.clients.embedding import DIMENSIONS, Unavailable, Vector
from studyhall.platform.resources import Resources

THINGS = (
    ("plant", "soil", "moisture", "water", "garden", "flower", "thirsty"),
    ("lorry", "truck", "gps", "satellite", "driver", "vehicle", "fleet"),
    ("bread", "oven", "dough", "baker", "yeast"),
)


class Meanings:
    """Counts its calls; `is_down` makes it fail."""

    is_available = True

    def __init__(self) -> None:
        self.calls, self.is_down = 0, False

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.calls += 1
        if self.is_down:
            raise Unavailable("down")
        return [self._vector(text) for text in texts]

    async def close(self) -> None:
        return None

    @staticmethod
    def _vector(text: str) -> Vector:
        counts = [float(sum(text.lower().count(word) for word in thing)) for thing in THINGS]
        counts += [0.1] + [0.0] * (DIMENSIONS - len(counts) - 1)
        length = sum(count * count for count in counts) ** 0.5
        return tuple(count / length for count in counts)


@pytest.fixture
def meanings(resources: Resources) -> Meanings:
    """Put into the resources."""
    model = Meanings()
    resources.embedding = model
    return model

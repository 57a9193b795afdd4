"""Two rankings made one by reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): no score of one is ever compared
with a score of the other."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

K = 60
"""How little the first ranks are preferred; the value of the paper."""

T = TypeVar("T", bound=Hashable)


def fuse(rankings: Sequence[tuple[float, Sequence[T]]], k: int = K) -> list[tuple[T, float]]:
    """Items by the sum over all rankings of weight / (k + rank), the best first; equal ones in order of appearance.

    Args:
        rankings: each with its weight, items from the best on, no item twice.
    """
    scores: dict[T, float] = {}
    for weight, items in rankings:
        for rank, item in enumerate(items, 1):
            scores[item] = scores.get(item, 0.0) + weight / (k + rank)
    return sorted(scores.items(), key=lambda one: -one[1])


def ranks(items: Sequence[T]) -> Mapping[T, int]:
    """Each item's place, from 1."""
    return {item: rank for rank, item in enumerate(items, 1)}

"""What an attempt is worth, when it is over, and in which order it asks. Pure."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TypeVar
from uuid import UUID

from studyhall.domains.quizzes.events import TopicResult

PLACES = Decimal("0.000001")
NOTHING = Decimal(0)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Earned:
    """What one question earned: `score` 0 to 1 of `points`."""

    points: Decimal
    score: Decimal
    topic_ids: tuple[UUID, ...] = ()


def deadline(started_at: datetime, limit_seconds: int | None) -> datetime | None:
    """When an attempt's time is up; None where there is no limit."""
    return None if limit_seconds is None else started_at + timedelta(seconds=limit_seconds)


def is_over(deadline_at: datetime | None, moment: datetime) -> bool:
    """Whether the time is up; the last moment itself still counts."""
    return deadline_at is not None and moment > deadline_at


def total(earned: Sequence[Earned]) -> Decimal:
    """Share of all points, 0 to 1, six places; 1 only where everything is right.

    Where no question counts a point, all count the same.
    """
    if not earned:
        return NOTHING
    weights = [Fraction(one.points) for one in earned]
    if not any(weights):
        weights = [Fraction(1)] * len(earned)
    share = sum((w * Fraction(one.score) for w, one in zip(weights, earned, strict=True)), Fraction(0)) / sum(weights)
    if share >= 1:
        return Decimal(1)
    return min((Decimal(share.numerator) / share.denominator).quantize(PLACES, ROUND_HALF_UP), 1 - PLACES)


def by_topic(earned: Iterable[Earned]) -> tuple[TopicResult, ...]:
    """The same for the questions about each topic, by topic id; a question about two counts for both."""
    grouped: dict[UUID, list[Earned]] = defaultdict(list)
    for one in earned:
        for topic_id in dict.fromkeys(one.topic_ids):
            grouped[topic_id].append(one)
    return tuple(TopicResult(topic_id, total(some), len(some)) for topic_id, some in sorted(grouped.items()))


def ordered(asked: Sequence[T], seed: str, *, shuffle: bool) -> list[T]:
    """The questions in the order in which they are asked; the seed alone decides."""
    order = list(asked)
    if shuffle:
        random.Random(seed).shuffle(order)  # noqa: S311  # an order, not a secret
    return order

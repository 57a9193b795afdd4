"""Which of a person's subscriptions gives him his plan. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

GRACE = timedelta(days=1)
"""A renewal is told about the hour at which the old period ends; nobody loses his plan in between."""

LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription with what counts: the plan's rank, and from when until when it gives it."""

    plan: str
    rank: int
    origin: str
    started_at: datetime
    ends_at: datetime | None
    entitlements: frozenset[str]

    def runs(self, now: datetime) -> bool:
        """Whether it gives something at that moment; its end is outside."""
        return self.started_at <= now and (self.ends_at is None or now < self.ends_at)


def held_now(held: Iterable[Held], now: datetime) -> Held | None:
    """The one that counts: of the highest plan, and of those the one that lasts longest; None for the free plan."""
    running = [one for one in held if one.runs(now)]
    return max(running, key=lambda one: (one.rank, one.ends_at is None, _end(one), one.origin), default=None)


def _end(one: Held) -> float:
    return 0.0 if one.ends_at is None else one.ends_at.timestamp()


def paid_until(told: datetime | None, happened_at: datetime, period_days: int | None) -> datetime:
    """Until when a payment gives the plan: the period that the gateway tells, else one of the plan's, and the grace."""
    end = told if told is not None else happened_at + timedelta(days=period_days or 1)
    return max(end, happened_at) + GRACE

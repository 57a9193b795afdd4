"""What is still needed: solved exactly, for a course's average or grade and for a GPA."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from studyhall.domains.grades.rules.averages import WHOLE, Scored, average
from studyhall.domains.grades.rules.gpa import Gpa
from studyhall.domains.scales.public import Scale

REACHABLE, SAFE, OUT_OF_REACH = "reachable", "safe", "out_of_reach"


@dataclass(frozen=True, slots=True)
class Ahead:
    """An assessment that is still to come."""

    kind: str
    weight: Fraction | None


@dataclass(frozen=True, slots=True)
class Needed:
    """What it takes.

    Attributes:
        status: reachable, safe (whatever comes), or out_of_reach (even with full marks).
        value: the least that suffices on everything that is left; None unless reachable.
        worst, best: where one ends with nothing and with full marks; None where nothing would count.
    """

    status: str
    value: Fraction | None
    worst: Fraction | None
    best: Fraction | None


def for_average(
    results: Sequence[Scored], ahead: Sequence[Ahead], drop_lowest: Mapping[str, int], target: Fraction
) -> Needed:
    """The least percentage on each assessment ahead with which the course's average reaches the target.

    The average is a straight line in that percentage as long as the same results are dropped, which changes only
    where it passes a result there is. So each stretch between two of those is solved by itself, from below. Of equal
    results the earlier is dropped, and those ahead stand last: at such a point the line to its right holds already.
    """

    def ends_at(percentage: Fraction) -> Fraction | None:
        return average([*results, *(Scored(one.kind, percentage, one.weight) for one in ahead)], drop_lowest)

    worst, best = ends_at(Fraction(0)), ends_at(WHOLE)
    marks = {Fraction(0), WHOLE}
    if any(drop_lowest.get(one.kind) for one in ahead):
        marks |= {one.percentage for one in results if drop_lowest.get(one.kind)}
    value = _least(ends_at, sorted(marks), target)
    if value is None:
        return Needed(OUT_OF_REACH, None, worst, best)
    return Needed(SAFE if value == 0 else REACHABLE, None if value == 0 else value, worst, best)


def _least(
    ends_at: Callable[[Fraction], Fraction | None], marks: Sequence[Fraction], target: Fraction
) -> Fraction | None:
    for low, high in zip(marks, [*marks[1:], None], strict=True):
        at_low = ends_at(low)
        if at_low is not None and at_low >= target:
            return low
        if high is None:
            return None
        found = _within(ends_at, low, high, target)
        if found is not None:
            return found
    return None


def _within(
    ends_at: Callable[[Fraction], Fraction | None], low: Fraction, high: Fraction, target: Fraction
) -> Fraction | None:
    """Where the line between two marks, both excluded, first reaches the target."""
    one, other = low + (high - low) / 3, low + (high - low) * 2 / 3
    at_one, at_other = ends_at(one), ends_at(other)
    if at_one is None or at_other is None or at_one >= at_other:
        return None
    found = one + (target - at_one) * (other - one) / (at_other - at_one)
    return found if low < found < high else None


def for_gpa(present: Gpa, credits_ahead: Fraction, scale: Scale, target: Fraction) -> Needed:
    """The least mean of points on the credits ahead with which the GPA reaches the target. Credits must be positive.

    "Least" is the easiest: on a scale where lower is better it is the highest number that suffices.
    """
    total = present.credits + credits_ahead
    earned = (present.value or Fraction(0)) * present.credits
    worst = (earned + scale.worst * credits_ahead) / total
    best = (earned + scale.best * credits_ahead) / total
    if scale.improvement(target, worst) >= 0:
        return Needed(SAFE, None, worst, best)
    if scale.improvement(target, best) < 0:
        return Needed(OUT_OF_REACH, None, worst, best)
    return Needed(REACHABLE, (target * total - earned) / credits_ahead, worst, best)

"""The average of one course: what counts, how much, and where it is going. Exact fractions throughout."""

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

IMPROVING, STABLE, DECLINING = "improving", "stable", "declining"
WHOLE = Fraction(100)

# A change of less than this share of the scale is none: 2.5 percentage points, or 0.1 on the 4.0 scale.
NOTICEABLE = Fraction(25, 1000)


@dataclass(frozen=True, slots=True)
class Scored:
    """A result as the rules see it.

    Attributes:
        kind: assessment type.
        percentage: 0 to 100.
        weight: percent of the final grade, or None.
        is_dropped: marked as not counting.
    """

    kind: str
    percentage: Fraction
    weight: Fraction | None = None
    is_dropped: bool = False


def rounded(value: Fraction, places: int = 2) -> Decimal:
    """To the nearest, a half away from zero, as a school report rounds."""
    scaled = value * 10**places
    nearest = floor(scaled + Fraction(1, 2)) if scaled >= 0 else ceil(scaled - Fraction(1, 2))
    return Decimal(nearest).scaleb(-places)


def rounded_up(value: Fraction, places: int = 2) -> Decimal:
    """Never less than the value, so that a figure that is needed also suffices."""
    return Decimal(ceil(value * 10**places)).scaleb(-places)


def rounded_down(value: Fraction, places: int = 2) -> Decimal:
    """Never more than the value."""
    return Decimal(floor(value * 10**places)).scaleb(-places)


def counted(results: Sequence[Scored], drop_lowest: Mapping[str, int]) -> list[Scored]:
    """What counts: nothing that is marked, and of each type not its n lowest; the best of a type always stays.

    Of equal ones the earlier in the sequence goes. The order is kept.
    """
    left_out: set[int] = set()
    for kind, number in drop_lowest.items():
        of_kind = [at for at, one in enumerate(results) if one.kind == kind and not one.is_dropped]
        lowest = sorted(of_kind, key=lambda at: (results[at].percentage, at))
        left_out.update(lowest[: min(number, max(0, len(of_kind) - 1))])
    return [one for at, one in enumerate(results) if not one.is_dropped and at not in left_out]


def shares(weights: Sequence[Fraction | None]) -> list[Fraction]:
    """How much each result counts.

    Without any weight all count the same. Where only some have one, the others share equally what those leave of
    100, but none counts more than the average of the weighted ones: a forgotten weight must not rule the course.
    """
    given = [weight for weight in weights if weight is not None]
    if not given:
        return [Fraction(1)] * len(weights)
    unknown = len(weights) - len(given)
    rest = max(Fraction(0), WHOLE - sum(given, Fraction(0))) / unknown if unknown else Fraction(0)
    share = min(rest, sum(given, Fraction(0)) / len(given))
    return [share if weight is None else weight for weight in weights]


def average(results: Sequence[Scored], drop_lowest: Mapping[str, int]) -> Fraction | None:
    """The course's percentage so far; None while nothing counts (no results, or all of weight zero)."""
    counting = counted(results, drop_lowest)
    weights = shares([one.weight for one in counting])
    whole = sum(weights, Fraction(0))
    if not whole:
        return None
    return sum((weight * one.percentage for weight, one in zip(weights, counting, strict=True)), Fraction(0)) / whole


def direction(percentages: Sequence[Fraction]) -> str:
    """Where a course is going: the mean of the newer half of its results against that of the older half.

    The middle one of an odd number belongs to neither. A difference under 2.5 points is stable, and so are fewer
    than two results.
    """
    half = len(percentages) // 2
    if not half:
        return STABLE
    older, newer = sum(percentages[:half], Fraction(0)), sum(percentages[-half:], Fraction(0))
    return named_direction((newer - older) / half / WHOLE)


def named_direction(improvement: Fraction) -> str:
    """The word for a change, given as a share of the whole scale."""
    if improvement >= NOTICEABLE:
        return IMPROVING
    return DECLINING if improvement <= -NOTICEABLE else STABLE


class WeightLedger:
    """Adds up the weights of one taking. Where the n lowest of a type are left out, its n largest weights are free,
    so that ten quizzes of which eight count can all be entered."""

    def __init__(self, drop_lowest: Mapping[str, int], weights: Iterable[tuple[str, Decimal]] = ()) -> None:
        self._drop_lowest = drop_lowest
        self._by_kind: dict[str, list[Decimal]] = {}
        self._total = Decimal(0)
        for kind, weight in weights:
            self.add(kind, weight)

    def add(self, kind: str, weight: Decimal) -> None:
        insort(self._by_kind.setdefault(kind, []), weight)
        self._total += weight

    @property
    def total(self) -> Decimal:
        """Percent that the counting results take of the final grade."""
        free = Decimal(0)
        for kind, number in self._drop_lowest.items():
            weights = self._by_kind.get(kind, [])
            free += sum(weights[len(weights) - min(number, max(0, len(weights) - 1)) :], Decimal(0))
        return self._total - free

    def with_added(self, kind: str, weight: Decimal) -> Decimal:
        """The total if this one came too."""
        self.add(kind, weight)
        total = self.total
        self._by_kind[kind].remove(weight)
        self._total -= weight
        return total
